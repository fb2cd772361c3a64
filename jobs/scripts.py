"""The scripts in `lua/`: each is one atomic step in Redis, and says at its head which keys and arguments it takes."""

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("lua")


@cache
def load(*names: str) -> str:
    """Return the text of scripts, one behind the other: the last one does the work, the others define what it calls."""
    return "\n".join((FOLDER / f"{name}.lua").read_text() for name in names)
