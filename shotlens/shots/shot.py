"""A shot and its predictions: the types that all packages share. Knows nothing about decoders, networks or Redis."""

import json
from collections.abc import Mapping
from dataclasses import asdict, astuple, dataclass
from typing import Any, Literal, NamedTuple

FRAMES_PER_SHOT = 8
DetectorName = Literal["shotlens", "adaptive", "content", "hash", "histogram", "threshold"]  # what detects the shots
Transition = Literal["cut", "dissolve", "fade"]  # how a shot opens; a wipe counts as a dissolve


def equidistant(start: int, end: int, count: int = FRAMES_PER_SHOT) -> list[int]:
    """Return the frame numbers `start + (i + 0.5) * (end - start) / count`, floored."""
    return [start + (2 * i + 1) * (end - start) // (2 * count) for i in range(count)]


@dataclass(frozen=True, slots=True)
class AudioTrack:
    """One audio stream of a video, which is never decoded."""

    codec: str  # FFmpeg's name
    channels: int
    rate: int  # samples per second
    language: str | None = None  # as the container marks it: `eng`


@dataclass(frozen=True, slots=True)
class Video:
    """The facts about a whole video. Until it is cut, `duration`, `fps` and `frames` are what the container claims."""

    duration: float  # seconds from where players start to the end of the last frame
    fps: float  # frames per second: the rate of most frames, by their own times
    width: int  # pixels as displayed: rotated, and with square pixels
    height: int
    frames: int
    variable: bool = False  # whether frames are shown for different times
    timecode: str | None = None  # of the start as the source gives it: `01:00:00:00`, with `;` if drop-frame
    codec: str = ""  # FFmpeg's name; empty in results of before 0.2.0
    track: int = 1  # which of the video tracks this is, counted from 1 without cover pictures
    tracks: int = 1
    audio: tuple[AudioTrack, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the facts as plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Video":
        """Read what `to_json` wrote, in this version or an earlier one."""
        audio = tuple(AudioTrack(**track) for track in values.get("audio", ()))
        return cls(**{**values, "audio": audio})


@dataclass(frozen=True, slots=True)
class CameraMotion:
    """How the picture moved over one interval: a similarity about the centre of the frame."""

    seconds: float  # length of the interval
    dx: float  # shift of the picture to the right, as a fraction of the longer side of the window
    dy: float  # shift downwards, in the same unit
    log_scale: float  # natural logarithm of the growth: above 0 if the picture grows, as in a push
    rotation: float  # radians, clockwise as seen
    inliers: float  # fraction of the tracked points that follow this motion, 0 if nothing could be tracked
    still: float = 0.0  # fraction of the tracked points that stand still
    edge: float = 0.0  # fraction of the points near the frame's edge, mostly background, that follow it
    edge_still: float = 0.0  # fraction of those near the edge that stand still
    # The motion shared by most of the points that do not follow it: that of a figure, or of the background.
    second_dx: float = 0.0
    second_dy: float = 0.0
    second_log_scale: float = 0.0
    second_rotation: float = 0.0
    second: float = 0.0  # fraction of the tracked points that follow this one, 0 if there is no second motion
    second_edge: float = 0.0  # fraction of those near the edge that follow it


CameraPath = tuple[CameraMotion, ...]
FrameTime = tuple[int, float]  # the number of a frame in the video, and the seconds at which it is shown


class Window(NamedTuple):
    """The part of the picture that holds film, as fractions of its width and height."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def area(self) -> float:
        """The fraction of the picture that it covers."""
        return max(0.0, self.right - self.left) * max(0.0, self.bottom - self.top)

    def common(self, other: "Window") -> "Window":
        """Return what both cover; its area is 0 if that is nothing."""
        lower, upper = map(max, self[:2], other[:2]), map(min, self[2:], other[2:])
        return Window(*lower, *upper)

    def slices(self, shape: tuple[int, ...]) -> tuple[slice, slice]:
        """Return the rows and columns of a picture of this shape (height, width, ...) that it covers, at least one."""
        (height, width), (left, top, right, bottom) = shape[:2], self
        return _slice(top, bottom, height), _slice(left, right, width)


WHOLE = Window(0.0, 0.0, 1.0, 1.0)


def _slice(start: float, end: float, count: int) -> slice:
    first = min(round(start * count), count - 1)
    return slice(first, min(count, max(first + 1, round(end * count))))


class Frame(NamedTuple):
    """The name of a stored frame. Storage resolves it to bytes, the API to an address."""

    shot: int  # the first frame of its shot (in records of version 1, the shot's number)
    k: int  # 0 to 7

    def __str__(self) -> str:
        return f"{self.shot}/{self.k}.jpg"

    @classmethod
    def parse(cls, text: str) -> "Frame":
        """Read `<shot>/<k>.jpg`."""
        shot, k = text.removesuffix(".jpg").split("/")
        return cls(int(shot), int(k))


def frames_of(start_frame: int) -> tuple[Frame, ...]:
    """Return the names of the eight frames of the shot that begins with this frame."""
    return tuple(Frame(start_frame, k) for k in range(FRAMES_PER_SHOT))


@dataclass(frozen=True, slots=True)
class Shot:
    """One shot `[start_frame, end_frame)`, frames counted from 0 in presentation order.

    It is identified by its first frame: its number depends on the shots before it, which may not be known yet.
    """

    start_frame: int
    end_frame: int  # exclusive, and the next shot's start_frame
    start: float  # seconds from where players start, which may lie before the first frame
    end: float
    frames: tuple[Frame, ...]  # eight equidistant frames, JPEG, longer side at most 640 px
    camera_path: CameraPath  # in order; empty for a shot of one frame
    transition: Transition = "cut"  # how it opens; the first shot of a video also opens with a cut
    transition_seconds: float = 0.0  # how long a gradual transition takes; the shot starts in its middle
    window: Window = WHOLE  # what black bars and still graphics leave of the picture
    times: tuple[FrameTime, ...] = ()  # of frames within it, between which, and the bounds, frames are evenly spaced

    def to_json(self) -> str:
        """Write the shot without its camera path, which is longer than everything else and rarely needed with it."""
        values: dict[str, object] = {
            "start_frame": self.start_frame,
            "end_frame": self.end_frame,
            "start": self.start,
            "end": self.end,
            "transition": self.transition,
        }
        if self.transition_seconds:
            values["transition_seconds"] = self.transition_seconds
        if self.window != WHOLE:
            values["window"] = self.window
        if self.times:
            values["times"] = self.times
        if self.frames != frames_of(self.start_frame):  # otherwise their names follow from the first frame
            values["frames"] = [str(frame) for frame in self.frames]
        return json.dumps(values, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str, camera_path: CameraPath = ()) -> "Shot":
        """Read a shot, and attach a camera path to it."""
        values = json.loads(text)
        names = values.pop("frames", None)
        window = Window(*values.pop("window", WHOLE))
        frames = tuple(map(Frame.parse, names)) if names else frames_of(values["start_frame"])
        times = tuple((frame, seconds) for frame, seconds in values.pop("times", ()))
        return cls(**values, frames=frames, camera_path=camera_path, window=window, times=times)


def path_to_json(path: CameraPath) -> str:
    """Write a camera path: a list of numbers per interval, in the order of `CameraMotion`'s fields."""
    return json.dumps([[round(value, 5) for value in astuple(motion)] for motion in path], separators=(",", ":"))


def path_from_json(text: str) -> CameraPath:
    """Read a camera path."""
    return tuple(CameraMotion(*motion) for motion in json.loads(text))


@dataclass(frozen=True, slots=True)
class Prediction:
    """The prediction of one head for one shot."""

    probabilities: Mapping[str, float]  # by label of the head; they sum to 1
    uncertain: bool = False  # whether the most probable label is too unsure to rely on

    @property
    def label(self) -> str:
        """The most probable label."""
        return max(self.probabilities, key=lambda name: self.probabilities[name])

    def to_json(self) -> str:
        """Write the prediction."""
        values = {"probabilities": dict(self.probabilities), "uncertain": self.uncertain}
        return json.dumps(values, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Prediction":
        """Read a prediction."""
        values = json.loads(text)
        return cls(values["probabilities"], values["uncertain"])


Predictions = Mapping[str, Prediction]  # of one shot, by head
