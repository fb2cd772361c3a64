"""Turns a video's name, which is untrusted, into a safe line of text, file name, reel name or address."""

import re
import unicodedata
from urllib.parse import quote

LONGEST = 50  # characters of a stem: 200 bytes at most, where file systems take 255
SPECIAL = ("BL", "BLACK", "BARS")  # reel names that CMX 3600 reserves for sources without pictures of their own


def one_line(name: str) -> str:
    """Return a name in which spaces replace line breaks and everything else that XML, EDL or terminals cannot hold."""
    return "".join(character if character.isprintable() else " " for character in name).strip()


def safe_stem(name: str) -> str:
    """Return a name without its suffix that is a valid file name on any system: letters, digits and ` .-_()+`."""
    return re.sub(r"[^\w .()+-]", "_", _stem(name))[:LONGEST].strip(" .") or "video"


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
