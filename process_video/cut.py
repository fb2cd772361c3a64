"""`cut`: one decode pass over a video gives its shots, each when it ends. Knows no queue, no HTTP, no job."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import cv2

from jobs.shot import Shot, Video
from process_video.camera_path import CameraPath
from process_video.decode import Decoder, Limits
from process_video.detector import CutDetector
from process_video.errors import OverTheLimit
from process_video.picture import Picture, reduced_size
from process_video.sampling import Sampler

JPEG_QUALITY = 88
PATH_SIDE = 320  # pixels of the luma that the camera path is measured on


@dataclass(frozen=True, slots=True)
class CutOptions:
    """How to cut. `frames` is the folder that the eight frames of each shot are written to."""

    frames: Path
    limits: Limits = field(default_factory=Limits)
    on_progress: Callable[[float], None] | None = None  # called with the share of the video done, at every picture


class Cutting:
    """A video being cut: iterate over it for its shots. When that ends, `video` and `warning` are final."""

    def __init__(self, path: Path, options: CutOptions) -> None:
        self._options = options
        self._decoder = Decoder(path, options.limits)
        self._found: deque[Picture] = deque()  # pictures that may still turn out to open a shot
        self._builder = _ShotBuilder(options.frames)

    @property
    def video(self) -> Video:
        return self._decoder.video

    @property
    def warning(self) -> str | None:
        return self._decoder.warning

    def __iter__(self) -> Iterator[Shot]:
        with self._decoder:
            detector = CutDetector(self.video.fps)
            cuts: set[int] = set()
            for picture in self._decoder:
                cuts.update(detector.process(picture))
                self._found.append(picture)
                if len(self._found) > detector.latency:
                    yield from self._settle(self._found.popleft(), cuts)
                self._tell(picture)
            while self._found:
                yield from self._settle(self._found.popleft(), cuts)
        yield self._builder.finish(self.video.frames, self._decoder.end)

    def _settle(self, picture: Picture, cuts: set[int]) -> Iterator[Shot]:
        if picture.index in cuts and picture.index > 0:
            cuts.discard(picture.index)
            yield self._builder.finish(picture.index, picture.time)
            if self._builder.index >= self._options.limits.shots:
                raise OverTheLimit(f"The video has more than {self._options.limits.shots} shots: send it in parts.")
        self._builder.add(picture)

    def _tell(self, picture: Picture) -> None:
        if self._options.on_progress:
            claimed = self._decoder.claimed_seconds
            self._options.on_progress(min(1.0, picture.time / claimed) if claimed else 0.0)


def cut(path: Path, options: CutOptions) -> Cutting:
    """Open a video to be cut into shots. Raises VideoError, here or while its shots are read."""
    return Cutting(path, options)


class _ShotBuilder:
    """Gathers the frames and the camera path of the shot that is running."""

    def __init__(self, frames: Path) -> None:
        self._frames = frames
        self._sampler: Sampler[Picture] = Sampler()
        self._path = CameraPath()
        self._first: Picture | None = None
        self.index = 0

    def add(self, picture: Picture) -> None:
        """Take the next picture of the shot."""
        self._first = self._first or picture
        self._sampler.add(picture)
        height, width = picture.luma.shape
        size = reduced_size(width, height, PATH_SIDE)
        self._path.add(picture.time, picture.grey(*size))

    def finish(self, end_frame: int, end: float) -> Shot:
        """End the shot before `end_frame`, which is shown at `end` seconds; write its frames."""
        assert self._first
        folder = self._frames / str(self.index)
        shot = Shot(
            index=self.index,
            start_frame=self._first.index,
            end_frame=end_frame,
            start=round(self._first.time, 6),
            end=round(end, 6),
            frames=_write(folder, self._sampler.finish()),
            camera_path=self._path.finish(),
        )
        self.index += 1
        self._first = None
        return shot


def _write(folder: Path, pictures: list[Picture]) -> tuple[Path, ...]:
    """Write each picture as a JPEG beside its place and rename it, so that a reader never sees half of one."""
    folder.mkdir(parents=True, exist_ok=True)
    return tuple(_write_one(folder / f"{k}.jpg", picture) for k, picture in enumerate(pictures))


def _write_one(path: Path, picture: Picture) -> Path:
    height, width = picture.luma.shape
    done, data = cv2.imencode(".jpg", picture.bgr(width, height), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    assert done
    part = path.with_suffix(".part")
    part.write_bytes(data.tobytes())
    part.replace(path)
    return path
