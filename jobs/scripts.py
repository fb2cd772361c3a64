"""The Lua scripts in `lua/`: each is one atomic step in Redis, and lists its keys and arguments at the top."""

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("lua")


@cache
def load(*names: str) -> str:
    """Return the scripts concatenated: the last one does the work, the others define the functions that it calls."""
    return "\n".join((FOLDER / f"{name}.lua").read_text() for name in names)
