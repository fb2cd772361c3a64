"""The camera path of a shot as the service tells it: the contract, and which of the measured motions it has. Pure."""

from collections.abc import Iterator, Sequence

from pydantic import BaseModel, Field, RootModel

from shotlens.shots.shot import CameraMotion, CameraPath, Shot

ROUNDED = 0.005  # seconds: what the ends of an interval may be off, as a record rounds each of up to 512 lengths


class CameraInterval(BaseModel):
    """How the picture moved over one interval: a similarity about the centre of the frame."""

    seconds: float = Field(description="Length of the interval.")
    dx: float = Field(description="Shift of the picture to the right, as a share of the frame's longest side.")
    dy: float = Field(description="Shift downwards, in the same unit.")
    log_scale: float = Field(description="Natural logarithm of the picture's growth: above 0 in a push.")
    rotation: float = Field(description="Radians, clockwise as seen.")
    inliers: float = Field(description="Share of the tracked points that follow; 0 where nothing could be tracked.")


class CameraPathResult(RootModel[list[CameraInterval]]):
    """The intervals of a shot in order; none for a shot of one frame. The camera moves opposite to the picture."""


def camera_path(motions: Sequence[CameraMotion]) -> CameraPathResult:
    """Write motions down as the contract has them."""
    return CameraPathResult([CameraInterval.model_validate(one, from_attributes=True) for one in motions])


def within(shot: Shot, found: Sequence[Shot]) -> CameraPath:
    """Take from the shots that were found, in order, the motions that lie within the times of another shot.

    An interval that its bounds cut through is left out: nobody has measured its halves.
    """
    first, last = shot.start - ROUNDED, shot.end + ROUNDED
    return tuple(
        motion for one in found for start, motion in _timed(one) if first <= start and start + motion.seconds <= last
    )


def _timed(shot: Shot) -> Iterator[tuple[float, CameraMotion]]:
    """Each motion with the time at which it begins, in seconds of the video."""
    start = shot.start
    for motion in shot.camera_path:
        yield start, motion
        start += motion.seconds
