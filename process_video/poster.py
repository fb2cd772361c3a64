"""Which stored frame stands for a video in lists: the one that shows most among those of its first shots.

A film often fades in from black, or starts with a title on black. How much a frame shows is the size of its JPEG, which
is the smaller the less detail there is: of a black frame next to nothing.
"""

from contextlib import suppress

from shotlens.shots.shot import Shot
from shotlens.storage.frames import FrameStore

SHOTS = 5  # of which one gives the poster: further on, a list would no longer show the beginning


class Poster:
    """The best frame so far. Add the shots in order."""

    def __init__(self, store: FrameStore) -> None:
        self._store = store
        self._shots = 0
        self._bytes = 0  # of the best frame
        self.frame: tuple[int, int] | None = None  # number of its shot, and its own, 0 to 7

    def add(self, shot: Shot) -> None:
        """Look at the frames of the next shot. Raises OSError."""
        if self._shots < SHOTS:
            with suppress(FileNotFoundError):  # somebody has just deleted the job
                self._look_at(shot)
        self._shots += 1

    def _look_at(self, shot: Shot) -> None:
        for frame in shot.frames:
            size = len(self._store.read(frame))
            if size > self._bytes:
                self._bytes, self.frame = size, (self._shots, frame.k)
