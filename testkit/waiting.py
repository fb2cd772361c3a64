"""For tests of what happens soon, but not at once, or after a long time that nobody waits for."""

import time
from collections.abc import Callable

from jobs.queue import GROUP, Entry, Queue


def until(true: Callable[[], object], seconds: float = 60) -> bool:
    """Say whether something comes true in time."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def fall_silent(owner: Queue, entry: Entry, seconds: float) -> None:
    """Make an entry look as if its owner had renewed its lease so long ago."""
    idle = int(seconds * 1000)
    owner.redis.xclaim(owner.stream, GROUP, owner.me, 0, [entry.id], idle=idle, justid=True)
