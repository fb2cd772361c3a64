"""One decoded picture, in reduced copies of the decoder's own planes. Knows no file.

Every picture is halved, which OpenCV does at the speed of memory, to a luma that all users share. Colour and the
size of the stored frames are made only of those that are asked for them.
"""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from shotlens.cutting.detect.thumbnail import CHROMA_SIZE, LUMA_SIZE

Plane = NDArray[np.uint8]
Size = tuple[int, int]  # width and height

LONGEST_SIDE = 640  # pixels of a stored frame
LUMA_SIDE = 320  # pixels of the luma that is measured
KEPT = 1.5  # times the size of a stored frame: larger ones would take too much memory while they wait
EIGHT_BIT_PLANAR = {"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "yuva420p"}
FULL_RANGE = 2  # AVCOL_RANGE_JPEG
BT709, BT601 = (0.2126, 0.0722), (0.299, 0.114)  # weights of red and blue in luma
COLORSPACE_BT709, COLORSPACE_UNKNOWN = 1, 2
HD_HEIGHT = 720  # an unmarked picture this high is BT.709, as players take it


@dataclass(frozen=True, slots=True)
class Picture:
    """One decoded picture, reduced; about 0.8 MB of memory at most."""

    index: int  # from 0 in presentation order
    time: float  # seconds from the first picture
    size: Size  # of the frame to store, upright, longest side at most 640
    luma: Plane  # (h, w), upright, longest side at most 320
    planes: tuple[Plane, Plane, Plane]  # luma and chroma as they lie in the decoder, each of a size of its own
    turns: int  # quarters to the left that make the planes upright
    to_bgr: NDArray[np.float64]  # (3, 4): from (Y, U, V, 1) to (B, G, R)

    def thumbnail(self) -> tuple[Plane, Plane]:
        """Return area means of the whole picture: luma (36, 64) and chroma (2, 18, 32), whatever its shape."""
        width, height = _lying(CHROMA_SIZE, self.turns)
        # Through four times the size: halving and linear reduction to that, then two halvings, are all fast.
        u, v = (_halved(_resized(plane, (4 * width, 4 * height)), (width, height)) for plane in self.planes[1:])
        luma = np.asarray(cv2.resize(self.luma, LUMA_SIZE, interpolation=cv2.INTER_AREA), np.uint8)
        return luma, np.stack([_upright(u, self.turns), _upright(v, self.turns)])

    def bgr(self, width: int, height: int) -> NDArray[np.uint8]:
        """Return the picture in colour: (height, width, 3) uint8, BGR."""
        size = _lying((width, height), self.turns)
        yuv = cv2.merge([_resized(plane, size) for plane in self.planes])
        return _upright(np.asarray(cv2.transform(yuv, self.to_bgr), np.uint8), self.turns)


def reduce_frame(frame: VideoFrame, index: int, time: float, displayed: Size) -> Picture:
    """Copy a decoded frame, reduced; `displayed` is its size upright and with square pixels."""
    turns = round(frame.rotation / 90) % 4
    size = reduced_size(*displayed)
    width, height = _lying(size, turns)
    if frame.format.name not in EIGHT_BIT_PLANAR:
        frame = frame.reformat(width=width, height=height, format="yuv420p", interpolation="AREA")
    luma = _kept(_plane(frame, 0), (width, height))
    u, v = (_kept(_plane(frame, number), (width // 2, height // 2)) for number in (1, 2))
    measured = _resized(luma, _lying(reduced_size(*displayed, LUMA_SIDE), turns))
    return Picture(index, time, size, _upright(measured, turns), (luma, u, v), turns, yuv_to_bgr(frame))


def reduced_size(width: int, height: int, longest: int = LONGEST_SIDE) -> Size:
    """Return even width and height of the same shape, the longest side at most `longest`, never enlarged."""
    factor = min(1.0, longest / max(width, height))
    return max(2, round(width * factor / 2) * 2), max(2, round(height * factor / 2) * 2)


def yuv_to_bgr(frame: VideoFrame) -> NDArray[np.float64]:
    """Return the (3, 4) matrix from (Y, U, V, 1) to (B, G, R) that this frame's range and primaries ask for."""
    hd = frame.colorspace == COLORSPACE_BT709 or (
        frame.colorspace in (0, COLORSPACE_UNKNOWN) and frame.height >= HD_HEIGHT
    )
    return _matrix(hd, frame.color_range == FULL_RANGE or frame.format.name.startswith("yuvj"))


@cache
def _matrix(hd: bool, full: bool) -> NDArray[np.float64]:
    red, blue = BT709 if hd else BT601
    green = 1 - red - blue
    luma, chroma, black = (1.0, 1.0, 0.0) if full else (255 / 219, 255 / 224, 16.0)
    u_blue, v_red = 2 * (1 - blue) * chroma, 2 * (1 - red) * chroma
    u_green, v_green = -u_blue * blue / green, -v_red * red / green
    # Coefficients of 10 binary digits, as in OpenCV's transformation of bytes, where grey then comes out the same in
    # all three: grey that is not quite grey has a wild hue.
    rows = np.round(np.array([[luma, u_blue, 0.0], [luma, u_green, v_green], [luma, 0.0, v_red]]) * 1024) / 1024
    return np.hstack([rows, -rows @ np.array([[black], [128.0], [128.0]])])


def _plane(frame: VideoFrame, number: int) -> Plane:
    """View one plane of the decoder's own memory as (H, W), without its padding."""
    plane = frame.planes[number]
    rows: Plane = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width]


def _kept(plane: Plane, size: Size) -> Plane:
    """Copy a plane out of the decoder's memory, reduced to between `size` and `KEPT` times that."""
    small = _halved(plane, size)
    if small.shape[1] > KEPT * size[0] or small.shape[0] > KEPT * size[1]:
        return np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_LINEAR))
    return plane.copy() if small is plane else small


def _halved(plane: Plane, size: Size) -> Plane:
    """Halve (H, W) by area as often as it stays at least `size`: five times faster than by any other factor."""
    while plane.shape[1] >= 2 * size[0] and plane.shape[0] >= 2 * size[1]:
        height, width = plane.shape[0] // 2, plane.shape[1] // 2
        even = plane[: 2 * height, : 2 * width]
        plane = np.asarray(cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA))
    return plane


def _resized(plane: Plane, size: Size) -> Plane:
    """Reduce by area as far as halving goes, then linearly over the rest, which is less than a halving."""
    return np.asarray(cv2.resize(_halved(plane, size), size, interpolation=cv2.INTER_LINEAR))


def _lying(size: Size, turns: int) -> Size:
    """Return the size before the turns that make a picture upright, or the other way round."""
    return size[::-1] if turns % 2 else size


def _upright(image: NDArray[np.uint8], turns: int) -> NDArray[np.uint8]:
    return np.ascontiguousarray(np.rot90(image, turns)) if turns else image
