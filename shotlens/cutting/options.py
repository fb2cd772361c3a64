"""How a video is cut, and the most that it may ask for: one set of options for settings, decoder and child process."""

from dataclasses import dataclass, field

from shotlens.shots.shot import DetectorName


@dataclass(frozen=True, slots=True, kw_only=True)
class CutOptions:
    """All options of cutting, with their bounds as Pydantic names them.

    Plain data: the child process does without Pydantic, whose import takes 50 ms.
    """

    detector: DetectorName = field(
        default="shotlens",
        metadata={"description": "What finds the cuts: our own detector, or one of PySceneDetect's."},
    )
    min_shot: float = field(
        default=0.0,
        metadata={"description": "Shortest shot, in seconds: an earlier boundary is passed over.", "ge": 0, "le": 60},
    )
    deadline: float = field(
        default=7200.0, metadata={"description": "Seconds that cutting one video may take.", "gt": 0}
    )
    stall: float = field(
        default=60.0, metadata={"description": "Seconds without any progress after which cutting is given up.", "gt": 0}
    )
    max_pixels: int = field(
        default=8_300_000, metadata={"description": "Largest picture, in pixels (8.3 million holds 4K).", "gt": 0}
    )
    max_fps: float = field(default=120.0, metadata={"description": "Highest average frame rate.", "gt": 0})
    max_seconds: float = field(default=3 * 3600.0, metadata={"description": "Longest video, in seconds.", "gt": 0})
    max_shots: int = field(default=10_000, metadata={"description": "Most shots in one video.", "gt": 0})
    max_memory: int = field(
        default=4_000_000_000, metadata={"description": "Address space of the process that decodes, in bytes.", "gt": 0}
    )
