"""Finds in a file the name of a codec that no decoder knows, as its container gives it."""

import re
from pathlib import Path

LONGEST_INDEX = 1 << 26  # bytes of `moov` that are searched
# Of a video track: the description in MP4, the identifier in Matroska, and the handler in AVI.
_PATTERNS = (
    re.compile(rb"hdlr.{8}vide.*?stsd.{12}(.{4})", re.DOTALL),
    re.compile(rb"\x86[\x81-\xbf](V_[A-Za-z0-9_/.-]+)"),
    re.compile(rb"strh.{4}vids(.{4})", re.DOTALL),
)


def codec_name(path: Path, head: bytes) -> str | None:
    """Return the codec of the first video track; None if the file does not tell. `head` is its first bytes."""
    text = _moov(path) or head
    match = next((match for pattern in _PATTERNS if (match := pattern.search(text))), None)
    name = match[1].decode("latin-1").strip() if match else ""
    return name if name.isprintable() and name else None


def _moov(path: Path) -> bytes | None:
    """Return the index of an MP4, which may be at the end of the file; None if there is none."""
    with path.open("rb") as file:
        at, end = 0, path.stat().st_size
        while len(header := file.read(16)) == 16:
            size, kind = int.from_bytes(header[:4]), header[4:8]
            size = int.from_bytes(header[8:]) if size == 1 else size or end - at
            if kind == b"moov":
                return header + file.read(min(size, LONGEST_INDEX))
            if size < 8:
                return None
            at += size
            file.seek(at)
    return None
