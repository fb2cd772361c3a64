"""Eight equidistant frames of a shot whose end is not known yet. Pure: knows no file and no decoder."""

from typing import Generic, TypeVar

from shotlens.shots.shot import equidistant

CANDIDATES = 128  # kept per shot: every frame of a shot up to that long, so that its eight are exact
T = TypeVar("T")


class Sampler(Generic[T]):
    """Keeps a bounded number of evenly spaced candidates; when full, every second one goes and the step doubles.

    So the chosen frames lie within half a step of their exact places, and memory does not grow with the shot.
    """

    def __init__(self, capacity: int = CANDIDATES) -> None:
        self._capacity = capacity
        self._kept: list[T] = []
        self._step = 1
        self._seen = 0

    def add(self, item: T) -> None:
        """Offer the next frame of the shot."""
        if self._seen % self._step == 0:
            if len(self._kept) == self._capacity:
                self._kept = self._kept[::2]
                self._step *= 2
            if self._seen % self._step == 0:
                self._kept.append(item)
        self._seen += 1

    def finish(self) -> list[T]:
        """Return the eight chosen of this shot and start on the next one."""
        last = len(self._kept) - 1
        chosen = [self._kept[min(last, round(place / self._step))] for place in equidistant(0, self._seen)]
        self._kept, self._step, self._seen = [], 1, 0
        return chosen
