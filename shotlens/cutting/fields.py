"""Finds and removes the combs of interlaced film: its odd lines are of another moment. Knows nothing of colours."""

import cv2
import numpy as np

from shotlens.cutting.colour.matrix import Samples
from shotlens.cutting.planes import Planes

SAMPLED_COLUMNS = 180  # of a frame, evenly spread: combs are as wide as what moves
STEP = 12  # by how much neighbouring lines of a comb differ
COMBED = 0.0005  # the part of the sampled pixels from which a frame is combed


def without_combs(planes: Planes, unit: int, height: int) -> Planes:
    """Return planes of a frame marked as interlaced without the lines that do not fit; `height` will be stored."""
    if not _is_combed(planes[0], STEP * unit):
        return planes
    remove = _field if planes[0].shape[0] >= 2 * height else _fitted
    luma, u, v = (remove(plane) for plane in planes)
    return luma, u, v


def _is_combed(luma: Samples, step: int) -> bool:
    """Return whether lines alternate, five in a row, where something moves. Fine patterns rarely do."""
    sampled = luma[:, :: max(1, luma.shape[1] // SAMPLED_COLUMNS)]
    steps = np.diff(sampled.astype(np.int16 if luma.dtype == np.uint8 else np.int32), axis=0)
    steps[1::2] *= -1
    if len(steps) < 4:
        return False
    down = np.minimum(np.minimum(steps[:-3], steps[1:-2]), np.minimum(steps[2:-1], steps[3:]))
    up = np.maximum(np.maximum(steps[:-3], steps[1:-2]), np.maximum(steps[2:-1], steps[3:]))
    return bool(np.count_nonzero(down > step) + np.count_nonzero(up < -step) > COMBED * down.size)


def _field(plane: Samples) -> Samples:
    """Return the even lines alone, with half the columns: enough for a frame that is stored at half its size or less.

    At a factor of two, bilinear reduction takes the mean of two columns, and is faster than by area.
    """
    size = plane.shape[1] // 2, (plane.shape[0] + 1) // 2
    return np.asarray(cv2.resize(plane[::2], size, interpolation=cv2.INTER_LINEAR))


def _fitted(plane: Samples) -> Samples:
    """Limit each odd line to what lies between the even lines above and below it, which keeps still detail."""
    even, odd = plane[::2], plane[1::2]
    above, below = even[: len(odd)], np.vstack([even[1:], even[-1:]])[: len(odd)]
    fitted = plane.copy()
    fitted[1::2] = cv2.max(cv2.min(odd, cv2.max(above, below)), cv2.min(above, below))
    return fitted
