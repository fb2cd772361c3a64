"""A shot and what the model says of it: the types that cross every room. Knows no decoder, no network, no Redis."""

import json
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Literal, get_args

Scale = Literal["ECS", "CS", "MS", "FS", "LS"]  # extreme close-up, close-up, medium, full, long: MovieShots' order
Movement = Literal["static", "motion", "push", "pull"]
SCALES: tuple[str, ...] = get_args(Scale)
MOVEMENTS: tuple[str, ...] = get_args(Movement)
FRAMES_PER_SHOT = 8
DetectorName = Literal["shotlens", "adaptive", "content", "hash", "histogram", "threshold"]  # what finds shots
Transition = Literal["cut", "dissolve", "fade"]  # how a shot opens; a wipe counts as a dissolve


def equidistant(start: int, end: int, count: int = FRAMES_PER_SHOT) -> list[int]:
    """Return the frames at `start + (i + 0.5) * (end - start) / count`, floored."""
    return [start + (2 * i + 1) * (end - start) // (2 * count) for i in range(count)]


@dataclass(frozen=True, slots=True)
class Video:
    """What is known of a whole video. Before it is cut, `duration` and `frames` are the container's claim."""

    duration: float  # seconds
    fps: float  # average frames per second
    width: int  # pixels as displayed: rotated, and with square pixels
    height: int
    frames: int


@dataclass(frozen=True, slots=True)
class CameraMotion:
    """How the picture moved over one interval: a similarity about the centre of the frame."""

    seconds: float  # length of the interval
    dx: float  # shift of the picture to the right, as a share of the frame's longest side
    dy: float  # shift downwards, in the same unit
    log_scale: float  # natural logarithm of the growth: above 0 the picture grows, as in a push
    rotation: float  # radians, clockwise as seen
    inliers: float  # share of the tracked points that follow this motion, 0 where nothing could be tracked
    still: float = 0.0  # share of the tracked points that stand still
    edge: float = 0.0  # share of the points near the frame's edge, where the background mostly is, that follow it
    edge_still: float = 0.0  # share of those near the edge that stand still
    # Of the points that do not follow it, the motion that most share: a figure's before a camera, or the background's.
    second_dx: float = 0.0
    second_dy: float = 0.0
    second_log_scale: float = 0.0
    second_rotation: float = 0.0
    second: float = 0.0  # share of the tracked points that follow this one, 0 where no second motion was found
    second_edge: float = 0.0  # share of those near the edge that follow it


@dataclass(frozen=True, slots=True)
class Shot:
    """One shot `[start_frame, end_frame)`, frames counted from 0 in presentation order."""

    index: int
    start_frame: int
    end_frame: int  # exclusive, and the next shot's start_frame
    start: float  # seconds from the first frame of the video
    end: float
    frames: tuple[Path, ...]  # eight equidistant frames, JPEG, longest side at most 640 px
    camera_path: tuple[CameraMotion, ...]  # in order; empty for a shot of one frame
    transition: Transition = "cut"  # how it opens; the first shot of a video, too, with a cut

    def to_json(self) -> str:
        """Write the shot without its folder: each frame by the last two parts of its path, `<index>/<k>.jpg`."""
        names = ["/".join(path.parts[-2:]) for path in self.frames]
        path = [[round(value, 5) for value in astuple(motion)] for motion in self.camera_path]
        return json.dumps(
            {
                "index": self.index,
                "start_frame": self.start_frame,
                "end_frame": self.end_frame,
                "start": self.start,
                "end": self.end,
                "frames": names,
                "camera_path": path,
                "transition": self.transition,
            },
            separators=(",", ":"),
        )

    @classmethod
    def from_json(cls, text: str, folder: Path, *, camera: bool = True) -> "Shot":
        """Read a shot whose frames lie below `folder`; without its camera path where that is not wanted."""
        begin, end = text.find('"camera_path":'), text.find('"transition":')
        if not camera and 0 <= begin < end:  # to read it takes five times as long as all the rest
            text = f'{text[:begin]}"camera_path":[],{text[end:]}'
        values = json.loads(text)
        values["frames"] = tuple(folder / name for name in values["frames"])
        values["camera_path"] = tuple(CameraMotion(*motion) for motion in values["camera_path"] if camera)
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Prediction:
    """The model's word on one shot: a probability for each label, each head summing to 1."""

    movement: Mapping[str, float]  # keys MOVEMENTS
    scale: Mapping[str, float]  # keys SCALES
    uncertain: tuple[str, ...] = ()  # which of the two labels are too unsure to rely on: `movement`, `scale`

    def to_json(self) -> str:
        values = {"movement": dict(self.movement), "scale": dict(self.scale), "uncertain": self.uncertain}
        return json.dumps(values, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Prediction":
        values = json.loads(text)
        return cls(values["movement"], values["scale"], tuple(values.get("uncertain", ())))
