"""The name of a video as its owner has it: data from strangers, which becomes one safe line and stays as it is.

Joiners of letters and of emoji, marks and unusual spaces stay: links to the file need its very name.
"""

import unicodedata

MAX_FILENAME = 255
# What reverses or embeds a direction of writing, so that a name can look like another one.
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNSAFE = {"Cc", "Cs", "Zl", "Zp"}  # control characters, halves of characters, line and paragraph separators


def is_safe(character: str) -> bool:
    """Return whether terminals, XML and lists of edits can hold a character, and show it where it stands."""
    noncharacter = ord(character) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(character) <= 0xFDEF
    return unicodedata.category(character) not in _UNSAFE and character not in _BIDI and not noncharacter


def as_text(name: str) -> str:
    """Return a name, whose bytes need not have been UTF-8, as text that can be encoded: U+FFFD replaces the others."""
    return "".join("\ufffd" if unicodedata.category(character) == "Cs" else character for character in name)


def clean_filename(name: str | None) -> str:
    """Return the name for display: its last part, without what is not safe, truncated to 255 characters."""
    last = as_text(name or "").replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(filter(is_safe, last)).strip(" ")[:MAX_FILENAME] or "video"
