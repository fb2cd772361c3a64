"""`cut`: one decode pass over a video gives its shots, each when it ends. Knows no queue, no HTTP, no job."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from pathlib import Path

import cv2

from shotlens.cutting.camera_path import CameraPath
from shotlens.cutting.decode import Decoder
from shotlens.cutting.detect.boundaries import LATENCY, Boundaries, Boundary
from shotlens.cutting.errors import OverTheLimit
from shotlens.cutting.options import CutOptions
from shotlens.cutting.picture import Picture, Plane
from shotlens.cutting.sampling import Sampler
from shotlens.shots.shot import Shot, Transition, Video, frames_of
from shotlens.storage.frames import FrameStore

JPEG_QUALITY = 88
AHEAD, BATCHES = 8, 2  # pictures that the decoder hands over at a time, and how often before they are asked for
AT_ONCE = 16  # pictures that the camera is followed through at a time: handing over each alone costs as much
MOST_UNWRITTEN = 4  # shots whose frames wait to be written: more would take memory, and hide a full disk
_Moment = tuple[float, Plane]  # seconds, and the measured luma then


OnProgress = Callable[[float], None]  # is told the share of the video that is done


class Cutting:
    """A video being cut: iterate over it for its shots. When that ends, `video` and `warning` are final."""

    def __init__(
        self,
        path: Path,
        store: FrameStore | None,
        options: CutOptions,
        at: frozenset[int] | None,
        on_progress: OnProgress | None,
    ) -> None:
        self._options = options
        self._known = at
        self._on_progress = on_progress
        self._decoder = Decoder(path, options)
        self._waiting: deque[Picture] = deque()  # pictures that may still turn out to open a shot
        self._openings: dict[int, Transition] = {}  # the boundaries among them, by their frames
        self._builder = _ShotBuilder()
        self._aside = _Aside(store)

    @property
    def video(self) -> Video:
        return self._decoder.video

    @property
    def warning(self) -> str | None:
        return self._decoder.warning

    def __iter__(self) -> Iterator[Shot]:
        with self._decoder, self._aside, ThreadPoolExecutor(1, "decode") as thread:  # which ends before the decoder
            yield from self._cut(_ahead(iter(self._decoder), thread))
            self._aside.write(*self._builder.finish(self.video.frames, self._decoder.end))
            yield from self._aside.written(0)

    def _cut(self, pictures: Iterator[Picture]) -> Iterator[Shot]:
        look, finish = self._detector()
        for picture in pictures:
            self._note(look(picture))
            self._waiting.append(picture)
            if len(self._waiting) > LATENCY:
                self._settle(self._waiting.popleft())
            yield from self._aside.written(MOST_UNWRITTEN)
            self._tell(picture)
        self._note(finish())
        while self._waiting:
            self._settle(self._waiting.popleft())
            yield from self._aside.written(MOST_UNWRITTEN)

    def _detector(self) -> tuple[Callable[[Picture], list[Boundary]], Callable[[], list[Boundary]]]:
        """Return what finds boundaries from picture to picture, and what finds the last ones."""
        known = self._known
        if known is not None:
            return lambda picture: [Boundary(picture.index, "cut")] if picture.index in known else [], list
        if self._options.detector == "shotlens":
            ours = Boundaries()
            return lambda picture: ours.add(*picture.thumbnail()), ours.finish
        from shotlens.cutting.detect.pyscenedetect import (
            LibraryDetector,  # late, for PySceneDetect takes 0.1 s to import
        )

        library = LibraryDetector(self._options.detector, self.video.fps)
        return library.add, library.finish

    def _note(self, boundaries: list[Boundary]) -> None:
        self._openings |= {boundary.frame: boundary.transition for boundary in boundaries}

    def _settle(self, picture: Picture) -> None:
        opening = self._openings.pop(picture.index, None)
        if opening and picture.index and self._builder.lasted(picture.time) >= self._options.min_shot:
            self._aside.write(*self._builder.finish(picture.index, picture.time, opening))
            if self._builder.count >= self._options.max_shots:
                raise OverTheLimit(f"The video has more than {self._options.max_shots} shots: send it in parts.")
        self._builder.add(picture)
        self._aside.follow(picture)

    def _tell(self, picture: Picture) -> None:
        if self._on_progress:
            claimed = self._decoder.claimed_seconds
            self._on_progress(min(1.0, picture.time / claimed) if claimed else 0.0)


def cut(
    path: Path,
    store: FrameStore | None = None,
    options: CutOptions | None = None,
    *,
    at: frozenset[int] | None = None,
    on_progress: OnProgress | None = None,
) -> Cutting:
    """Open a video to be cut into shots. Raises VideoError, here or while its shots are read.

    The eight frames of each shot are written to `store`. With `at`, the frames at which shots open are known, and
    nothing is looked for. `on_progress` is called at every picture.
    """
    return Cutting(path, store, options or CutOptions(), at, on_progress)


def _ahead(pictures: Iterator[Picture], thread: ThreadPoolExecutor) -> Iterator[Picture]:
    """Read on a thread of their own: the decoder's threads would stand still while pictures are judged."""
    following = deque(thread.submit(_take, pictures) for _ in range(BATCHES))
    while taken := following.popleft().result():
        following.append(thread.submit(_take, pictures))
        yield from taken


def _take(pictures: Iterator[Picture]) -> list[Picture]:
    return list(islice(pictures, AHEAD))


class _ShotBuilder:
    """Gathers the frames of the shot that is running."""

    def __init__(self) -> None:
        self._sampler: Sampler[Picture] = Sampler()
        self._first: Picture | None = None
        self._opening: Transition = "cut"
        self.count = 0  # shots so far

    def add(self, picture: Picture) -> None:
        """Take the next picture of the shot."""
        self._first = self._first or picture
        self._sampler.add(picture)

    def lasted(self, time: float) -> float:
        """Seconds from the first picture of the shot to `time`."""
        return time - self._first.time if self._first else 0.0

    def finish(self, end_frame: int, end: float, opening: Transition = "cut") -> tuple[Shot, list[Picture]]:
        """End the shot before `end_frame`, which is shown at `end` seconds; `opening` is how the next one opens.

        Returns it without its camera path, and its frames, yet to be written.
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
        )
        self.count += 1
        self._first, self._opening = None, opening
        return shot, pictures


class _Aside:
    """A thread that follows the camera and writes frames, while the next pictures are decoded and judged.

    It hands out each shot, in order, when its camera path is known and its frames are there.
    """

    def __init__(self, store: FrameStore | None) -> None:
        self._store = store
        self._thread = ThreadPoolExecutor(1, "aside")
        self._path = CameraPath()
        self._moments: list[_Moment] = []  # that the camera is yet to be followed through
        self._following: deque[Future[None]] = deque()
        self._unwritten: deque[Future[Shot]] = deque()

    def __enter__(self) -> "_Aside":
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown(cancel_futures=True)

    def follow(self, picture: Picture) -> None:
        """Take the next picture of the shot; wait while too many are yet to be followed."""
        self._moments.append((picture.time, picture.luma))  # the rest of it would take memory while it waits
        if len(self._moments) == AT_ONCE:
            self._following.append(self._thread.submit(self._follow, self._moments))
            self._moments = []
            if len(self._following) > MOST_UNWRITTEN:
                self._following.popleft().result()

    def write(self, shot: Shot, frames: list[Picture]) -> None:
        """End the shot: begin to write its frames."""
        self._unwritten.append(self._thread.submit(self._finish, self._moments, shot, frames))
        self._moments = []

    def written(self, most: int) -> Iterator[Shot]:
        """Give the shots whose frames are written; wait while more than `most` are not. Raises OSError."""
        while self._unwritten and (len(self._unwritten) > most or self._unwritten[0].done()):
            shot = self._unwritten.popleft().result()
            while self._following and self._following[0].done():  # an error there must not leave a path with a hole
                self._following.popleft().result()
            yield shot

    def _follow(self, moments: list[_Moment]) -> None:
        for time, luma in moments:
            self._path.add(time, luma)

    def _finish(self, moments: list[_Moment], shot: Shot, frames: list[Picture]) -> Shot:
        self._follow(moments)
        if self._store:
            for name, picture in zip(shot.frames, frames, strict=True):
                self._store.write(name, _jpeg(picture))
        return replace(shot, camera_path=self._path.finish())


def _jpeg(picture: Picture) -> bytes:
    done, data = cv2.imencode(".jpg", picture.bgr(*picture.size), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    assert done
    return data.tobytes()
