"""Reads what a frame is marked as, and guesses what is not marked. Knows nothing of planes."""

from functools import cache

from av.video.format import VideoFormat
from av.video.frame import VideoFrame

from shotlens.cutting.colour import wide
from shotlens.cutting.colour.matrix import BT601, BT709, BT2020, YCGCO, Colour, matrix

# By AVCOL_SPC_*. BT.2020 of constant luminance is taken for the usual one.
MATRICES = {
    1: BT709,
    4: (0.30, 0.11),  # FCC
    5: BT601,
    6: BT601,
    7: (0.212, 0.087),  # SMPTE 240M
    8: YCGCO,
    9: BT2020,
    10: BT2020,
}
WIDE_PRIMARIES = {9: wide.BT2020_PRIMARIES, 11: wide.P3_PRIMARIES, 12: wide.P3_PRIMARIES}  # by AVCOL_PRI_*
BT709_MARK = 1  # of primaries
HDR = {16: wide.pq, 18: wide.hlg}  # by AVCOL_TRC_*
LIMITED, FULL = 1, 2  # AVCOL_RANGE_*
# Planar formats of more than 8 bits, and by how much their numbers are finer.
DEEP_PLANAR = {f"yuv{chroma}p{bits}le": 2 ** (bits - 8) for chroma in (420, 422, 444) for bits in (10, 12)}
HD_HEIGHT = 720  # a frame this high without a matrix is taken for BT.709


def is_rgb(frame_format: VideoFormat) -> bool:
    """Return whether a format has no luma: XYZ, which the scaler turns to RGB, and palettes are such formats too."""
    return frame_format.is_rgb or frame_format.has_palette or frame_format.name.startswith("xyz")


def is_full(frame: VideoFrame) -> bool:
    """Return whether black is 0 and white the highest value. Grey without a mark is."""
    grey = len(frame.format.components) == 1
    return frame.color_range == FULL or (grey and frame.color_range != LIMITED) or frame.format.name.startswith("yuvj")


def colour_of(frame: VideoFrame) -> Colour:
    """Return what the numbers of a frame as it was decoded mean."""
    space = frame.colorspace if frame.colorspace in MATRICES else _guessed(frame)
    unit = DEEP_PLANAR.get(frame.format.name, 256)
    return _colour(space, is_full(frame), frame.color_trc, frame.color_primaries, unit)


def _guessed(frame: VideoFrame) -> int:
    """Return the matrix that players take for a frame without one."""
    if frame.color_trc in HDR:
        return 9
    return 1 if frame.height >= HD_HEIGHT else 5


@cache
def _colour(space: int, full: bool, transfer: int, primaries: int, unit: int) -> Colour:
    to_bgr = matrix(MATRICES[space], full)
    if transfer in HDR:
        known = wide.BT709_PRIMARIES if primaries == BT709_MARK else wide.BT2020_PRIMARIES
        return HDR[transfer](to_bgr, unit, WIDE_PRIMARIES.get(primaries, known))
    if primaries in WIDE_PRIMARIES:
        return wide.sdr(to_bgr, unit, WIDE_PRIMARIES[primaries])
    return Colour(to_bgr, 1)
