"""Finds, as a video goes on, the part of its pictures that holds film. Knows nothing about files or cuts.

Beside the film may be black bars or a graphic; neither changes. So the part is a rectangle within which, before long,
everything changes, while next to nothing changes outside, and whose sides are seen as lines in the pictures before.
A figure before a still camera fills no rectangle, and what pops up over a still picture had no lines before.
"""

from collections import deque
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from shotlens.cutting.border import Box, Luma, refined
from shotlens.shots.shot import WHOLE, Window

GRID = 80  # cells across and down, whatever the shape of the picture
STEP, ROUND = 4, 16  # frames from one picture that is looked at to the next, and from one decision to the next
CHANGE = 6  # levels of a cell's mean: more is no noise of compression
# Frames within which everything has changed in the film, and nothing beside it; within the least, only bars count.
HORIZONS = (64, 384, 1536)
FULL = 0.75  # fraction of the cells of each row and column that change in a part with film
ALL = 0.97  # fraction of all cells from which the whole picture changes
OUTSIDE = 0.15  # fraction of the cells that may change beside it: subtitles and logos
# The same where what is beside it is not plain, and may be what a still camera sees beside somebody who moves.
FULL_BESIDE_GRAPHICS, OUTSIDE_OF_GRAPHICS = 0.9, 0.05
USUAL = 0.7  # fraction of the picture: bars that leave more are those of cinema film, which do not matter
LEAST = 0.15  # fraction of the picture that the film covers at least: that of cinema film in an upright one is .2
ASPECTS = (0.45, 3.5)  # least and largest width of the film over its height
PLAIN = 6  # levels between the cells of a bar
NEAR = 2  # cells between the sides of what is taken for the same rectangle
BLACK = 26  # of 255: video black (16) and the ringing of compression
NEVER, NOW = -(10**9), 10**9  # the numbers of a frame before and one after all others
Cells = NDArray[np.bool_]  # (GRID, GRID)
_WHOLE_BOX = Box(0, 0, GRID, GRID)


@dataclass(frozen=True, slots=True)
class Change:
    """From this frame on, another part of the pictures holds film; this is known only later."""

    window: Window
    first: int


class Windows:
    """Which part of each picture holds film, as far as is known."""

    def __init__(self) -> None:
        self._changes = [Change(WHOLE, 0)]  # in order

    def add(self, change: Change | None) -> Change | None:
        """Add what the finder told, and return it."""
        if change:
            self._changes = [*(earlier for earlier in self._changes if earlier.first < change.first), change]
        return change

    def of(self, frame: int) -> Window:
        """Return what holds film in this frame."""
        return next((change.window for change in reversed(self._changes) if change.first <= frame), WHOLE)

    def forget(self, frame: int) -> None:
        """Drop what is about the frames before this one alone."""
        known = [number for number, change in enumerate(self._changes) if change.first <= frame]
        self._changes = self._changes[known[-1] :] if known else self._changes


class WindowFinder:
    """Accepts the luma of each picture, in order; tells where another part of the pictures holds film."""

    def __init__(self) -> None:
        self._shape: tuple[int, ...] = ()
        self._box = _WHOLE_BOX  # what holds film
        self._since = NEVER  # the frame from which it does

    def add(self, index: int, luma: Luma) -> Change | None:
        """Add a picture: `luma` (h, w), upright, with square pixels."""
        if index % STEP:
            return None
        if luma.shape != self._shape:
            return self._begin(index, luma)
        changed = cv2.absdiff(cells := _cells(luma), self._cells) > CHANGE
        np.copyto(self._changed_at, index, where=changed)
        np.copyto(self._cells, cells, where=changed)
        if self._box != _WHOLE_BOX and np.mean(changed[~_inside(self._box)]) > 0.5:
            self._burst = index
        self._latest = index, luma
        return self._decide() if index % ROUND == 0 else None

    def finish(self) -> Change | None:
        """End the video: what is seen once must do."""
        box = self._look() if self._shape else None
        return self._adopt(box) if box else None

    def _begin(self, index: int, luma: Luma) -> Change | None:
        """Start, or start anew with pictures of another shape."""
        changes = self._box != _WHOLE_BOX
        self._shape, self._cells = luma.shape, _cells(luma)
        before = index if index else NEVER
        self._changed_at = np.full((GRID, GRID), before, np.int32)  # the frame at which each cell last changed
        self._box, self._since = _WHOLE_BOX, before
        self._latest = index, luma
        self._burst = index  # when most of what is outside the film changed
        self._candidate: Box | None = None  # what may hold film, seen once
        self._earlier: deque[tuple[int, Luma]] = deque([self._latest], maxlen=10)  # a picture of each round
        return Change(WHOLE, index) if changes else None

    def _decide(self) -> Change | None:
        """Adopt another box if it is seen twice in a row: a wipe would have moved on."""
        earlier, self._candidate = self._candidate, self._look()
        if earlier and self._candidate and self._candidate.near(earlier, NEAR):
            return self._adopt(self._candidate)
        return None

    def _look(self) -> Box | None:
        """Return the box in which film is seen now, if that is another one."""
        self._earlier.append(self._latest)
        box = self._seen()
        return box if box and not box.near(self._box, NEAR) else None

    def _adopt(self, box: Box) -> Change:
        window = self._refined(box, still=True) or WHOLE
        if self._box.holds(box):  # what is outside now has not changed since
            last = int(np.quantile(self._changed_at[~_inside(box)], 1 - OUTSIDE))
            first, self._since = max(0, last), last + 1
        else:
            index, _ = self._latest
            first = self._since = self._burst if index - self._burst < 2 * HORIZONS[0] else index
        self._candidate, self._box = None, box
        return Change(window, first)

    def _seen(self) -> Box | None:
        """Return the box in which film is seen now, if one is."""
        bars = self._between_bars() if self._box == _WHOLE_BOX else None
        if bars and self._refined(bars, still=True):
            return bars
        for horizon in HORIZONS:
            active = (self._changed_at >= max(self._latest[0] - horizon, self._since)).astype(np.uint8)
            box = _filled(active, FULL)
            if box and self._box.holds(box) and box.area >= USUAL * self._box.area:
                return self._box
            if box and box.area >= USUAL * GRID * GRID:
                return _WHOLE_BOX
            if box and self._is_shaped_like_film(box) and self._is_alone(box, active, horizon) and self._refined(box):
                return box
        return None

    def _refined(self, box: Box, still: bool = False) -> Window | None:
        """Return the window, if its borders are seen: also before it changed, unless it may be still."""
        before = NOW if still else int(np.median(self._changed_at[_inside(box)]))
        return refined(box, GRID, [(luma, number < before) for number, luma in self._earlier])

    def _between_bars(self) -> Box | None:
        """Return what lies between two equal black bars: there the film need not change to be known."""
        box = _filled((self._cells > BLACK).astype(np.uint8), FULL)
        if box is None or box.area >= USUAL * GRID * GRID or not self._is_shaped_like_film(box):
            return None
        left, top, right, bottom = box.left, box.top, GRID - box.right, GRID - box.bottom
        equal = abs(left - right) <= NEAR and abs(top - bottom) <= NEAR and 0 in (left + right, top + bottom)
        return box if equal and np.mean(self._cells[~_inside(box)] > BLACK) <= OUTSIDE else None

    def _is_shaped_like_film(self, box: Box) -> bool:
        height, width = self._shape
        aspect = (box.right - box.left) * width / ((box.bottom - box.top) * height)
        return box.area >= LEAST * GRID * GRID and ASPECTS[0] <= aspect <= ASPECTS[1]

    def _is_alone(self, box: Box, active: NDArray[np.uint8], horizon: int) -> bool:
        """Return whether next to nothing is active beside a box, which may be plain but for signs on it, or not."""
        outside = ~_inside(box)
        beside, share = self._cells[outside].astype(int), np.mean(active[outside])
        if np.mean(np.abs(beside - np.median(beside)) > PLAIN) <= OUTSIDE:
            return bool(share <= OUTSIDE)
        filled = _filled(active, FULL_BESIDE_GRAPHICS)
        unmoved = horizon > HORIZONS[0] and bool(share <= OUTSIDE_OF_GRAPHICS)
        return unmoved and filled is not None and filled.near(box, NEAR)


def _cells(luma: Luma) -> Luma:
    # Halving is many times faster than any other reduction by area.
    half = cv2.resize(luma, (-(-luma.shape[1] // 2), -(-luma.shape[0] // 2)), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(half, (GRID, GRID), interpolation=cv2.INTER_LINEAR), np.uint8)


def _inside(box: Box) -> Cells:
    mask = np.zeros((GRID, GRID), bool)
    mask[box.top : box.bottom, box.left : box.right] = True
    return mask


def _filled(active: NDArray[np.uint8], full: float) -> Box | None:
    """Return the box of which `full` of each row and column are active, 0 or 1, whatever is active outside."""
    count = cv2.countNonZero(active)
    if count >= ALL * active.size:
        return _WHOLE_BOX
    if count < LEAST * active.size * full:
        return None
    rows, columns = (_run(counts >= counts.max() / 2) for counts in (_counts(active, 1), _counts(active, 0)))
    for _ in range(2):
        across, down = columns.stop - columns.start, rows.stop - rows.start
        if not across * down:
            return None
        rows = _run(_counts(active[:, columns], 1) >= full * across)
        columns = _run(_counts(active[rows], 0) >= full * down) if rows.stop else slice(0, 0)
    box = Box(columns.start, rows.start, columns.stop, rows.stop)
    return box if box.area else None


def _counts(active: NDArray[np.uint8], axis: int) -> NDArray[np.int32]:
    """Return the sum of each row (axis 1) or column (axis 0)."""
    return np.asarray(cv2.reduce(active, axis, cv2.REDUCE_SUM, dtype=cv2.CV_32S), np.int32).ravel()


def _run(mask: NDArray[np.bool_]) -> slice:
    """Return the longest run of True in (N,)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    starts, ends = edges[::2], edges[1::2]
    if not len(starts):
        return slice(0, 0)
    longest = int(np.argmax(ends - starts))
    return slice(int(starts[longest]), int(ends[longest]))
