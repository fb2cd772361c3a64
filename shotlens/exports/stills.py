"""The stored frames of a result, for the exports that show pictures."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from shotlens.shots.shot import Frame
from shotlens.storage.frames import FrameStore

MIDDLE = 4  # of the eight frames, the one that stands for the shot


@dataclass(frozen=True, slots=True)
class Stills:
    """The frames of the shots of one result."""

    frames: Mapping[int, Sequence[Frame]]  # by the index of the shot, eight each
    store: FrameStore

    def middle(self, index: int) -> bytes | None:
        """Return the JPEG of the frame that stands for a shot; None if it is not stored."""
        return next((jpeg for _, jpeg in self._stored(index, [MIDDLE])), None)

    def all(self, index: int) -> Iterator[tuple[int, bytes]]:
        """Yield the number, from 0, and the JPEG of each stored frame of a shot."""
        return self._stored(index, range(len(self.frames[index])))

    def _stored(self, index: int, numbers: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        for number in numbers:
            frame = self.frames[index][number]
            if self.store.holds(frame):
                yield number, self.store.read(frame)
