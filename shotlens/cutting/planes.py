"""Luma and both chroma of a decoded frame, whatever its pixel format. Knows nothing of what the numbers mean."""

from typing import Any

import cv2
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from shotlens.cutting.colour.marks import DEEP_PLANAR, is_full, is_rgb
from shotlens.cutting.colour.matrix import Colour, Samples
from shotlens.cutting.orientation import Size

Planes = tuple[Samples, Samples, Samples]  # luma and both chroma, each of its own size; uint16 for wide colours

EIGHT_BIT_PLANAR = {"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p"}
LEAN = {"yuv420p", "yuvj420p"}  # formats with no more than what is kept of a small picture


def planes_of(frame: VideoFrame, colour: Colour, size: Size) -> Planes:
    """Return the planes as the decoder has them, or, of a format other than the usual ones, reduced to `size`.

    What is transparent is laid over black.
    """
    if frame.format.name in (EIGHT_BIT_PLANAR if colour.unit == 1 else DEEP_PLANAR):
        return _plane(frame, 0), _plane(frame, 1), _plane(frame, 2)
    colours = [component for component in frame.format.components if not component.is_alpha]
    if is_rgb(frame.format) or (len(colours) == 1 and _has_alpha(frame)):
        return _from_bgr(frame, colour, size)
    return _from_grey(frame, colour, size) if len(colours) == 1 else _from_yuv(frame, colour, size)


def _from_bgr(frame: VideoFrame, colour: Colour, size: Size) -> Planes:
    packed = _plane(_scaled(frame, "bgra64le" if colour.unit > 1 else "bgra", size), 0)
    pixels = packed.reshape(len(packed), -1, 4)
    bgr = pixels[..., :3]
    if _has_alpha(frame):
        bgr = _over(bgr, pixels[..., 3:], 0)
    y, u, v = cv2.split(colour.yuv(bgr))
    return y, u, v


def _from_grey(frame: VideoFrame, colour: Colour, size: Size) -> Planes:
    luma = _plane(_scaled(frame, "gray16le" if colour.unit > 1 else "gray", size), 0)
    chroma = np.full(((luma.shape[0] + 1) // 2, (luma.shape[1] + 1) // 2), _neutral(luma), luma.dtype)
    return luma, chroma, chroma


def _from_yuv(frame: VideoFrame, colour: Colour, size: Size) -> Planes:
    # Lines of interlaced film must not be mixed: only a format with as few lines of chroma is halved.
    halved = frame.format.chroma_height(4) < 4 or not frame.interlaced_frame
    name = f"yuv{'a' * _has_alpha(frame)}42{'0' if halved else '2'}p{'16le' * (colour.unit > 1)}"
    scaled = _scaled(frame, name, size)
    luma, u, v = (_plane(scaled, number) for number in range(3))
    if not _has_alpha(frame):
        return luma, u, v
    alpha = _plane(scaled, 3)
    fewer = cv2.resize(alpha, u.shape[::-1], interpolation=cv2.INTER_AREA)
    black = 0 if is_full(frame) else _neutral(luma) // 8
    return _over(luma, alpha, black), _over(u, fewer, _neutral(u)), _over(v, fewer, _neutral(v))


def _has_alpha(frame: VideoFrame) -> bool:
    return frame.format.has_palette or any(component.is_alpha for component in frame.format.components)


def _scaled(frame: VideoFrame, pixel_format: str, size: Size) -> VideoFrame:
    """Return the frame in another format and size; its matrix and range stay, also those that FFmpeg cannot convert."""
    kept = "JPEG" if is_full(frame) else "MPEG"
    return frame.reformat(
        *size,
        pixel_format,
        src_colorspace="ITU709",
        dst_colorspace="ITU709",
        src_color_range=kept,
        dst_color_range=kept,
        interpolation="AREA",
    )


def _plane(frame: VideoFrame, number: int) -> Samples:
    """Return a view (H, W) of one plane in the decoder's own memory, without its padding."""
    plane = frame.planes[number]
    kind = np.uint16 if frame.format.name.endswith("le") else np.uint8
    rows: Samples = np.frombuffer(memoryview(plane), kind).reshape(-1, plane.line_size // np.dtype(kind).itemsize)
    return rows[: plane.height, : plane.width * (4 if frame.format.name.startswith("bgra") else 1)]


def _neutral(plane: Samples) -> int:
    """Return the chroma of grey."""
    return 128 if plane.dtype == np.uint8 else 128 * 256


def _over(plane: Samples, alpha: Samples, background: int) -> Samples:
    """Lay a plane over one that has the same value everywhere."""
    opaque = np.iinfo(plane.dtype).max
    if alpha.min() == opaque:
        return plane
    share = alpha.astype(np.float32) / opaque
    laid: NDArray[Any] = background + (plane - np.float32(background)) * share
    return np.round(laid).astype(plane.dtype)
