"""How one video is to be cut, where its sender wants it otherwise than the service is set."""

from pydantic import BaseModel, ConfigDict, Field

from shotlens.shots.shot import DetectorName


class JobOptions(BaseModel):
    """What is null is as the cutting worker is set."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    detector: DetectorName | None = Field(
        None, description="What finds the cuts: `shotlens`, our own, or one of PySceneDetect's detectors."
    )
    min_shot: float | None = Field(
        None,
        ge=0,
        le=60,
        allow_inf_nan=False,
        description="Seconds that a shot lasts at least; where one would open earlier, the running one goes on.",
    )
