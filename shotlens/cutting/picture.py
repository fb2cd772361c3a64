"""One decoded picture, as the decoder's own planes, reduced where they are large. Knows nothing about files.

Every picture is halved, which OpenCV does at memory speed, to a luma that all users share. Colour frames at the
stored size are computed only on request.
"""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from shotlens.cutting.detect.thumbnail import CHROMA_SIZE, LUMA_SIZE
from shotlens.shots.shot import WHOLE, Window

Plane = NDArray[np.uint8]
Size = tuple[int, int]  # width and height

LONGEST_SIDE = 640  # pixels of a stored frame
LUMA_SIDE = 320  # pixels of the luma on which the camera is tracked
MAX_PLANE_SCALE = 1.5  # times the size of a stored frame: larger planes would take too much memory while they wait
EIGHT_BIT_PLANAR = {"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "yuva420p"}
LEAN = {"yuv420p", "yuvj420p"}  # formats with no more than what is kept of a small picture
FULL_RANGE = 2  # AVCOL_RANGE_JPEG
BT709, BT601 = (0.2126, 0.0722), (0.299, 0.114)  # weights of red and blue in luma
COLORSPACE_BT709, COLORSPACE_UNKNOWN = 1, 2
HD_HEIGHT = 720  # a frame this high without a colour space is taken for BT.709, as players do


@dataclass(frozen=True, slots=True)
class Picture:
    """One decoded picture, reduced; takes at most about 0.8 MB of memory."""

    index: int  # from 0 in presentation order
    time: float  # seconds from the first picture
    size: Size  # of the frame to store, upright, longer side at most 640
    luma: Plane  # (h, w), upright, longer side at most 320
    planes: tuple[Plane, Plane, Plane]  # luma and both chroma as the decoder has them, each with its own size
    turns: int  # quarter turns to the left that make the planes upright
    to_bgr: NDArray[np.float64]  # (3, 4): from (Y, U, V, 1) to (B, G, R)

    def thumbnail(self, window: Window = WHOLE) -> tuple[Plane, Plane]:
        """Return area means of the part that holds film: luma (36, 64) and chroma (2, 18, 32), whatever its shape."""
        if window != WHOLE:
            parts = (_part(_upright(plane, self.turns), window) for plane in self.planes[1:])
            chroma = np.stack([_shrunk(part, CHROMA_SIZE) for part in parts])
            return _shrunk(_part(self.luma, window), LUMA_SIZE), chroma
        width, height = _unrotated(CHROMA_SIZE, self.turns)
        # Via four times the size: halving and bilinear reduction to that, then two halvings, are all fast.
        u, v = (_halved(_resized(plane, (4 * width, 4 * height)), (width, height)) for plane in self.planes[1:])
        return _shrunk(self.luma, LUMA_SIZE), np.stack([_upright(u, self.turns), _upright(v, self.turns)])

    def tracked(self, window: Window) -> Plane:
        """Return the luma (h, w) of the part that holds film, upright, longer side at most 320: that of such a film."""
        if window == WHOLE:
            return self.luma
        rows, columns = window.slices((self.size[1], self.size[0]))
        size = reduced_size(columns.stop - columns.start, rows.stop - rows.start, LUMA_SIDE)
        return _resized(_part(_upright(self.planes[0], self.turns), window), size)

    def bgr(self, width: int, height: int) -> NDArray[np.uint8]:
        """Return the picture in colour: (height, width, 3) uint8, BGR."""
        size = _unrotated((width, height), self.turns)
        yuv = cv2.merge([_resized(plane, size) for plane in self.planes])
        return _upright(np.asarray(cv2.transform(yuv, self.to_bgr), np.uint8), self.turns)


def reduce_frame(frame: VideoFrame, index: int, time: float, displayed: Size) -> Picture:
    """Return a decoded frame, reduced; `displayed` is its size upright and with square pixels."""
    turns = round(frame.rotation / 90) % 4
    size = reduced_size(*displayed)
    width, height = _unrotated(size, turns)
    if frame.format.name not in EIGHT_BIT_PLANAR:
        frame = frame.reformat(width=width, height=height, format="yuv420p", interpolation="AREA")
    sizes = (width, height), (width // 2, height // 2), (width // 2, height // 2)
    luma, u, v = (_kept(_plane(frame, number), size) for number, size in enumerate(sizes))
    if frame.format.name not in LEAN:  # a plane would keep others in memory with it
        luma, u, v = luma.copy(), u.copy(), v.copy()
    tracked = _resized(luma, _unrotated(reduced_size(*displayed, LUMA_SIDE), turns))
    return Picture(index, time, size, _upright(tracked, turns), (luma, u, v), turns, yuv_to_bgr(frame))


def reduced_size(width: int, height: int, longest: int = LONGEST_SIDE) -> Size:
    """Return even width and height of the same shape, the longer side at most `longest`, never enlarged."""
    factor = min(1.0, longest / max(width, height))
    return max(2, round(width * factor / 2) * 2), max(2, round(height * factor / 2) * 2)


def yuv_to_bgr(frame: VideoFrame) -> NDArray[np.float64]:
    """Return the (3, 4) matrix from (Y, U, V, 1) to (B, G, R) for the range and colour space of this frame."""
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
    # Coefficients rounded to 10 bits, as in OpenCV's transform of bytes, so that grey comes out equal in all three
    # channels: a grey that is slightly off has an arbitrary hue.
    rows = np.round(np.array([[luma, u_blue, 0.0], [luma, u_green, v_green], [luma, 0.0, v_red]]) * 1024) / 1024
    return np.hstack([rows, -rows @ np.array([[black], [128.0], [128.0]])])


def _plane(frame: VideoFrame, number: int) -> Plane:
    """Return a view (H, W) of one plane in the decoder's own memory, without its padding."""
    plane = frame.planes[number]
    rows: Plane = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width]


def _kept(plane: Plane, size: Size) -> Plane:
    """Return a plane reduced to between `size` and `MAX_PLANE_SCALE` times that.

    One that is small enough stays in the decoder's memory, which it keeps alive: a copy took 3 % of the time.
    """
    small = _halved(plane, size)
    if small.shape[1] > MAX_PLANE_SCALE * size[0] or small.shape[0] > MAX_PLANE_SCALE * size[1]:
        return np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_LINEAR))
    return small


def _halved(plane: Plane, size: Size) -> Plane:
    """Halve (H, W) by area while it stays at least `size`: five times faster than any other factor."""
    while plane.shape[1] >= 2 * size[0] and plane.shape[0] >= 2 * size[1]:
        height, width = plane.shape[0] // 2, plane.shape[1] // 2
        even = plane[: 2 * height, : 2 * width]
        plane = np.asarray(cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA))
    return plane


def _resized(plane: Plane, size: Size) -> Plane:
    """Halve by area as often as possible, then reduce bilinearly by the remaining factor below two."""
    return np.asarray(cv2.resize(_halved(plane, size), size, interpolation=cv2.INTER_LINEAR))


def _part(plane: Plane, window: Window) -> Plane:
    return plane[window.slices(plane.shape)]


def _shrunk(plane: Plane, size: Size) -> Plane:
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.uint8)


def _unrotated(size: Size, turns: int) -> Size:
    """Return the size before the turns that make a picture upright; also its own inverse."""
    return size[::-1] if turns % 2 else size


def _upright(image: NDArray[np.uint8], turns: int) -> NDArray[np.uint8]:
    return np.ascontiguousarray(np.rot90(image, turns)) if turns else image
