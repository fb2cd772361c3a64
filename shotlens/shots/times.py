"""The times of a shot's frames: those few of them from which all others follow. Pure.

At a constant rate they follow from the start and the end of the shot. If a video shows its frames for different times,
a shot also has `times`: frames with their seconds, between which the others are evenly spaced.
"""

from bisect import bisect_right
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shotlens.shots.shot import FrameTime, Shot

TOLERANCE = 0.004  # seconds by which a time may be off: containers round to milliseconds, and cameras jitter
CAPACITY = 2048  # times per shot: beyond it every second one is dropped, so that memory does not grow with the shot


class FrameTimes:
    """Collects the frames of one shot with their seconds, in order, and keeps those at which the pace changes."""

    def __init__(self) -> None:
        self._kept: list[FrameTime] = []  # the first frame, then those at which the pace changed
        self._previous: FrameTime = (0, 0.0)
        # Seconds per frame at which all frames since the last kept one are within the tolerance.
        self._least, self._most = 0.0, float("inf")

    def add(self, frame: int, seconds: float) -> None:
        """Add the next frame."""
        if not self._kept:
            self._kept.append((frame, seconds))
        else:
            if not self._least <= self._pace(frame, seconds) <= self._most:
                self._keep_previous()
            self._least = max(self._least, self._pace(frame, seconds - TOLERANCE))
            self._most = min(self._most, self._pace(frame, seconds + TOLERANCE))
        self._previous = frame, seconds

    def finish(self, end_frame: int, end: float) -> "tuple[FrameTime, ...]":
        """Return the times within the shot; `end_frame` is the frame after the last one."""
        self.add(end_frame, end)
        return tuple((frame, round(seconds, 4)) for frame, seconds in self._kept[1:])

    def _pace(self, frame: int, seconds: float) -> float:
        first, start = self._kept[-1]
        return (seconds - start) / (frame - first)

    def _keep_previous(self) -> None:
        if len(self._kept) == CAPACITY:
            self._kept = self._kept[::2]
        self._kept.append(self._previous)
        self._least, self._most = 0.0, float("inf")


def seconds_at(shot: "Shot", frame: int) -> float:
    """Return the time of a frame of a shot, or of the frame after it."""
    points = [(shot.start_frame, shot.start), *shot.times, (shot.end_frame, shot.end)]
    index = min(bisect_right(points, frame, key=lambda point: point[0]), len(points) - 1)
    (first, start), (last, end) = points[index - 1 : index + 1]
    position = (frame - first) / (last - first)
    return start * (1 - position) + end * position


def times_within(shots: "Iterable[Shot]", first: int, end: int) -> "tuple[FrameTime, ...]":
    """Return the times of the shot `[first, end)`, made of these shots, which are in order and overlap it."""
    times = FrameTimes()
    for shot in shots:
        begin, until = max(first, shot.start_frame), min(end, shot.end_frame)
        times.add(begin, seconds_at(shot, begin))
        for frame, seconds in shot.times:
            if begin < frame < until:
                times.add(frame, seconds)
    return times.finish(end, seconds_at(shot, end))
