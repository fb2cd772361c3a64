"""Colours that are brighter or more vivid than a usual screen shows, brought to it. Knows nothing of frames.

Light is reduced as in ITU-R BT.2390: what is darker than about half of white stays, and what is brighter is compressed,
by the brightest of red, green and blue, so that the hue stays. What is still too vivid is clipped. Curves are tables.
"""

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from shotlens.cutting.colour.matrix import BT709, BT2020, Colour, Floats, Samples, matrix

Chromaticities = tuple[tuple[float, float], tuple[float, float], tuple[float, float]]  # x, y of red, green and blue

BT709_PRIMARIES: Chromaticities = ((0.64, 0.33), (0.3, 0.6), (0.15, 0.06))
BT2020_PRIMARIES: Chromaticities = ((0.708, 0.292), (0.17, 0.797), (0.131, 0.046))
P3_PRIMARIES: Chromaticities = ((0.68, 0.32), (0.265, 0.69), (0.15, 0.06))
D65 = (0.3127, 0.329)  # white
UNIT = 10000.0  # nits: light 1.0 of HDR, the most that PQ can say
PEAK = 1000.0  # nits: the brightest light that films are graded for
WHITE = 203.0  # nits: white of SDR beside HDR, as in ITU-R BT.2408
HLG_GAMMA = 1.2  # of a screen that reaches `PEAK`
SDR_GAMMA = 2.4  # ITU-R BT.1886
ROWS = 32  # that are converted at a time
CODES = np.arange(65536) / 65535  # all values of 16 bits


@dataclass(frozen=True, eq=False)
class WideColour(Colour):
    """What the numbers of a frame mean, if a screen cannot show all of it."""

    light: NDArray[np.float32]  # (65536,) light, by B', G' or R'
    gamma: float  # of the luminance; 1.0 if light is that of the screen already
    gain: NDArray[np.float32]  # (65536,) factor of light, by the root of the brightest of blue, green and red
    to_screen: Floats  # (3, 3): from light to that of a BT.709 screen, where 1.0 is white
    code: NDArray[np.uint8]  # (65536,) B, G or R, by the light of the screen

    def bgr(self, yuv: NDArray[Any]) -> NDArray[np.uint8]:
        """Convert YUV (H, W, 3) to BGR, some rows at a time: fresh memory for all of them took most of the time."""
        bgr = np.empty(yuv.shape, np.uint8)
        for start in range(0, len(yuv), ROWS):
            bgr[start : start + ROWS] = self._rows_bgr(yuv[start : start + ROWS])
        return bgr

    def _rows_bgr(self, yuv: NDArray[Any]) -> NDArray[np.uint8]:
        to_code = np.hstack([self.to_bgr[:, :3] / self.unit, self.to_bgr[:, 3:]]) * 257
        blue, green, red = (
            np.take(self.light, np.asarray(channel, np.uint16)) for channel in cv2.split(cv2.transform(yuv, to_code))
        )
        brightest = cv2.max(cv2.max(blue, green), red)
        if self.gamma != 1:
            luminance = BT2020[1] * blue + (1 - sum(BT2020)) * green + BT2020[0] * red
            whole = cv2.pow(luminance, self.gamma - 1)
            gain = whole * np.take(self.gain, _codes(cv2.sqrt(brightest * whole)))
        else:
            gain = np.take(self.gain, _codes(cv2.sqrt(brightest)))
        light = cv2.merge([channel * gain for channel in (blue, green, red)])
        return np.take(self.code, _codes(cv2.transform(light, self.to_screen)))

    def shown(self, luma: Samples) -> NDArray[np.uint8]:
        """Return the luma that a screen shows: exact for grey."""
        return np.take(self._greys, luma)

    def chroma(self, luma: Samples, u: Samples, v: Samples) -> NDArray[np.uint8]:
        """Return the chroma (2, H, W) that a screen shows; all planes have the same size."""
        shown = Colour(matrix(BT709, full=False), 1).yuv(self.bgr(cv2.merge([luma, u, v])))
        return np.ascontiguousarray(shown[..., 1:].transpose(2, 0, 1), np.uint8)

    @cached_property
    def _greys(self) -> NDArray[np.uint8]:
        """The luma shown, by that of the frame."""
        count = 256 * self.unit
        greys = np.full((1, count, 3), 128 * self.unit, np.uint16)
        greys[0, :, 0] = np.arange(count)
        return np.round(self.bgr(greys)[0, :, 1] * (219 / 255) + 16).astype(np.uint8)


def sdr(to_bgr: Floats, unit: int, primaries: Chromaticities) -> WideColour:
    """Return SDR of other primaries."""
    light = (CODES**SDR_GAMMA).astype(np.float32)
    unchanged = np.ones(65536, np.float32)
    return WideColour(to_bgr, unit, light, 1.0, unchanged, _to_bt709(primaries), _bytes(CODES ** (1 / SDR_GAMMA)))


def pq(to_bgr: Floats, unit: int, primaries: Chromaticities) -> WideColour:
    """Return HDR10, and all else in SMPTE ST 2084's PQ."""
    to_screen = _to_bt709(primaries) * UNIT / WHITE
    return WideColour(to_bgr, unit, _nits(CODES) / np.float32(UNIT), 1.0, _gain(), to_screen, _srgb())


def hlg(to_bgr: Floats, unit: int, primaries: Chromaticities) -> WideColour:
    """Return hybrid log-gamma, ARIB STD-B67."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(CODES <= 0.5, CODES**2 / 3, (np.exp((CODES - c) / a) + b) / 12)
    light = (scene * (PEAK / UNIT) ** (1 / HLG_GAMMA)).astype(np.float32)  # so that the gamma gives `PEAK` for white
    return WideColour(to_bgr, unit, light, HLG_GAMMA, _gain(), _to_bt709(primaries) * UNIT / WHITE, _srgb())


M1, M2, C1, C2, C3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128  # constants of PQ


def _nits(code: Floats) -> NDArray[np.float32]:
    power = code ** (1 / M2)
    return np.asarray(UNIT * (np.maximum(power - C1, 0) / (C2 - C3 * power)) ** (1 / M1), np.float32)


def _pq(nits: Floats) -> Floats:
    power = (nits / UNIT) ** M1
    return np.asarray(((C1 + C2 * power) / (1 + C3 * power)) ** M2)


@cache
def _gain() -> NDArray[np.float32]:
    """Return what BT.2390 multiplies light by, by its root."""
    nits = np.maximum(CODES**2 * UNIT, 1e-4)
    peak, white = _pq(np.array([PEAK, WHITE]))
    code, top = np.minimum(_pq(nits) / peak, 1), white / peak
    knee = 1.5 * top - 0.5
    t = np.maximum(code - knee, 0) / (1 - knee)
    spline = (2 * t**3 - 3 * t**2 + 1) * knee + (t**3 - 2 * t**2 + t) * (1 - knee) + (3 * t**2 - 2 * t**3) * top
    return np.asarray(_nits(np.where(code < knee, code, spline) * peak) / nits, np.float32)


@cache
def _srgb() -> NDArray[np.uint8]:
    return _bytes(np.where(CODES <= 0.0031308, 12.92 * CODES, 1.055 * CODES ** (1 / 2.4) - 0.055))


def _to_bt709(primaries: Chromaticities) -> Floats:
    """Return the (3, 3) matrix of light, from BGR of these primaries to BGR of BT.709."""
    return np.asarray((np.linalg.inv(_to_xyz(BT709_PRIMARIES)) @ _to_xyz(primaries))[::-1, ::-1])


def _to_xyz(primaries: Chromaticities) -> Floats:
    xyz = np.array([[x / y, 1, (1 - x - y) / y] for x, y in (*primaries, D65)]).T
    return np.asarray(xyz[:, :3] * np.linalg.solve(xyz[:, :3], xyz[:, 3]))


def _codes(values: NDArray[Any]) -> NDArray[np.uint16]:
    return np.asarray(np.clip(values, 0, 1) * np.float32(65535) + np.float32(0.5), np.uint16)


def _bytes(values: Floats) -> NDArray[np.uint8]:
    return np.round(values * 255).astype(np.uint8)
