"""One decoded picture, reduced by area to a small upright one, in the decoder's own planes. Knows no file."""

from dataclasses import dataclass

import cv2
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

LONGEST_SIDE = 640  # pixels of a reduced picture
EIGHT_BIT_PLANAR = {"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "yuva420p"}
FULL_RANGE = 2  # AVCOL_RANGE_JPEG
BT709, BT601 = (0.2126, 0.0722), (0.299, 0.114)  # weights of red and blue in luma
COLORSPACE_BT709, COLORSPACE_UNKNOWN = 1, 2
HD_HEIGHT = 720  # an unmarked picture this high is BT.709, as players take it


@dataclass(frozen=True, slots=True)
class Picture:
    """One decoded picture, reduced and upright."""

    index: int  # from 0 in presentation order
    time: float  # seconds from the first picture
    planes: tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]  # luma (H, W), chroma (H/2, W/2) twice
    to_bgr: NDArray[np.float64]  # (3, 4): from (Y, U, V, 1) to (B, G, R)

    @property
    def luma(self) -> NDArray[np.uint8]:
        return self.planes[0]

    def grey(self, width: int, height: int) -> NDArray[np.uint8]:
        """Return the luma alone, reduced: (height, width) uint8."""
        return _resize(self.luma, (width, height))

    def bgr(self, width: int, height: int) -> NDArray[np.uint8]:
        """Return the picture in colour: (height, width, 3) uint8, BGR."""
        size = (width, height)
        yuv = cv2.merge([_resize(plane, size) for plane in self.planes])
        # In float: cv2's fixed point on uint8 rounds the three apart, and grey that is not quite grey has a wild hue.
        bgr = cv2.transform(yuv.astype(np.float32), self.to_bgr)
        return np.asarray(cv2.add(bgr, 0, dtype=cv2.CV_8U), np.uint8)  # type: ignore[call-overload]  # rounds, saturates


def reduce_frame(frame: VideoFrame, index: int, time: float, displayed: tuple[int, int]) -> Picture:
    """Reduce a decoded frame by area to the longest side, with square pixels, turned upright."""
    width, height = reduced_size(*displayed)
    turns = round(frame.rotation / 90) % 4
    size = (height, width) if turns % 2 else (width, height)
    if frame.format.name not in EIGHT_BIT_PLANAR:
        frame = frame.reformat(width=size[0], height=size[1], format="yuv420p", interpolation="AREA")
    luma, *chroma = (_plane(frame, number) for number in range(3))
    half = (size[0] // 2, size[1] // 2)
    planes = (_resize(luma, size), _resize(chroma[0], half), _resize(chroma[1], half))
    if turns:
        planes = tuple(np.ascontiguousarray(np.rot90(plane, turns)) for plane in planes)  # type: ignore[assignment]
    return Picture(index, time, planes, yuv_to_bgr(frame))


def reduced_size(width: int, height: int, longest: int = LONGEST_SIDE) -> tuple[int, int]:
    """Return even width and height of the same shape, the longest side at most `longest`, never enlarged."""
    factor = min(1.0, longest / max(width, height))
    return max(2, round(width * factor / 2) * 2), max(2, round(height * factor / 2) * 2)


def yuv_to_bgr(frame: VideoFrame) -> NDArray[np.float64]:
    """Return the (3, 4) matrix from (Y, U, V, 1) to (B, G, R) that this frame's range and primaries ask for."""
    hd = frame.colorspace == COLORSPACE_BT709 or (
        frame.colorspace in (0, COLORSPACE_UNKNOWN) and frame.height >= HD_HEIGHT
    )
    red, blue = BT709 if hd else BT601
    green = 1 - red - blue
    full = frame.color_range == FULL_RANGE or frame.format.name.startswith("yuvj")
    luma, chroma, black = (1.0, 1.0, 0.0) if full else (255 / 219, 255 / 224, 16.0)
    u_blue, v_red = 2 * (1 - blue) * chroma, 2 * (1 - red) * chroma
    u_green, v_green = -u_blue * blue / green, -v_red * red / green
    # Coefficients of 12 binary digits, whose sums are exact in float32: grey comes out the same in all three.
    rows = np.round(np.array([[luma, u_blue, 0.0], [luma, u_green, v_green], [luma, 0.0, v_red]]) * 4096) / 4096
    return np.hstack([rows, -rows @ np.array([[black], [128.0], [128.0]])])


def _plane(frame: VideoFrame, number: int) -> NDArray[np.uint8]:
    """View one plane of the decoder's own memory as (H, W), without its padding."""
    plane = frame.planes[number]
    rows: NDArray[np.uint8] = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width]


def _resize(plane: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Reduce (H, W) to `size` (width, height); also copies, so that nothing points into the decoder's memory.

    By area over whole blocks of pixels as far as those go, then linearly over the rest, which is less than a halving:
    OpenCV's reduction by area to any other size takes nine times as long.
    """
    height, width = plane.shape
    if (width, height) == size:
        return plane.copy()
    block = min(width // size[0], height // size[1])
    if block > 1:
        whole = plane[: height // block * block, : width // block * block]
        plane = np.asarray(cv2.resize(whole, (width // block, height // block), interpolation=cv2.INTER_AREA))
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR))
