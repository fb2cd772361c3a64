"""One decoded picture, as the decoder's own planes, reduced where they are large. Knows nothing about files.

Every picture is halved, which OpenCV does at memory speed, to a luma that all users share. Colour frames at the
stored size are computed only on request.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from shotlens.cutting.colour.marks import colour_of
from shotlens.cutting.colour.matrix import Colour, Samples
from shotlens.cutting.colour.wide import WideColour
from shotlens.cutting.detect.thumbnail import CHROMA_SIZE, LUMA_SIZE
from shotlens.cutting.fields import without_combs
from shotlens.cutting.orientation import UPRIGHT, Orientation, Size
from shotlens.cutting.planes import EIGHT_BIT_PLANAR, LEAN, Planes, planes_of

Plane = NDArray[np.uint8]

LONGEST_SIDE = 640  # pixels of a stored frame
LUMA_SIDE = 320  # pixels of the luma on which the camera is tracked
MAX_PLANE_SCALE = 1.5  # times the size of a stored frame: larger planes would take too much memory while they wait


@dataclass(frozen=True, slots=True)
class Picture:
    """One decoded picture, reduced; takes at most about 0.8 MB of memory."""

    index: int  # from 0 in presentation order
    time: float  # seconds from the first picture
    size: Size  # of the frame to store, upright, longer side at most 640
    luma: Plane  # (h, w), upright, longer side at most 320, as a screen shows it
    planes: Planes  # luma and both chroma as the decoder has them, each with its own size
    orientation: Orientation  # of the planes
    colour: Colour  # of the planes

    def thumbnail(self) -> tuple[Plane, Plane]:
        """Return area means of the whole picture: luma (36, 64) and chroma (2, 18, 32), whatever its shape."""
        u, v = (self._reduced(plane) for plane in self.planes[1:])
        if isinstance(self.colour, WideColour):
            u, v = self.colour.chroma(self._reduced(self.planes[0]), u, v)
        luma = np.asarray(cv2.resize(self.luma, LUMA_SIZE, interpolation=cv2.INTER_AREA), np.uint8)
        return luma, np.stack([self.orientation.upright(u), self.orientation.upright(v)])

    def bgr(self, width: int, height: int) -> NDArray[np.uint8]:
        """Return the picture in colour: (height, width, 3) uint8, BGR."""
        size = self.orientation.size((width, height))
        yuv = cv2.merge([_resized(plane, size) for plane in self.planes])
        return self.orientation.upright(self.colour.bgr(yuv))

    def _reduced(self, plane: Samples) -> Samples:
        """Reduce a plane to the chroma of a thumbnail, via four times the size: halving and bilinear are both fast."""
        width, height = self.orientation.size(CHROMA_SIZE)
        return _halved(_resized(plane, (4 * width, 4 * height)), (width, height))


def reduce_frame(
    frame: VideoFrame, index: int, time: float, displayed: Size, orientation: Orientation = UPRIGHT
) -> Picture:
    """Return a decoded frame, reduced; `displayed` is its size upright and with square pixels."""
    colour = colour_of(frame)
    size = reduced_size(*displayed)
    width, height = orientation.size(size)
    planes = planes_of(frame, colour, (frame.width, frame.height) if frame.interlaced_frame else (width, height))
    if frame.interlaced_frame:
        planes = without_combs(planes, colour.unit, height)
    sizes = (width, height), (width // 2, height // 2), (width // 2, height // 2)
    luma, u, v = (_kept(plane, size) for plane, size in zip(planes, sizes, strict=True))
    if frame.format.name in EIGHT_BIT_PLANAR - LEAN:  # a plane would keep others in memory with it
        luma, u, v = luma.copy(), u.copy(), v.copy()
    tracked = colour.shown(_resized(luma, orientation.size(reduced_size(*displayed, LUMA_SIDE))))
    return Picture(index, time, size, orientation.upright(tracked), (luma, u, v), orientation, colour)


def reduced_size(width: int, height: int, longest: int = LONGEST_SIDE) -> Size:
    """Return even width and height of the same shape, the longer side at most `longest`, never enlarged."""
    factor = min(1.0, longest / max(width, height))
    return max(2, round(width * factor / 2) * 2), max(2, round(height * factor / 2) * 2)


def _kept(plane: Samples, size: Size) -> Samples:
    """Return a plane reduced to between `size` and `MAX_PLANE_SCALE` times that; one of 16 bits, to `size`.

    One that is small enough stays in the decoder's memory, which it keeps alive: a copy took 3 % of the time.
    """
    small = _halved(plane, size)
    largest = MAX_PLANE_SCALE / plane.itemsize
    if small.shape[1] > largest * size[0] or small.shape[0] > largest * size[1]:
        return np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_LINEAR))
    return small


def _halved(plane: Samples, size: Size) -> Samples:
    """Halve (H, W) by area while it stays at least `size`: five times faster than any other factor."""
    while plane.shape[1] >= 2 * size[0] and plane.shape[0] >= 2 * size[1]:
        height, width = plane.shape[0] // 2, plane.shape[1] // 2
        even = plane[: 2 * height, : 2 * width]
        plane = np.asarray(cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA))
    return plane


def _resized(plane: Samples, size: Size) -> Samples:
    """Halve by area as often as possible, then reduce bilinearly by the remaining factor below two."""
    return np.asarray(cv2.resize(_halved(plane, size), size, interpolation=cv2.INTER_LINEAR))
