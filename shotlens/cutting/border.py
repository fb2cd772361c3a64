"""The border between film and what lies beside it, to the pixel. Knows nothing about time or cuts."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shotlens.shots.shot import Window

Luma = NDArray[np.uint8]
AROUND = 6  # pixels on either side of where a border should lie
STEP = 5.0  # levels, in the mean along the border, that its sides differ by at least
STANDS_OUT = 2.0  # times what neighbouring lines of the film differ by
SHARE = 0.6  # of the pictures must show the border


class Box(NamedTuple):
    """A rectangle of whole cells or pixels."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def area(self) -> int:
        """How many cells it covers."""
        return (self.right - self.left) * (self.bottom - self.top)

    def near(self, other: "Box", most: int) -> bool:
        """Return whether no side is more than `most` away from the other's."""
        return all(abs(a - b) <= most for a, b in zip(self, other, strict=True))

    def holds(self, other: "Box", slack: int = 2) -> bool:
        """Return whether the other lies within this one, give or take `slack`."""
        return (
            self.left <= other.left + slack
            and self.top <= other.top + slack
            and other.right <= self.right + slack
            and other.bottom <= self.bottom + slack
        )


def refined(box: Box, grid: int, pictures: Sequence[tuple[Luma, bool]]) -> Window | None:
    """Return a box of cells, of which `grid` lie across and down, as a window with exact borders.

    Each of the `pictures`, (h, w), comes with whether it was there before the film in it last changed. Return None if
    one of the sides was not seen as a line, or not both before and after that: what pops up has none at one time.
    """
    height, width = pictures[0][0].shape
    left, right = round(box.left * width / grid), round(box.right * width / grid)
    top, bottom = round(box.top * height / grid), round(box.bottom * height / grid)
    sides = (
        _side(left, [(luma[top:bottom].T, before) for luma, before in pictures]),
        _side(top, [(luma[:, left:right], before) for luma, before in pictures]),
        _side(width - right, [(luma[top:bottom, ::-1].T, before) for luma, before in pictures]),
        _side(height - bottom, [(luma[::-1, left:right], before) for luma, before in pictures]),
    )
    if None in sides:
        return None
    first_x, first_y, last_x, last_y = (side or 0 for side in sides)
    fractions = first_x / width, first_y / height, 1 - last_x / width, 1 - last_y / height
    return Window(*(round(fraction, 5) for fraction in fractions))


def _side(about: int, pictures: Sequence[tuple[Luma, bool]]) -> int | None:
    """Return the first line of film, from the top, in pictures (h, w) where it lies `about` there."""
    if about <= 2:
        return 0
    start = max(0, about - AROUND)
    profiles = [_profile(luma[start : about + AROUND + 1]) for luma, _ in pictures]
    votes = [_seen(profile) for profile in profiles]
    known = [vote for vote in votes if vote is not None]
    if not known or sum(known) < SHARE * len(known):
        return None
    times = {True} | {before for _, before in pictures}
    if times != {before for vote, (_, before) in zip(votes, pictures, strict=True) if vote}:
        return None
    mean = np.mean([profile for profile, vote in zip(profiles, votes, strict=True) if vote], axis=0)
    line = int(mean.argmax())
    if line + 1 < len(mean) and mean[line + 1] > 0.3 * mean[line]:  # a line of both
        line += 1
    return start + line + 1


def _profile(lines: Luma) -> NDArray[np.float64]:
    """Return the mean difference of each line (n, w) to the next: (n - 1,)."""
    return np.asarray(np.abs(np.diff(lines.astype(np.int16), axis=0)).mean(axis=1))


def _seen(profile: NDArray[np.float64]) -> bool | None:
    """Return whether a line stands out; None if the picture shows nothing there."""
    if profile.max() < 1.0:
        return None
    return bool(profile.max() >= max(STEP, STANDS_OUT * float(np.median(profile))))
