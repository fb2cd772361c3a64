"""Measures from thumbnails how long a dissolve or a wipe takes. Knows nothing about networks."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

LONGEST = 30  # frames: in a longer change, what moves in the pictures counts more than the change
BEYOND = 6  # frames before and after the change, as far as it is guessed, that show one shot alone
UNLIKE = 1.0  # mean square of the difference between both shots, below which there is nothing to measure
TRUST = 1.6  # the guess is at most so many times too long or too short
Floats = NDArray[np.float32]


def length(luma: Sequence[NDArray[np.uint8]], middle: int, guess: int) -> int:
    """Return how many frames mix two shots; `luma` are the pictures around, of which `middle` is one.

    How far a picture lies on the way from one before the change to one after it rises evenly from 0 to 1. The middle
    half of this way takes half of the change. Where that cannot be seen, the guess is returned.
    """
    reach = guess * 3 // 4 + BEYOND
    if guess > LONGEST or not reach <= middle <= len(luma) - reach:
        return guess
    pictures = np.stack(luma[middle - reach : middle + reach]).reshape(2 * reach, -1).astype(np.float32)
    way = pictures[-1] - pictures[0]
    if way @ way < UNLIKE * way.size:
        return guess
    shares = (pictures - pictures[0]) @ way / (way @ way)
    half = _crossing(shares[reach - 1 :: -1], 0.25) + _crossing(1 - shares[reach - 1 :], 0.25)
    return round(float(np.clip(2 * half - 1, guess / TRUST, guess * TRUST)))


def _crossing(shares: Floats, level: float) -> float:
    """Return after how many pictures the shares first fall to a level; the last of them is at 0."""
    number = int(np.argmax(shares <= level))
    if number == 0:
        return 0.0
    last, first = float(shares[number - 1]), float(shares[number])
    return number - 1 + (last - level) / (last - first)
