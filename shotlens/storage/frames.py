"""Where the frames of one video are stored: a name goes in, bytes come out. Knows nothing about jobs or decoding."""

import errno
import os
from pathlib import Path
from typing import NamedTuple, Protocol

from shotlens.shots.shot import Frame, Shot


class FrameStore(Protocol):
    """The frames of one video."""

    def read(self, frame: Frame) -> bytes:
        """Return the JPEG. Raises FileNotFoundError if it is not stored, OSError if it cannot be read."""
        ...

    def holds(self, frame: Frame) -> bool:
        """Return whether the frame is stored."""
        ...

    def write(self, frame: Frame, jpeg: bytes) -> None:
        """Store the JPEG; readers never see a partial one. Raises OSError."""
        ...


class FrameFolder:
    """Frames stored as files, `<folder>/<shot>/<k>.jpg`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, frame: Frame) -> Path:
        """Return the path of a frame, whether or not it exists."""
        return self.folder / str(frame)

    def read(self, frame: Frame) -> bytes:
        """Read the file."""
        return self.path(frame).read_bytes()

    def holds(self, frame: Frame) -> bool:
        """Return whether the file exists."""
        return self.path(frame).exists()

    def write(self, frame: Frame, jpeg: bytes) -> None:
        """Write a temporary file next to the final one and rename it."""
        path = self.path(frame)
        part = path.with_suffix(".part")
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(jpeg)
        part.replace(path)


class FrameMemory:
    """Frames in memory, for a video whose frames need not be stored."""

    def __init__(self) -> None:
        self._jpegs: dict[Frame, bytes] = {}

    def read(self, frame: Frame) -> bytes:
        """Return the bytes that were written."""
        try:
            return self._jpegs[frame]
        except KeyError as error:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(frame)) from error

    def holds(self, frame: Frame) -> bool:
        """Return whether the frame was written."""
        return frame in self._jpegs

    def write(self, frame: Frame, jpeg: bytes) -> None:
        """Store the bytes."""
        self._jpegs[frame] = jpeg


class StoredShot(NamedTuple):
    """A shot, and where its frames are stored."""

    shot: Shot
    store: FrameStore

    def jpegs(self) -> list[bytes]:
        """Return the eight frames; each is read once, although a short shot may repeat a frame."""
        jpegs = {frame: self.store.read(frame) for frame in dict.fromkeys(self.shot.frames)}
        return [jpegs[frame] for frame in self.shot.frames]
