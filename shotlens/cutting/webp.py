"""Reads an animated WebP, which FFmpeg does not, as a file of uncompressed pictures in Matroska, which it does.

The pictures are decoded one by one, and only as far as somebody reads.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from struct import pack, unpack

import av
import av.error
import numpy as np
from av.codec.context import CodecContext
from av.error import tag_to_code
from av.packet import Packet
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from shotlens.cutting.limits import check_size, coded_pixels
from shotlens.cutting.options import CutOptions

MILLISECOND = Fraction(1, 1000)
SHORTEST, INSTEAD = 11, 100  # milliseconds: browsers show what claims to be shorter for a tenth of a second
REPLACE, CLEAR_AFTER = 2, 1  # flags of a picture: it hides what is below it; it is removed after its time
HAS_ALPHA = 0x10  # a flag of a still WebP
Canvas = NDArray[np.uint8]  # (H, W, 3) RGB, over black


@dataclass(frozen=True, slots=True)
class _Part:
    """A picture that changes a part of the canvas."""

    x: int
    y: int
    width: int
    height: int
    milliseconds: int
    flags: int
    still: bytes  # the chunks of a still WebP


class AnimatedWebp:
    """A file object for PyAV to open."""

    def __init__(self, path: Path, options: CutOptions) -> None:
        """Read the header. Raises VideoError if the canvas is too large."""
        self._path, self._options = path, options
        with path.open("rb") as file:
            header = file.read(30)
        self._size = 1 + int.from_bytes(header[24:27], "little"), 1 + int.from_bytes(header[27:30], "little")
        check_size(*self._size, options)
        self._written = bytearray()
        self._pieces = self._remux()

    def read(self, size: int) -> bytes:
        """Return the next bytes, at most so many; none at the end."""
        while not self._written and next(self._pieces, None):
            pass
        data = bytes(self._written[:size])
        del self._written[:size]
        return data

    def write(self, data: bytes) -> int:
        """Take what the muxer writes."""
        self._written += data
        return len(data)

    def _remux(self) -> Iterator[bool]:
        """Write picture after picture; yield after each."""
        width, height = self._size
        with av.open(self, "w", format="matroska") as container:
            stream = container.add_stream("rawvideo", rate=25)
            assert isinstance(stream, av.VideoStream)
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            stream.codec_context.time_base = MILLISECOND
            time = 0
            for part, canvas in self._canvases():
                frame = VideoFrame.from_ndarray(canvas, "rgb24")
                frame.pts, frame.time_base = time, MILLISECOND
                for packet in stream.encode(frame):
                    packet.duration = part.milliseconds
                    container.mux(packet)
                time += part.milliseconds
                yield True
        yield True

    def _canvases(self) -> Iterator[tuple[_Part, Canvas]]:
        """Yield the canvas after each picture; it is the same array each time."""
        canvas = np.zeros((self._size[1], self._size[0], 3), np.uint8)
        for part in _parts(self._path):
            area = canvas[part.y : part.y + part.height, part.x : part.x + part.width]
            picture = self._decode(part)
            if picture.shape[:2] != area.shape[:2]:
                raise _damaged()
            alpha = picture[..., 3:].astype(np.uint16)
            below = 0 if part.flags & REPLACE else area * (255 - alpha)
            area[:] = (picture[..., :3] * alpha + below + 127) // 255
            yield part, canvas
            if part.flags & CLEAR_AFTER:
                area[:] = 0

    def _decode(self, part: _Part) -> NDArray[np.uint8]:
        """Return a picture: (height, width, 4) RGBA."""
        decoder = CodecContext.create("webp", "r")
        decoder.options = {"max_pixels": str(coded_pixels(self._options))}
        extended = (
            pack("<4sII", b"VP8X", 10, HAS_ALPHA) + pack("<I", part.width - 1)[:3] + pack("<I", part.height - 1)[:3]
        )
        body = b"WEBP" + extended + part.still
        frames = decoder.decode(Packet(pack("<4sI", b"RIFF", len(body)) + body))
        if not frames or not isinstance(frames[0], VideoFrame):
            raise _damaged()
        return np.asarray(frames[0].to_ndarray(format="rgba"), np.uint8)


def _parts(path: Path) -> Iterator[_Part]:
    """Yield the pictures of an animated WebP in their order."""
    with path.open("rb") as file:
        file.seek(12)
        while len(head := file.read(8)) == 8:
            name, size = unpack("<4sI", head)
            if name == b"ANMF":
                yield _part(file.read(size))
                file.seek(size % 2, 1)
            else:
                file.seek(size + size % 2, 1)


def _part(data: bytes) -> _Part:
    if len(data) < 16:
        raise _damaged()
    x, y, width, height, milliseconds = (int.from_bytes(data[at : at + 3], "little") for at in range(0, 15, 3))
    shown = milliseconds if milliseconds >= SHORTEST else INSTEAD
    return _Part(2 * x, 2 * y, width + 1, height + 1, shown, data[15], data[16:])


def _damaged() -> av.error.FFmpegError:
    """Return what FFmpeg says of a damaged file, so that its reader treats both alike."""
    return av.error.InvalidDataError(tag_to_code(b"INDA"), "the file is damaged or cut short")
