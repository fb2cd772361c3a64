"""All exports of a result and its frames as one zip, made while it is sent: no more than a file of it is in memory."""

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from io import RawIOBase
from typing import Any

from shotlens.exports.registry import EXPORTS
from shotlens.shots.result import JobResult
from shotlens.shots.shot import Frame
from shotlens.storage.frames import FrameStore

MEDIA_TYPE, SUFFIX = "application/zip", ".zip"


Names = Mapping[int, Sequence[tuple[str, Frame]]]  # of each shot's frames, by its index: in the zip, and in the store


def stream(result: JobResult, names: Names, store: FrameStore) -> Iterator[bytes]:
    """Give the zip piece by piece; the frames lie in it as `frames/<name>`.

    Its JSON names the frames as they are named in the zip. No name comes of the video's but by `safe_stem`. Frames that
    are not stored are left out. Raises OSError when the job is erased meanwhile, so that a client sees a zip that broke
    off, and not a whole one that lacks something.
    """
    sink = _Sink()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, data in _files(result, names):
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
            yield sink.taken()
        for name, jpeg in _frames(result, names, store):
            archive.writestr(zipfile.ZipInfo(f"frames/{name}"), jpeg, zipfile.ZIP_STORED)  # JPEG is packed already
            yield sink.taken()
    yield sink.taken()


def _files(result: JobResult, names: Names) -> Iterator[tuple[str, bytes]]:
    for name, export in EXPORTS.items():
        yield export.filename(result.filename), export.write(_inside(result, names) if name == "json" else result)


def _frames(result: JobResult, names: Names, store: FrameStore) -> Iterator[tuple[str, bytes]]:
    """Give each stored frame once: parts of a shot that was split by hand may share some."""
    frames = dict(pair for shot in result.shots for pair in names[shot.index])
    there = [(name, frame) for name, frame in frames.items() if store.holds(frame)]
    for name, frame in there:
        yield name, store.read(frame)


def _inside(result: JobResult, names: Names) -> JobResult:
    shots = [
        shot.model_copy(update={"frames": [f"frames/{name}" for name, _ in names[shot.index]]}) for shot in result.shots
    ]
    return result.model_copy(update={"shots": shots})


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
