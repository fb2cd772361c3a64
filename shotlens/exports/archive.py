"""All exports of a result and its frames as one zip, built while it is sent, with one file at a time in memory."""

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from io import RawIOBase
from typing import Any

from shotlens.exports.registry import EXPORTS
from shotlens.shots.result import JobResult
from shotlens.shots.shot import Frame
from shotlens.storage.frames import FrameStore

MEDIA_TYPE, SUFFIX = "application/zip", ".zip"


Names = Mapping[int, Sequence[tuple[str, Frame]]]  # by shot index: the names of its frames in the zip, and in the store


def stream(result: JobResult, names: Names, store: FrameStore) -> Iterator[bytes]:
    """Yield the zip piece by piece; its frames are stored as `frames/<name>`.

    The JSON in it refers to the frames by these names. The video's name is used only through `safe_stem`. Frames that
    are not stored are left out. Raises OSError if the job is erased meanwhile, so that the client sees a truncated zip
    instead of a complete one with parts missing.
    """
    sink = _Sink()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, data in _files(result, names):
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
            yield sink.drain()
        for name, jpeg in _frames(result, names, store):
            archive.writestr(zipfile.ZipInfo(f"frames/{name}"), jpeg, zipfile.ZIP_STORED)  # JPEG is already compressed
            yield sink.drain()
    yield sink.drain()


def _files(result: JobResult, names: Names) -> Iterator[tuple[str, bytes]]:
    for name, export in EXPORTS.items():
        yield export.filename(result.filename), export.write(_renamed(result, names) if name == "json" else result)


def _frames(result: JobResult, names: Names, store: FrameStore) -> Iterator[tuple[str, bytes]]:
    """Yield each stored frame once: the parts of a shot that was split by hand may share frames."""
    frames = dict(pair for shot in result.shots for pair in names[shot.index])
    stored = [(name, frame) for name, frame in frames.items() if store.holds(frame)]
    for name, frame in stored:
        yield name, store.read(frame)


def _renamed(result: JobResult, names: Names) -> JobResult:
    shots = [
        shot.model_copy(update={"frames": [f"frames/{name}" for name, _ in names[shot.index]]}) for shot in result.shots
    ]
    return result.model_copy(update={"shots": shots})


class _Sink(RawIOBase):
    """Buffers what a zip writes. It cannot seek, so `zipfile` writes the sizes after the data."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._pieces.append(bytes(data))
        return len(self._pieces[-1])

    def drain(self) -> bytes:
        """Return everything written since the last call."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)
