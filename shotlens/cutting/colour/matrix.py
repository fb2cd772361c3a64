"""Colours that a screen shows as they are: a matrix turns luma and chroma to BGR. Knows nothing of curves."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Samples = NDArray[Any]  # a plane (H, W), uint8; of wide colours uint16
Floats = NDArray[np.float64]

BT709, BT601, BT2020 = (0.2126, 0.0722), (0.299, 0.114), (0.2627, 0.0593)  # weights of red and blue in luma
YCGCO = "YCgCo"  # a matrix that has no weights


@dataclass(frozen=True, eq=False)
class Colour:
    """What the numbers of a frame mean, if a screen can show it."""

    to_bgr: Floats  # (3, 4): from (Y, U, V, 1) to (B, G, R), all of 8 bits
    unit: int  # 1 for planes of 8 bits; for those of 16, by how much they are finer

    def bgr(self, yuv: NDArray[Any]) -> NDArray[np.uint8]:
        """Convert YUV (H, W, 3) to BGR."""
        return np.asarray(cv2.transform(yuv, self.to_bgr), np.uint8)

    def yuv(self, bgr: NDArray[Any]) -> NDArray[Any]:
        """Convert BGR (H, W, 3) as it is in the file to YUV, both in the same unit."""
        inverse = np.linalg.inv(self.to_bgr[:, :3])
        return np.asarray(cv2.transform(bgr, np.hstack([inverse, -self.unit * inverse @ self.to_bgr[:, 3:]])))

    def shown(self, luma: Samples) -> NDArray[np.uint8]:
        """Return the luma that a screen shows."""
        return luma


@cache
def matrix(weights: tuple[float, float] | str, full: bool) -> Floats:
    """Return the (3, 4) matrix from (Y, U, V, 1) to (B, G, R) of 8 bits; `full` is the range of a JPEG."""
    luma, chroma, black = (1.0, 1.0, 0.0) if full else (255 / 219, 255 / 224, 16.0)
    # Coefficients rounded to 10 bits, as in OpenCV's transform of bytes, so that grey comes out equal in all three
    # channels: a grey that is slightly off has an arbitrary hue.
    rows = np.round(_rows(weights) * (luma, chroma, chroma) * 1024) / 1024
    return np.hstack([rows, -rows @ np.array([[black], [128.0], [128.0]])])


def _rows(weights: tuple[float, float] | str) -> Floats:
    """Return the shares of Y, U and V in blue, green and red."""
    if isinstance(weights, str):  # YCgCo: U is green, V is orange
        return np.array([[1.0, -1.0, -1.0], [1.0, 1.0, 0.0], [1.0, -1.0, 1.0]])
    red, blue = weights
    green = 1 - red - blue
    u, v = 2 * (1 - blue), 2 * (1 - red)
    return np.array([[1.0, u, 0.0], [1.0, -u * blue / green, -v * red / green], [1.0, 0.0, v]])
