"""All exports of a result and its frames as one zip, built while it is sent, with one file at a time in memory."""

import zipfile
from collections.abc import Iterator
from io import RawIOBase
from typing import Any, Literal

from shotlens.exports.registry import EXPORTS
from shotlens.exports.stills import Stills
from shotlens.shots.result import JobResult, ShotResult

MEDIA_TYPE, SUFFIX = "application/zip", ".zip"
FramesOfShot = Literal["all", "one"]  # which of the eight frames of a shot the zip holds


def stream(result: JobResult, stills: Stills, frames: FramesOfShot = "all") -> Iterator[bytes]:
    """Yield the zip piece by piece; its frames are `frames/<shot>/<k>.jpg`, or the only ones `frames/<shot>.jpg`.

    Shots are counted from 1, as people see them. The JSON in the zip refers to the frames by these names. The video's
    name is used only through `safe_stem`. Frames that are not stored are left out. Raises OSError if the job is erased
    meanwhile, so that the client sees a truncated zip instead of a complete one with parts missing.
    """
    sink = _Sink()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, data in _files(result, stills, frames):
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
            yield sink.drain()
        for name, jpeg in _frames(result, stills, frames):
            archive.writestr(zipfile.ZipInfo(name), jpeg, zipfile.ZIP_STORED)  # JPEG is already compressed
            yield sink.drain()
    yield sink.drain()


def _files(result: JobResult, stills: Stills, frames: FramesOfShot) -> Iterator[tuple[str, bytes]]:
    for name, export in EXPORTS.items():
        value = _renamed(result, stills, frames) if name == "json" else result
        yield export.filename(result.filename), export.write(value)


def _frames(result: JobResult, stills: Stills, frames: FramesOfShot) -> Iterator[tuple[str, bytes]]:
    for shot in result.shots:
        if frames == "all":
            yield from ((_name(shot, k), jpeg) for k, jpeg in stills.all(shot.index))
        elif jpeg := stills.middle(shot.index):
            yield _name(shot), jpeg


def _renamed(result: JobResult, stills: Stills, frames: FramesOfShot) -> JobResult:
    def names(shot: ShotResult) -> list[str]:
        return [_name(shot, k) for k in range(len(stills.frames[shot.index]))] if frames == "all" else [_name(shot)]

    shots = [shot.model_copy(update={"frames": names(shot)}) for shot in result.shots]
    return result.model_copy(update={"shots": shots})


def _name(shot: ShotResult, k: int | None = None) -> str:
    return f"frames/{shot.index + 1}.jpg" if k is None else f"frames/{shot.index + 1}/{k}.jpg"


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
