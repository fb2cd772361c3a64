"""All exports of a result and its frames as one zip, made while it is sent: no more than a file of it is in memory."""

import zipfile
from collections.abc import Iterator
from io import RawIOBase
from pathlib import Path
from typing import Any

from api.exports.registry import EXPORTS
from jobs.result import JobResult

MEDIA_TYPE, SUFFIX = "application/zip", ".zip"


def stream(result: JobResult, folder: Path) -> Iterator[bytes]:
    """Give the zip piece by piece; `folder` has the frames, `<shot>/<k>.jpg`.

    Its JSON names the frames as they are named in the zip. No name comes of the video's but by `safe_stem`. Frames that
    are not stored are left out. Raises OSError when the job is erased meanwhile, so that a client sees a zip that broke
    off, and not a whole one that lacks something.
    """
    sink = _Sink()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, made in _files(result):
            archive.writestr(zipfile.ZipInfo(name), made, zipfile.ZIP_DEFLATED)
            yield sink.taken()
        for name, path in _frames(result, folder):
            archive.writestr(zipfile.ZipInfo(name), path.read_bytes(), zipfile.ZIP_STORED)  # JPEG is packed already
            yield sink.taken()
    yield sink.taken()


def _files(result: JobResult) -> Iterator[tuple[str, bytes]]:
    for name, export in EXPORTS.items():
        yield export.filename(result.filename), export.write(_inside(result) if name == "json" else result)


def _frames(result: JobResult, folder: Path) -> Iterator[tuple[str, Path]]:
    """Name each stored frame once: parts of a shot that was split by hand may share some."""
    names = dict.fromkeys(_place(address) for shot in result.shots for address in shot.frames)
    yield from [(f"frames/{name}", folder / name) for name in names if (folder / name).exists()]


def _inside(result: JobResult) -> JobResult:
    shots = [
        shot.model_copy(update={"frames": [f"frames/{_place(address)}" for address in shot.frames]})
        for shot in result.shots
    ]
    return result.model_copy(update={"shots": shots})


def _place(address: str) -> str:
    """Return `<shot>/<k>.jpg` of `/jobs/<id>/shots/<shot>/frames/<k>.jpg`, whose shot is the one that was found."""
    *_, shot, _, name = address.split("/")
    return f"{shot}/{name}"


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
