"""All exports of a result and its frames as one zip, made while it is sent: no more than a file of it is in memory."""

import zipfile
from collections.abc import Callable, Iterator
from io import RawIOBase
from pathlib import Path
from typing import Any

from api.exports.registry import EXPORTS
from jobs.result import JobResult

MEDIA_TYPE, SUFFIX = "application/zip", ".zip"
FrameOf = Callable[[int, int], Path]  # shot, k -> where the frame lies


def stream(result: JobResult, frame_of: FrameOf) -> Iterator[bytes]:
    """Give the zip piece by piece. In its JSON each frame is the name that it has in the zip.

    No name in it comes of the video's but by `safe_stem`. Frames that are not stored are left out; raises OSError when
    the job is erased meanwhile, so that a client sees a zip that broke off, and not a whole one that lacks something.
    """
    sink = _Sink()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, made in _files(result):
            archive.writestr(zipfile.ZipInfo(name), made, zipfile.ZIP_DEFLATED)
            yield sink.taken()
        for name, path in _frames(result, frame_of):
            archive.writestr(zipfile.ZipInfo(name), path.read_bytes(), zipfile.ZIP_STORED)  # JPEG is packed already
            yield sink.taken()
    yield sink.taken()


def _files(result: JobResult) -> Iterator[tuple[str, bytes]]:
    for name, export in EXPORTS.items():
        yield export.filename(result.filename), export.write(_inside(result) if name == "json" else result)


def _frames(result: JobResult, frame_of: FrameOf) -> Iterator[tuple[str, Path]]:
    named = ((_place(shot.index, k), frame_of(shot.index, k)) for shot in result.shots for k in range(len(shot.frames)))
    yield from [(name, path) for name, path in named if path.exists()]


def _inside(result: JobResult) -> JobResult:
    shots = [
        shot.model_copy(update={"frames": [_place(shot.index, k) for k in range(len(shot.frames))]})
        for shot in result.shots
    ]
    return result.model_copy(update={"shots": shots})


def _place(shot: int, k: int) -> str:
    return f"frames/{shot}/{k}.jpg"


class _Sink(RawIOBase):
    """Takes what a zip writes, and hands it over; it cannot go back, which tells `zipfile` to write lengths behind."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._pieces.append(bytes(data))
        return len(self._pieces[-1])

    def taken(self) -> bytes:
        """Return what was written since the last call."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)
