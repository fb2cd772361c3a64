"""How to cut a video, and its limits: one set of options for the settings, the decoder and the child process."""

from dataclasses import dataclass, field

from shotlens.shots.shot import DetectorName


@dataclass(frozen=True, slots=True, kw_only=True)
class CutOptions:
    """All options of cutting; their bounds have Pydantic's names.

    Plain data: this way, the child process need not import Pydantic, which takes 50 ms.
    """

    detector: DetectorName = field(
        default="shotlens",
        metadata={"description": "Detector that finds the cuts: `shotlens`, our own, or one of PySceneDetect's."},
    )
    min_shot: float = field(
        default=0.0,
        metadata={"description": "Minimum shot length, in seconds; an earlier boundary is ignored.", "ge": 0, "le": 60},
    )
    deadline: float = field(
        default=7200.0, metadata={"description": "Maximum time for cutting one video, in seconds.", "gt": 0}
    )
    stall: float = field(
        default=60.0, metadata={"description": "Seconds without progress after which cutting is aborted.", "gt": 0}
    )
    max_pixels: int = field(
        default=36_000_000, metadata={"description": "Maximum frame size, in pixels (36 million allows 8K).", "gt": 0}
    )
    max_fps: float = field(default=240.0, metadata={"description": "Maximum average frame rate.", "gt": 0})
    max_seconds: float = field(default=3 * 3600.0, metadata={"description": "Maximum duration, in seconds.", "gt": 0})
    max_shots: int = field(default=10_000, metadata={"description": "Maximum number of shots.", "gt": 0})
    max_memory: int = field(
        default=4_000_000_000, metadata={"description": "Address space of the decoding process, in bytes.", "gt": 0}
    )
