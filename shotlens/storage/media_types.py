"""Identifies the container of a video by its first bytes. Whether it holds pictures is left to the decoder."""

from collections.abc import Callable

HEAD_BYTES = 2048  # enough for five transport stream packets from any offset
ACCEPTED = "MP4, MOV, M4V, MKV, WebM, AVI and MPEG-TS"

_BOXES = (b"ftyp", b"moov", b"mdat", b"free", b"wide", b"skip")
_EBML = b"\x1a\x45\xdf\xa3"


def media_type(head: bytes) -> str | None:
    """Return the media type of a video that starts with these bytes; None if it is not accepted."""
    return next((name for probe in _PROBES if (name := probe(head))), None)


def refusal(head: bytes) -> str:
    """Return the sentence that says why a file that starts with these bytes is not accepted."""
    return f"That is not a video that is accepted here: {ACCEPTED} are."


def _mov(head: bytes) -> str | None:
    if head[4:8] not in _BOXES:
        return None
    return "video/mp4" if head[4:8] == b"ftyp" and head[8:12] != b"qt  " else "video/quicktime"


def _matroska(head: bytes) -> str | None:
    if not head.startswith(_EBML):
        return None
    # The DocType is a short string inside the first, small element.
    return "video/webm" if b"webm" in head[:64] else "video/x-matroska"


def _avi(head: bytes) -> str | None:
    return "video/x-msvideo" if head[:4] == b"RIFF" and head[8:12] == b"AVI " else None


def _transport_stream(head: bytes) -> str | None:
    # Each packet starts with 0x47; a recording may begin within one. Camcorders write packets of 192 bytes.
    for size in (188, 192):
        for offset in range(size):
            starts = head[offset : offset + 5 * size : size]
            if len(starts) == 5 and starts == b"G" * 5:
                return "video/mp2t"
    return None


_PROBES: tuple[Callable[[bytes], str | None], ...] = (_mov, _matroska, _avi, _transport_stream)
