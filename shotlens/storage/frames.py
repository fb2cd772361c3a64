"""Where the frames of one video lie: a name goes in, bytes come out. Knows no job and no picture."""

from pathlib import Path
from typing import NamedTuple, Protocol

from shotlens.shots.shot import Frame, Shot


class FrameStore(Protocol):
    """The frames of one video."""

    def read(self, frame: Frame) -> bytes:
        """Return the JPEG. Raises FileNotFoundError where it is not stored, OSError where it cannot be read."""
        ...

    def holds(self, frame: Frame) -> bool:
        """Say whether it is stored."""
        ...

    def write(self, frame: Frame, jpeg: bytes) -> None:
        """Store the JPEG; a reader never sees half of it. Raises OSError."""
        ...


class FrameFolder:
    """Frames as files, `<folder>/<shot>/<k>.jpg`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, frame: Frame) -> Path:
        """Return where a frame lies, or would lie."""
        return self.folder / str(frame)

    def read(self, frame: Frame) -> bytes:
        """Read the file."""
        return self.path(frame).read_bytes()

    def holds(self, frame: Frame) -> bool:
        """Look for the file."""
        return self.path(frame).exists()

    def write(self, frame: Frame, jpeg: bytes) -> None:
        """Write the file beside its place and rename it."""
        path = self.path(frame)
        part = path.with_suffix(".part")
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(jpeg)
        part.replace(path)


class FrameMemory:
    """Frames in memory, for a video whose frames nobody keeps."""

    def __init__(self) -> None:
        self._jpegs: dict[Frame, bytes] = {}

    def read(self, frame: Frame) -> bytes:
        """Return what was written."""
        try:
            return self._jpegs[frame]
        except KeyError as error:
            raise FileNotFoundError(f"no frame {frame}") from error

    def holds(self, frame: Frame) -> bool:
        """Say whether it was written."""
        return frame in self._jpegs

    def write(self, frame: Frame, jpeg: bytes) -> None:
        """Keep the bytes."""
        self._jpegs[frame] = jpeg


class StoredShot(NamedTuple):
    """A shot, and where its frames lie."""

    shot: Shot
    store: FrameStore

    def jpegs(self) -> list[bytes]:
        """Read the eight frames, each once though a short shot may name one more than once."""
        known = {frame: self.store.read(frame) for frame in dict.fromkeys(self.shot.frames)}
        return [known[frame] for frame in self.shot.frames]
