"""Small real videos, made by the test that needs them."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]  # (H, W, 3) RGB
# Options of x264 for the same file each time: it weighs blocks by the frames to come in a way that differs from run to
# run, and with the number of threads.
STEADY = {"x264-params": "mbtree=0", "threads": "1"}


def scene(seed: int, width: int = 160, height: int = 120) -> Image:
    """A picture of soft random blobs: textured enough to track, and unlike that of another seed."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (6, 8, 3)).astype(np.float64)
    rows, columns = np.linspace(0, 4.999, height), np.linspace(0, 6.999, width)
    top, left = rows.astype(int), columns.astype(int)
    y, x = (rows - top)[:, None, None], (columns - left)[None, :, None]
    upper = coarse[top][:, left] * (1 - x) + coarse[top][:, left + 1] * x
    lower = coarse[top + 1][:, left] * (1 - x) + coarse[top + 1][:, left + 1] * x
    return (upper * (1 - y) + lower * y).astype(np.uint8)


def shots(lengths: Sequence[int], width: int = 160, height: int = 120) -> list[Image]:
    """Frames of one still picture per shot."""
    return [image for seed, length in enumerate(lengths) for image in [scene(seed, width, height)] * length]


def write_video(
    path: Path,
    frames: Iterable[Image],
    *,
    fps: Fraction | int = 25,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    times: Sequence[int] | None = None,  # milliseconds, for a variable frame rate
    aspect: Fraction | None = None,  # of a pixel
    faststart: bool = False,
    options: dict[str, str] | None = None,  # of the codec
) -> Path:
    """Encode frames into the container that the path's ending names."""
    frames = list(frames)
    height, width = frames[0].shape[:2]
    with av.open(str(path), "w", options={"movflags": "faststart"} if faststart else {}) as container:
        stream = container.add_stream(codec, rate=fps, options=options or {})
        stream.width, stream.height, stream.pix_fmt = width, height, pix_fmt
        if aspect:
            stream.codec_context.sample_aspect_ratio = aspect
        base = Fraction(1, 1000) if times else 1 / Fraction(fps)
        stream.codec_context.time_base = base
        for number, image in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(image, "rgba" if image.shape[2] == 4 else "rgb24")
            frame.pts, frame.time_base = (times[number] if times else number), base
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def write_sound(path: Path) -> Path:
    """Write a second of silence: a file without a picture."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=44100)
        for number in range(43):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
            frame.sample_rate, frame.pts = 44100, number * 1024
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def turn(path: Path) -> Path:
    """Write a display matrix into an MP4 that tells players to turn the picture a quarter clockwise."""
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4 + 40  # the matrix of a version 0 track header
    one = 1 << 16
    matrix = [0, one, 0, -one & 0xFFFFFFFF, 0, 0, data_width(data) << 16, 0, 1 << 30]
    data[at : at + 36] = b"".join(value.to_bytes(4, "big") for value in matrix)
    path.write_bytes(data)
    return path


def data_width(data: bytes | bytearray) -> int:
    """The height of the track becomes the shift of the turned picture."""
    at = data.index(b"tkhd") + 4 + 40 + 36 + 4
    return int.from_bytes(data[at : at + 2], "big")
