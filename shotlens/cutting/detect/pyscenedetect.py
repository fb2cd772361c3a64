"""Our detector for use in PySceneDetect, and PySceneDetect's detectors for use here. Knows nothing about files."""

from collections import deque
from collections.abc import Callable
from fractions import Fraction

import cv2
import numpy as np
from numpy.typing import NDArray
from scenedetect import (
    AdaptiveDetector,
    ContentDetector,
    FrameTimecode,
    HashDetector,
    HistogramDetector,
    SceneDetector,
    ThresholdDetector,
)

from shotlens.cutting.detect.boundaries import LATENCY, Boundaries, Boundary
from shotlens.cutting.detect.thumbnail import CHROMA_SIZE, LUMA_SIZE
from shotlens.cutting.picture import Picture, reduced_size
from shotlens.shots.shot import Transition

WIDTH = 256  # pixels: the width to which PySceneDetect reduces frames
LIBRARY_DETECTORS: dict[str, Callable[[], SceneDetector]] = {
    "adaptive": AdaptiveDetector,
    "content": ContentDetector,
    "hash": HashDetector,
    "histogram": HistogramDetector,
    "threshold": ThresholdDetector,
}


class ShotDetector(SceneDetector):  # type: ignore[misc]  # the library is not typed throughout
    """Our detector for PySceneDetect: `detect(video, ShotDetector())`. It reports dissolves and fades as cuts too."""

    def __init__(self) -> None:
        super().__init__()
        self._boundaries = Boundaries()
        self._timecodes: deque[FrameTimecode] = deque(maxlen=LATENCY + 1)
        self._count = 0

    @property
    def event_buffer_length(self) -> int:
        """The maximum delay of an event, in frames."""
        return LATENCY

    def process_frame(self, timecode: FrameTimecode, frame_img: NDArray[np.uint8]) -> list[FrameTimecode]:
        """Add the next frame, (H, W, 3) BGR of any size; return where shots are now known to open."""
        self._timecodes.append(timecode)
        self._count += 1
        return self._timecodes_of(self._boundaries.add(*_thumbnail(frame_img)))

    def post_process(self, timecode: FrameTimecode) -> list[FrameTimecode]:
        """End the video; return the last boundaries."""
        return self._timecodes_of(self._boundaries.finish())

    def _timecodes_of(self, boundaries: list[Boundary]) -> list[FrameTimecode]:
        return [self._timecodes[boundary.frame - self._count] for boundary in sorted(boundaries)]


def _thumbnail(frame: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Reduce (H, W, 3) BGR to the thumbnail that a decoder's planes would give."""
    small = cv2.resize(frame, (2 * LUMA_SIZE[0], 2 * LUMA_SIZE[1]), interpolation=cv2.INTER_AREA)
    yuv = cv2.cvtColor(small, cv2.COLOR_BGR2YUV)
    luma = cv2.resize(yuv[..., 0], LUMA_SIZE, interpolation=cv2.INTER_AREA)
    chroma = cv2.resize(yuv[..., 1:], CHROMA_SIZE, interpolation=cv2.INTER_AREA)
    limited = np.round(luma * (219 / 255) + 16), np.round((chroma - 128.0) * (224 / 255) + 128)
    return limited[0].astype(np.uint8), limited[1].astype(np.uint8).transpose(2, 0, 1)


class LibraryDetector:
    """One of PySceneDetect's detectors, with its defaults, behind the interface of `Boundaries`."""

    def __init__(self, name: str, fps: float) -> None:
        self._rate = Fraction(fps).limit_denominator(10000)
        self._detector = LIBRARY_DETECTORS[name]()
        self._transition: Transition = "fade" if name == "threshold" else "cut"
        self._frame = -1

    def add(self, picture: Picture) -> list[Boundary]:
        """Add the next picture; return the boundaries that are now certain."""
        self._frame = picture.index
        timecodes = self._detector.process_frame(self._now(), picture.bgr(*reduced_size(*picture.size, WIDTH)))
        return self._boundaries(timecodes)

    def finish(self) -> list[Boundary]:
        """End the video; return the last boundaries."""
        return self._boundaries(self._detector.post_process(self._now())) if self._frame >= 0 else []

    def _now(self) -> FrameTimecode:
        return FrameTimecode(self._frame, self._rate)

    def _boundaries(self, timecodes: list[FrameTimecode]) -> list[Boundary]:
        # The threshold detector reports a fade at the middle of the black, however long ago that was.
        frames = [max(timecode.frame_num, self._frame - LATENCY) for timecode in timecodes]
        return [Boundary(frame, self._transition) for frame in frames if frame > 0]
