"""Identifies a video by its first bytes, or says what else it is. Whether it holds pictures is left to the decoder.

The page checks by the same rules before it sends a file: `containers.js`.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice

HEAD_BYTES = 1 << 16  # enough for a transport stream that some junk precedes, and for one picture of most GIFs
ACCEPTED = "MP4, MOV, M4V, MKV, WebM, AVI, WMV, FLV, OGV, MPG, VOB, MPEG-TS, MXF, DV, GIF and animated WebP"

_BOXES = (b"ftyp", b"moov", b"mdat", b"free", b"wide", b"skip", b"pnot", b"styp", b"uuid")
_EBML = b"\x1a\x45\xdf\xa3"
_PACKETS = 5  # in a row that tell a transport stream
_PACKET_SIZES = (188, 192, 204)  # as sent, as camcorders write them, and with the bytes of error correction
_GIF = (b"GIF87a", b"GIF89a")
_GIF_IMAGE, _GIF_EXTENSION = 0x2C, 0x21
_ANIMATED = 0x02  # the flag in the header of an extended WebP
# By the first bytes of a file, or those of its second box: what holds one picture, or only sound.
_PHOTOS = {
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG": "PNG",
    b"II*\0": "TIFF or raw",
    b"MM\0*": "TIFF or raw",
    b"II\x1a\0\0\0HEAPCCDR": "raw",
    b"FUJIFILMCCD-RAW": "raw",
    b"8BPS": "PSD",
    b"\xff\x0a": "JPEG XL",
    b"\0\0\0\x0cJXL ": "JPEG XL",
    b"\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14ftypjp2 ": "JPEG 2000",
}
_PHOTO_BRANDS = {b"heic": "HEIC", b"heix": "HEIC", b"heim": "HEIC", b"heis": "HEIC", b"mif1": "HEIF", b"mif2": "HEIF"}
_PHOTO_BRANDS |= {b"avif": "AVIF", b"crx ": "raw"}
_SEQUENCE_BRANDS = {b"avis", b"msf1", b"hevc", b"hevx", b"hevm", b"hevs"}  # a photo file that also holds a film
_SOUNDS = (b"ID3", b"fLaC", b"MThd", b"#!AMR", b"wvpk", b"\xff\xfb", b"\xff\xf3", b"\xff\xf1", b"\xff\xf9")


def media_type(head: bytes) -> str | None:
    """Return the media type of a video that starts with these bytes; None if it is not accepted."""
    return next((name for probe in _PROBES if (name := probe(head))), None)


def photo(head: bytes) -> str | None:
    """Return the kind of photo that starts with these bytes; None if it is not known to be one."""
    if head[4:8] == b"ftyp":
        brands = {head[at : at + 4] for at in (8, *range(16, min(len(head), int.from_bytes(head[:4]), 128), 4))}
        return None if brands & _SEQUENCE_BRANDS else _PHOTO_BRANDS.get(head[8:12])
    if _riff(head) == b"WEBP" and not _webp(head):
        return "WebP"
    if head.startswith(_GIF) and not _gif(head):
        return "GIF"
    if head[:2] == b"BM" and head[6:10] == bytes(4):
        return "BMP"
    return next((name for start, name in _PHOTOS.items() if head.startswith(start)), None)


def refusal(head: bytes) -> str:
    """Return the sentence that says why a file that starts with these bytes is not accepted."""
    if kind := photo(head):
        return not_a_photo(kind)
    if head.startswith(_SOUNDS) or head[8:12] in (b"WAVE", b"AIFF", b"AIFC"):
        return f"That is a sound file, not a video. Send a video: {ACCEPTED} are accepted."
    return f"That is not a video that is accepted here: {ACCEPTED} are."


def not_a_photo(kind: str) -> str:
    """Return the sentence that refuses a photo, such as a `JPEG`."""
    return f"That is a photo ({kind}), not a video. Send a video: {ACCEPTED} are accepted."


def _mov(head: bytes) -> str | None:
    if head[4:8] not in _BOXES or photo(head):
        return None
    return "video/mp4" if head[4:8] == b"ftyp" and head[8:12] != b"qt  " else "video/quicktime"


def _matroska(head: bytes) -> str | None:
    if not head.startswith(_EBML):
        return None
    # The DocType is a short string inside the first, small element.
    return "video/webm" if b"webm" in head[:64] else "video/x-matroska"


def _riff(head: bytes) -> bytes:
    return head[8:12] if head[:4] == b"RIFF" else b""


def _avi(head: bytes) -> str | None:
    return "video/x-msvideo" if _riff(head) == b"AVI " else None


def _webp(head: bytes) -> str | None:
    animated = _riff(head) == b"WEBP" and head[12:16] == b"VP8X" and head[20:21] and head[20] & _ANIMATED
    return "image/webp" if animated else None


def _gif(head: bytes) -> str | None:
    """A GIF is a video unless it ends after one picture, as far as these bytes tell."""
    if not head.startswith(_GIF):
        return None
    with suppress(IndexError):  # the bytes end first
        if len(list(islice(_gif_images(head), 2))) < 2:
            return None
    return "image/gif"


def _gif_images(head: bytes) -> Iterator[int]:
    """Yield where each picture begins. Raises IndexError if the bytes end before the file does."""
    at = 13 + _gif_colours(head[10])
    while head[at] in (_GIF_IMAGE, _GIF_EXTENSION):
        if head[at] == _GIF_IMAGE:
            yield at
            at += 11 + _gif_colours(head[at + 9])
        else:
            at += 2
        while length := head[at]:
            at += 1 + length
        at += 1


def _gif_colours(flags: int) -> int:
    """Return the bytes of the colour table that these flags announce."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _transport_stream(head: bytes) -> str | None:
    # Each packet starts with 0x47; a recording may begin within one, or after junk.
    at = head.find(b"G")
    while at >= 0:
        if any(head[at : at + _PACKETS * size : size] == b"G" * _PACKETS for size in _PACKET_SIZES):
            return "video/mp2t"
        at = head.find(b"G", at + 1)
    return None


def _signature(start: bytes, name: str) -> Callable[[bytes], str | None]:
    """Return a probe for a container that always starts with the same bytes."""
    return lambda head: name if head.startswith(start) else None


_PROBES: tuple[Callable[[bytes], str | None], ...] = (
    _mov,
    _matroska,
    _avi,
    _webp,
    _gif,
    _signature(b"OggS", "video/ogg"),
    _signature(b"FLV\x01", "video/x-flv"),
    _signature(b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "video/x-ms-wmv"),
    _signature(b"\0\0\x01\xba", "video/mpeg"),
    _signature(b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02", "application/mxf"),
    _signature(b"\x1f\x07\0", "video/dv"),
    _transport_stream,
)
