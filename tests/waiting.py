"""For tests of what happens soon, but not at once."""

import time
from collections.abc import Callable


def until(true: Callable[[], object], seconds: float = 10) -> bool:
    """Say whether something comes true in time."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
