"""Waiting for what happens soon, and skipping waits that would take too long, for tests."""

import time
from collections.abc import Callable

from jobs.claim import GROUP, Claim


def until(condition: Callable[[], object], seconds: float = 60) -> bool:
    """Wait until a condition is true; return whether it became so in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def fall_silent(claim: Claim, seconds: float) -> None:
    """Make an entry look as if its owner had last renewed its lease `seconds` ago."""
    idle = int(seconds * 1000)
    claim.redis.xclaim(claim.stream, GROUP, claim.consumer, 0, [claim.id], idle=idle, justid=True)
