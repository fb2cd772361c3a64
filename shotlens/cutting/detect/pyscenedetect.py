"""Our detector for use in PySceneDetect, and PySceneDetect's detectors for use here. Knows nothing about files."""

from collections import deque
from collections.abc import Callable
from fractions import Fraction

import numpy as np
from av.video.frame import VideoFrame
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

from shotlens.cutting.detect.boundaries import LATENCY, Boundary
from shotlens.cutting.detect.film import FilmBoundaries
from shotlens.cutting.picture import Picture, reduce_frame, reduced_size
from shotlens.cutting.window import WindowFinder
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
        self._boundaries, self._finder = FilmBoundaries(), WindowFinder()
        self._timecodes: deque[FrameTimecode] = deque(maxlen=LATENCY + 1)
        self._count = 0

    @property
    def event_buffer_length(self) -> int:
        """The maximum delay of an event, in frames."""
        return LATENCY

    def process_frame(self, timecode: FrameTimecode, frame_img: NDArray[np.uint8]) -> list[FrameTimecode]:
        """Add the next frame, (H, W, 3) BGR of any size; return where shots are now known to open."""
        height, width = frame_img.shape[:2]
        frame = VideoFrame.from_ndarray(np.ascontiguousarray(frame_img), "bgr24")
        picture = reduce_frame(frame, self._count, timecode.seconds, (width, height))
        self._timecodes.append(timecode)
        self._count += 1
        return self._timecodes_of(self._boundaries.add(picture, self._finder.add(picture.index, picture.luma)))

    def post_process(self, timecode: FrameTimecode) -> list[FrameTimecode]:
        """End the video; return the last boundaries."""
        return self._timecodes_of(self._boundaries.finish(self._finder.finish()))

    def _timecodes_of(self, boundaries: list[Boundary]) -> list[FrameTimecode]:
        return [self._timecodes[boundary.frame - self._count] for boundary in sorted(boundaries)]


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
