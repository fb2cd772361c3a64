"""How to cut one video, where its sender overrides the settings of the service."""

from pydantic import BaseModel, ConfigDict, Field

from shotlens.shots.shot import DetectorName


class JobOptions(BaseModel):
    """Null means the setting of the cutting worker."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    detector: DetectorName | None = Field(
        None, description="The detector that finds the cuts: `shotlens`, our own, or one of PySceneDetect's."
    )
    min_shot: float | None = Field(
        None,
        ge=0,
        le=60,
        allow_inf_nan=False,
        description="Minimum length of a shot, in seconds; a boundary that comes earlier is ignored.",
    )
