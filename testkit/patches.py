"""Films of six patches of known colour, side by side, encoded by the formulas of the standards."""

from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SRGB = np.array([(200, 30, 30), (30, 200, 30), (30, 30, 200), (200, 200, 30), (128, 128, 128), (235, 160, 120)])
BT2020_FROM_BT709 = np.array(
    [[0.627404, 0.329283, 0.043313], [0.069097, 0.919540, 0.011362], [0.016391, 0.088013, 0.895595]]  # ITU-R BT.2087
)
WEIGHTS = {1: (0.2126, 0.0722), 4: (0.30, 0.11), 5: (0.299, 0.114), 7: (0.212, 0.087), 9: (0.2627, 0.0593)}
YCGCO = 8


def light(srgb: Floats) -> Floats:
    """Return the light of a screen that shows these values from 0 to 255: 1.0 is white."""
    value = srgb / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def pq(nits: Floats) -> Floats:
    """Return SMPTE ST 2084's code for light."""
    power = (nits / 10000) ** (2610 / 16384)
    return np.asarray(((3424 / 4096 + 2413 / 128 * power) / (1 + 2392 / 128 * power)) ** (2523 / 32))


def hlg(nits: Floats) -> Floats:
    """Return ITU-R BT.2100's hybrid log-gamma code for light (N, 3) on a screen of 1000 nits."""
    luminance = nits @ (0.2627, 0.6780, 0.0593)
    scene = nits / 1000 * (luminance[:, None] / 1000) ** (1 / 1.2 - 1)
    logarithmic = 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073
    return np.where(scene <= 1 / 12, np.sqrt(3 * scene), logarithmic)


def yuv(rgb: Floats, space: int) -> Floats:
    """Return luma from 0 to 1 and chroma from -0.5 to 0.5 of R'G'B' from 0 to 1, by the AVCOL_SPC_* of a matrix."""
    red, green, blue = rgb.T
    if space == YCGCO:
        return np.stack([red / 4 + green / 2 + blue / 4, green / 2 - red / 4 - blue / 4, red / 2 - blue / 2], axis=1)
    of_red, of_blue = WEIGHTS[space]
    luma = of_red * red + (1 - of_red - of_blue) * green + of_blue * blue
    return np.stack([luma, (blue - luma) / (2 - 2 * of_blue), (red - luma) / (2 - 2 * of_red)], axis=1)


def write_patches(
    path: Path,
    codes: Floats,  # (6, 3) luma and chroma
    *,
    size: tuple[int, int] = (384, 216),
    bits: int = 8,
    full: bool = False,
    marks: tuple[int, int, int] = (2, 2, 2),  # AVCOL_SPC_*, AVCOL_PRI_*, AVCOL_TRC_*
    frames: int = 2,
) -> Path:
    """Encode a still film of these patches, of 4:2:0 and 8 or 10 bits."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": "6", "preset": "ultrafast"})
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p" if bits == 8 else "yuv420p10le"
        context = stream.codec_context
        context.colorspace, context.color_primaries, context.color_trc = marks
        context.color_range = 2 if full else 1 if marks[0] != 2 else 0
        for number in range(frames):
            frame = _frame(codes, size, bits, full)
            frame.colorspace, frame.color_primaries, frame.color_trc = marks
            frame.color_range, frame.pts = context.color_range, number
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def seen(image: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the mean colour of each patch in an image (H, W, 3): (6, 3)."""
    width = image.shape[1] / 6
    middles = [round((number + 0.5) * width) for number in range(6)]
    rows = slice(image.shape[0] // 4, 3 * image.shape[0] // 4)
    return np.array([image[rows, middle - 3 : middle + 3].mean(axis=(0, 1)) for middle in middles])


def _frame(codes: Floats, size: tuple[int, int], bits: int, full: bool) -> VideoFrame:
    one = 2 ** (bits - 8)
    black, luma, chroma = (0, 256 * one - 1, 256 * one - 1) if full else (16 * one, 219 * one, 224 * one)
    values = np.round(codes * (luma, chroma, chroma) + (black, 128 * one, 128 * one))
    frame = VideoFrame(*size, "yuv420p" if bits == 8 else "yuv420p10le")
    for plane, patches in zip(frame.planes, values.T, strict=True):
        row = np.zeros(plane.line_size if bits == 8 else plane.line_size // 2, np.uint8 if bits == 8 else np.uint16)
        row[: plane.width] = patches[np.arange(plane.width) * 6 // plane.width]
        plane.update(np.tile(row, (plane.height, 1)).tobytes())
    return frame
