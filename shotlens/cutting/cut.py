"""`cut`: finds the shots of a video in one decoding pass, each as it ends. Knows nothing about jobs, queues or HTTP."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from pathlib import Path

import cv2

from shotlens.cutting.camera_path import CameraPath
from shotlens.cutting.decode import Decoder
from shotlens.cutting.detect.boundaries import LATENCY, Boundary
from shotlens.cutting.detect.film import FilmBoundaries
from shotlens.cutting.errors import OverTheLimit
from shotlens.cutting.options import CutOptions
from shotlens.cutting.orientation import Size
from shotlens.cutting.picture import Picture, Plane
from shotlens.cutting.sampling import Sampler
from shotlens.cutting.window import STEP, Change, WindowFinder, Windows
from shotlens.shots.shot import Shot, Transition, Video, Window, frames_of
from shotlens.shots.times import FrameTimes
from shotlens.storage.frames import FrameStore

JPEG_QUALITY = 88
DECODE_BATCH, BATCHES_AHEAD = 8, 2  # pictures that the decoder delivers at a time, and how many such batches ahead
TRACKING_BATCH = 16  # pictures per tracking task: submitting each alone costs as much as the tracking
SAME_SHAPE = 0.02  # fraction by which the aspects of two sizes may differ, since sizes are even numbers
MAX_UNWRITTEN = 4  # shots whose frames wait to be written: more would take memory, and hide a full disk
_TimedLuma = tuple[float, Plane]  # seconds, and the reduced luma at that time


Detect = Callable[[Picture, Change | None], list[Boundary]]
Finish = Callable[[Change | None], list[Boundary]]
OnProgress = Callable[[float], None]  # called with the fraction of the video that is done, 0 to 1


class Cutting:
    """A video being cut: iterate over it to get its shots. After the last one, `video` and `warning` are final."""

    def __init__(
        self,
        path: Path,
        store: FrameStore | None,
        options: CutOptions,
        at: frozenset[int] | None,
        on_progress: OnProgress | None,
    ) -> None:
        self._options = options
        self._given_cuts = at
        self._on_progress = on_progress
        self._progress = 0.0
        self._decoder = Decoder(path, options)
        self._undecided: deque[Picture] = deque()  # pictures that may still turn out to open a shot
        self._openings: dict[int, Boundary] = {}  # the boundaries among them, by frame
        self._finder, self._windows = (WindowFinder() if at is None else None), Windows()
        self._builder = _ShotBuilder(self._windows)
        self._writer = _ShotWriter(store)

    @property
    def video(self) -> Video:
        return self._decoder.video

    @property
    def warning(self) -> str | None:
        return self._decoder.warning

    def __iter__(self) -> Iterator[Shot]:
        with self._decoder, self._writer, ThreadPoolExecutor(1, "decode") as thread:  # ends before the decoder
            yield from self._cut(_read_ahead(iter(self._decoder), thread))
            self._writer.write(*self._builder.finish(self.video.frames, self._decoder.end))
            yield from self._writer.finished(0)

    def _cut(self, pictures: Iterator[Picture]) -> Iterator[Shot]:
        detect, finish = self._detector()
        for picture in pictures:
            change = self._windows.add(self._finder.add(picture.index, picture.luma)) if self._finder else None
            self._add_boundaries(detect(picture, change))
            self._undecided.append(picture)
            if len(self._undecided) > LATENCY:
                self._assign(self._undecided.popleft())
            yield from self._writer.finished(MAX_UNWRITTEN)
            self._report_progress(picture)
        self._add_boundaries(finish(self._windows.add(self._finder.finish()) if self._finder else None))
        while self._undecided:
            self._assign(self._undecided.popleft())
            yield from self._writer.finished(MAX_UNWRITTEN)

    def _detector(self) -> tuple[Detect, Finish]:
        """Return a function that finds boundaries picture by picture, and one that returns the last ones at the end."""
        given = self._given_cuts
        if given is not None:
            return lambda picture, _: [Boundary(picture.index, "cut")] if picture.index in given else [], lambda _: []
        if self._options.detector == "shotlens":
            ours = FilmBoundaries()
            return ours.add, ours.finish
        # Imported late: PySceneDetect takes 0.1 s to import.
        from shotlens.cutting.detect.pyscenedetect import LibraryDetector

        library = LibraryDetector(self._options.detector, self.video.fps)
        return lambda picture, _: library.add(picture), lambda _: library.finish()

    def _add_boundaries(self, boundaries: list[Boundary]) -> None:
        self._openings |= {boundary.frame: boundary for boundary in boundaries}

    def _assign(self, picture: Picture) -> None:
        """Assign a picture to the running shot, or to a new one if it opens one."""
        opening = self._openings.pop(picture.index, None)
        if opening and picture.index and self._builder.seconds_until(picture.time) >= self._options.min_shot:
            seconds = self._seconds_of(opening, picture)
            self._writer.write(*self._builder.finish(picture.index, picture.time, opening.transition, seconds))
            if self._builder.count >= self._options.max_shots:
                raise OverTheLimit(f"The video has more than {self._options.max_shots} shots: send it in parts.")
        self._builder.add(picture)
        self._writer.track(picture.time, picture.tracked(self._builder.window(picture.index)))

    def _seconds_of(self, opening: Boundary, picture: Picture) -> float:
        """Return how long a gradual transition takes, by the times of its second half; `picture` is its middle."""
        half = min((opening.length + 1) // 2, len(self._undecided))
        return opening.length * (self._undecided[half - 1].time - picture.time) / half if half else 0.0

    def _report_progress(self, picture: Picture) -> None:
        if self._on_progress:
            self._progress = max(self._progress, min(1.0, picture.time / max(1e-6, self._decoder.expected_seconds)))
            self._on_progress(self._progress)


def cut(
    path: Path,
    store: FrameStore | None = None,
    options: CutOptions | None = None,
    *,
    at: frozenset[int] | None = None,
    on_progress: OnProgress | None = None,
) -> Cutting:
    """Open a video for cutting into shots. Raises VideoError, here or during iteration.

    The eight frames of each shot are written to `store`. `at` gives the frames at which shots open; then no detector
    runs, and the whole picture counts as film. `on_progress` is called at every frame.
    """
    return Cutting(path, store, options or CutOptions(), at, on_progress)


def _read_ahead(pictures: Iterator[Picture], thread: ThreadPoolExecutor) -> Iterator[Picture]:
    """Yield the pictures, read on another thread: otherwise the decoder's threads would idle during detection."""
    futures = deque(thread.submit(_next_batch, pictures) for _ in range(BATCHES_AHEAD))
    while batch := futures.popleft().result():
        futures.append(thread.submit(_next_batch, pictures))
        yield from batch


def _next_batch(pictures: Iterator[Picture]) -> list[Picture]:
    return list(islice(pictures, DECODE_BATCH))


class _ShotBuilder:
    """Collects the frames of the running shot."""

    def __init__(self, windows: Windows) -> None:
        self._windows = windows
        self._sampler: Sampler[Picture] = Sampler()
        self._first: Picture | None = None
        self._times = FrameTimes()
        self._opening: Transition = "cut"
        self._opening_seconds = 0.0
        self.count = 0  # shots so far

    def add(self, picture: Picture) -> None:
        """Add the next picture of the shot."""
        self._first = self._first or picture
        self._sampler.add(picture)
        self._times.add(picture.index, picture.time)

    def window(self, frame: int) -> Window:
        """Return what holds film in this frame of the shot."""
        # Changes are known to the frame that is looked at: one in the first frames of a shot came with it.
        return self._windows.of(max(frame, self._first.index + STEP - 1) if self._first else frame)

    def seconds_until(self, time: float) -> float:
        """Return the seconds from the first picture of the shot to `time`."""
        return time - self._first.time if self._first else 0.0

    def finish(
        self, end_frame: int, end: float, opening: Transition = "cut", seconds: float = 0.0
    ) -> tuple[Shot, list[Picture]]:
        """End the shot before `end_frame`, which is shown at `end` seconds; the next one opens with `opening`.

        Return the shot, without its camera path, and its frames, which are not written yet.
        """
        assert self._first
        pictures = self._sampler.finish()
        shot = Shot(
            start_frame=self._first.index,
            end_frame=end_frame,
            start=round(self._first.time, 6),
            end=round(end, 6),
            frames=frames_of(self._first.index),
            camera_path=(),
            transition=self._opening,
            transition_seconds=round(self._opening_seconds, 6),
            times=self._times.finish(end_frame, end),
            window=self.window((self._first.index + end_frame) // 2),
        )
        self._windows.forget(end_frame)
        self.count += 1
        self._first, self._times = None, FrameTimes()
        self._opening, self._opening_seconds = opening, seconds
        return shot, pictures


class _ShotWriter:
    """Tracks the camera and writes frames on a thread, while later pictures are decoded and passed to the detector.

    Returns each shot, in order, once its camera path is known and its frames are written.
    """

    def __init__(self, store: FrameStore | None) -> None:
        self._store = store
        self._thread = ThreadPoolExecutor(1, "shot-writer")
        self._path = CameraPath()
        self._untracked: list[_TimedLuma] = []  # the next batch, not submitted yet
        self._tracking: deque[Future[None]] = deque()
        self._writing: deque[Future[Shot]] = deque()

    def __enter__(self) -> "_ShotWriter":
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown(cancel_futures=True)

    def track(self, time: float, luma: Plane) -> None:
        """Track the camera to the next picture of the shot; block while too many batches are pending."""
        self._untracked.append((time, luma))
        if len(self._untracked) == TRACKING_BATCH:
            self._tracking.append(self._thread.submit(self._track, self._untracked))
            self._untracked = []
            if len(self._tracking) > MAX_UNWRITTEN:
                self._tracking.popleft().result()

    def write(self, shot: Shot, frames: list[Picture]) -> None:
        """End the shot: start writing its frames."""
        self._writing.append(self._thread.submit(self._finish, self._untracked, shot, frames))
        self._untracked = []

    def finished(self, max_unwritten: int) -> Iterator[Shot]:
        """Yield the shots whose frames are written; block while more than `max_unwritten` are not. Raises OSError."""
        while self._writing and (len(self._writing) > max_unwritten or self._writing[0].done()):
            shot = self._writing.popleft().result()
            while self._tracking and self._tracking[0].done():  # raise its errors, rather than return a path with a gap
                self._tracking.popleft().result()
            yield shot

    def _track(self, batch: list[_TimedLuma]) -> None:
        for time, luma in batch:
            self._path.add(time, luma)

    def _finish(self, batch: list[_TimedLuma], shot: Shot, frames: list[Picture]) -> Shot:
        self._track(batch)
        if self._store:
            for name, picture in zip(shot.frames, frames, strict=True):
                self._store.write(name, _jpeg(picture, _largest_of_its_shape(picture, frames)))
        return replace(shot, camera_path=self._path.finish())


def _largest_of_its_shape(picture: Picture, others: list[Picture]) -> Size:
    """Return the largest size among the pictures that differ from this one in nothing else: a film may change it."""
    aspect = _aspect(picture.size)
    return max(one.size for one in others if abs(_aspect(one.size) / aspect - 1) < SAME_SHAPE)


def _aspect(size: Size) -> float:
    return size[0] / size[1]


def _jpeg(picture: Picture, size: Size) -> bytes:
    encoded, data = cv2.imencode(".jpg", picture.bgr(*size), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    assert encoded
    return data.tobytes()
