"""Samples eight equidistant frames of a shot whose end is not known yet. Pure: no file, no decoder."""

from typing import Generic, TypeVar

from shotlens.shots.shot import equidistant

CANDIDATES = 128  # stored per shot: shots up to this length keep every frame, so that their eight are exact
T = TypeVar("T")


class Sampler(Generic[T]):
    """Holds a bounded number of evenly spaced candidates; when full, drops every second one and doubles the step.

    The chosen frames lie within half a step of their exact positions, and memory does not grow with the shot.
    """

    def __init__(self, capacity: int = CANDIDATES) -> None:
        self._capacity = capacity
        self._candidates: list[T] = []
        self._step = 1
        self._count = 0

    def add(self, item: T) -> None:
        """Offer the next frame of the shot."""
        if self._count % self._step == 0:
            if len(self._candidates) == self._capacity:
                self._candidates = self._candidates[::2]
                self._step *= 2
            if self._count % self._step == 0:
                self._candidates.append(item)
        self._count += 1

    def finish(self) -> list[T]:
        """Return the eight frames chosen for this shot, and reset for the next one."""
        last = len(self._candidates) - 1
        positions = equidistant(0, self._count)
        chosen = [self._candidates[min(last, round(position / self._step))] for position in positions]
        self._candidates, self._step, self._count = [], 1, 0
        return chosen
