"""Turns a video's name, which is untrusted, into a safe line of text, file name, reel name or address."""

import re
import unicodedata
from urllib.parse import quote

from shotlens.shots.filename import is_safe

LONGEST = 200  # bytes of a stem, where file systems take 255
_KEPT = set(" .-_()+")
_JOINERS = "\u200c\u200d"
# Names that Windows gives to devices, whatever the suffix.
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(\.|$)", re.IGNORECASE)
SPECIAL = ("BL", "BLACK", "BARS")  # reel names that CMX 3600 reserves for sources without pictures of their own


def one_line(name: str) -> str:
    """Return a name in which spaces replace line breaks and everything else that XML, EDL or terminals cannot hold."""
    return "".join(character if is_safe(character) else " " for character in name).strip(" ")


def safe_stem(name: str) -> str:
    """Return a name without its suffix that is a valid file name on any system.

    It keeps letters with their marks, digits and ` .-_()+`, and the joiners that shape some scripts.
    """
    padded = f" {_stem(name)} "
    neighbours = zip(padded, padded[1:], padded[2:], strict=False)
    stem = _shortened("".join(_safe(*three) for three in neighbours)).strip(" .") or "video"
    return f"_{stem}" if _RESERVED.match(stem) else stem


def reel(name: str) -> str:
    """Return a reel name of at most eight capitals and digits, or AX, an unnamed source, if nothing is left."""
    plain = unicodedata.normalize("NFKD", _stem(name)).upper()
    letters = re.sub(r"[^A-Z0-9]", "", plain)[:8]
    return letters if letters and letters not in SPECIAL else "AX"


def media_url(name: str) -> str:
    """Return the address of the video in the folder of the exported file, where users are expected to have both."""
    return "./" + quote(one_line(name), safe="")


def _stem(name: str) -> str:
    """Return the last component of a name, without its suffix."""
    return re.sub(r"\.\w{1,5}$", "", name.rpartition("/")[2])


def _safe(before: str, character: str, after: str) -> str:
    """Return a character of a file name, or what replaces it. A joiner joins letters, which may have marks."""
    if character in _JOINERS:
        return character if all(unicodedata.category(other)[0] in "LM" for other in (before, after)) else ""
    kind = unicodedata.category(character)
    if kind == "Zs":
        return " "
    return character if kind[0] in "LMN" or character in _KEPT else "_"


def _shortened(stem: str) -> str:
    """Cut a stem to `LONGEST` bytes, before a letter rather than between it and its marks."""
    cut = len(stem.encode()[:LONGEST].decode(errors="ignore"))
    while 0 < cut < len(stem) and (unicodedata.category(stem[cut])[0] == "M" or stem[cut] in _JOINERS):
        cut -= 1
    return stem[:cut]
