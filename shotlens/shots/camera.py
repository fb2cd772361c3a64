"""The camera path of a shot in the REST contract, and which measured motions fall within a corrected shot. Pure."""

from collections.abc import Iterator, Sequence

from pydantic import BaseModel, Field, RootModel

from shotlens.shots.shot import CameraMotion, CameraPath, Shot

ROUNDING = 0.005  # seconds: the most that an interval's end can be off, as a record rounds each of up to 512 lengths


class CameraInterval(BaseModel):
    """How the picture moved over one interval: a similarity about the centre of the frame."""

    seconds: float = Field(description="Length of the interval.")
    dx: float = Field(
        description="Shift of the picture to the right, as a fraction of the longer side of the part that holds film."
    )
    dy: float = Field(description="Shift downwards, in the same unit.")
    log_scale: float = Field(description="Natural logarithm of the picture's growth: above 0 in a push.")
    rotation: float = Field(description="Radians, clockwise as seen.")
    inliers: float = Field(
        description="Fraction of the tracked points that follow the motion; 0 if nothing could be tracked."
    )


class CameraPathResult(RootModel[list[CameraInterval]]):
    """The intervals of a shot in order; empty for a shot of one frame. The camera moves opposite to the picture."""


def camera_path(motions: Sequence[CameraMotion]) -> CameraPathResult:
    """Convert motions to the REST contract."""
    return CameraPathResult([CameraInterval.model_validate(motion, from_attributes=True) for motion in motions])


def motions_within(shot: Shot, detected: Sequence[Shot]) -> CameraPath:
    """Return the motions of the detected shots, given in order, that lie within the times of another shot.

    Intervals that cross its bounds are left out: their halves were never measured.
    """
    first, last = shot.start - ROUNDING, shot.end + ROUNDING
    return tuple(
        motion
        for parent in detected
        for start, motion in _timed(parent)
        if first <= start and start + motion.seconds <= last
    )


def _timed(shot: Shot) -> Iterator[tuple[float, CameraMotion]]:
    """Yield each motion with its start time, in seconds of the video."""
    start = shot.start
    for motion in shot.camera_path:
        yield start, motion
        start += motion.seconds
