"""Measures from thumbnails how long a dissolve or a wipe takes. Knows nothing about networks."""

import numpy as np
from numpy.typing import NDArray

BEYOND = 6  # frames before and after the change, as far as it is guessed, that show one shot alone
UNLIKE = 1.0  # mean square of the difference between both shots, below which there is nothing to measure


def length(luma: NDArray[np.uint8], middle: int, guess: int) -> int:
    """Return how many frames mix two shots; `luma` (N, H, W) holds the frames around, `middle` is an index of it.

    How far a frame lies on the way from a picture before the change to one after it rises evenly from 0 to 1, wherever
    the pictures themselves move. The middle half of that way takes half of the change. If this is not how the pictures
    change, or too few are there, the `guess` is returned.
    """
    reach = guess * 3 // 4 + BEYOND
    frames = luma[max(0, middle - reach) : middle + reach].reshape(-1, luma[0].size).astype(np.float32)
    axis = frames[-1] - frames[0]
    if axis @ axis < UNLIKE * axis.size:
        return guess
    shares = (frames - frames[0]) @ axis / (axis @ axis)
    centre = min(reach, middle)
    start, end = _crossing(shares[centre::-1], 0.25, False), _crossing(shares[centre - 1 :], 0.75, True)
    if start is None or end is None:
        return guess
    return max(1, round(2 * (start + end - 1) - 1))


def _crossing(shares: NDArray[np.float32], level: float, rises: bool) -> float | None:
    """Return after how many frames the shares first are beyond a level; None if they never are."""
    beyond = np.flatnonzero(shares >= level if rises else shares <= level)
    if not len(beyond):
        return None
    number = int(beyond[0])
    if number == 0:
        return 0.0
    last, first = float(shares[number - 1]), float(shares[number])
    return number - 1 + (level - last) / (first - last)
