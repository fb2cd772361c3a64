"""What a video's name, which a stranger chose, may become: a line, a file's name, a reel, an address."""

import re
import unicodedata
from urllib.parse import quote

LONGEST = 50  # characters of a stem: 200 bytes at most, where file systems take 255
SPECIAL = ("BL", "BLACK", "BARS")  # reels that CMX 3600 keeps for sources without a picture of their own


def one_line(name: str) -> str:
    """Return a name with spaces for line ends and all else that XML, EDL and terminals cannot hold."""
    return "".join(mark if mark.isprintable() else " " for mark in name).strip()


def safe_stem(name: str) -> str:
    """Return a name without its suffix that is good as a file's on any system: letters, digits and ` .-_()+`."""
    return re.sub(r"[^\w .()+-]", "_", _stem(name))[:LONGEST].strip(" .") or "video"


def reel(name: str) -> str:
    """Return a reel of at most eight capitals and digits; AX, an unnamed source, where nothing is left."""
    plain = unicodedata.normalize("NFKD", _stem(name)).upper()
    letters = re.sub(r"[^A-Z0-9]", "", plain)[:8]
    return letters if letters and letters not in SPECIAL else "AX"


def media_url(name: str) -> str:
    """Return the address of the video beside the exported file, which is where its user has both."""
    return "./" + quote(one_line(name), safe="")


def _stem(name: str) -> str:
    """Return the last part of a name without its suffix."""
    return re.sub(r"\.\w{1,5}$", "", name.rpartition("/")[2])
