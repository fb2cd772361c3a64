"""Small real videos, encoded by the tests that need them."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]  # (H, W, 3) RGB
# Options that make x264 write the same file each time: how it weights blocks by the frames to come differs from run to
# run, and with the number of threads.
DETERMINISTIC = {"x264-params": "mbtree=0", "threads": "1"}


def scene(seed: int, width: int = 160, height: int = 120) -> Image:
    """Draw a picture of soft random blobs: textured enough to track, and different for each seed."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (6, 8, 3)).astype(np.float64)
    rows, columns = np.linspace(0, 4.999, height), np.linspace(0, 6.999, width)
    top, left = rows.astype(int), columns.astype(int)
    y, x = (rows - top)[:, None, None], (columns - left)[None, :, None]
    upper = coarse[top][:, left] * (1 - x) + coarse[top][:, left + 1] * x
    lower = coarse[top + 1][:, left] * (1 - x) + coarse[top + 1][:, left + 1] * x
    blended: NDArray[np.float64] = upper * (1 - y) + lower * y
    return blended.astype(np.uint8)


def shots(lengths: Sequence[int], width: int = 160, height: int = 120) -> list[Image]:
    """Return the frames of shots of these lengths, each showing one still picture."""
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
    format: str | None = None,
) -> Path:
    """Encode frames into the container `format`, by default that of the path's extension."""
    frames = list(frames)
    height, width = frames[0].shape[:2]
    with av.open(str(path), "w", format=format, options={"movflags": "faststart"} if faststart else {}) as container:
        stream = container.add_stream(codec, rate=fps, options=options or {})
        assert isinstance(stream, av.VideoStream)
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


def join(path: Path, films: Sequence[Path]) -> Path:
    """Write films of one codec one after the other, 25 pictures a second, as a recorder that changes its size."""
    with av.open(str(path), "w") as container:
        stream: av.VideoStream | None = None
        number = 0
        for film in films:
            with av.open(str(film)) as source:
                stream = stream or container.add_stream_from_template(source.streams.video[0])
                for packet in source.demux(source.streams.video[0]):
                    if not packet.size:  # the last one, which flushes the decoder
                        continue
                    packet.stream, packet.time_base = stream, Fraction(1, 25)
                    packet.pts = packet.dts = number
                    container.mux(packet)
                    number += 1
    return path


def write_sound(path: Path) -> Path:
    """Write a second of silence: a file without pictures."""
    with av.open(str(path), "w") as container:
        codec = container.default_audio_codec
        stream = container.add_stream("aac" if codec == "vorbis" else codec, rate=44100)
        assert isinstance(stream, av.AudioStream)
        for number in range(43):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
            frame.sample_rate, frame.pts = 44100, number * 1024
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def turn(path: Path, matrix: tuple[int, int, int, int] = (0, 1, -1, 0)) -> Path:
    """Write a display matrix into an MP4: to the right goes a of x and c of y, down goes b of x and d of y.

    By default players rotate the picture by 90 degrees clockwise.
    """
    data = bytearray(path.read_bytes())
    offset = data.index(b"tkhd") + 4 + 40  # of the matrix in a version 0 track header
    one = 1 << 16  # 1.0 in fixed point
    a, b, c, d = (value * one & 0xFFFFFFFF for value in matrix)
    values = [a, b, 0, c, d, 0, track_height(data) << 16, 0, 1 << 30]
    data[offset : offset + 36] = b"".join(value.to_bytes(4, "big") for value in values)
    path.write_bytes(data)
    return path


def track_height(data: bytes | bytearray) -> int:
    """Read the height of the track in pixels, by which the rotated picture must be shifted."""
    offset = data.index(b"tkhd") + 4 + 40 + 36 + 4
    return int.from_bytes(data[offset : offset + 2], "big")
