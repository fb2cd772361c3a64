"""For tests of what happens soon, but not at once, or after a long time that nobody waits for."""

import time
from collections.abc import Callable

from jobs.claim import GROUP, Claim


def until(true: Callable[[], object], seconds: float = 60) -> bool:
    """Say whether something comes true in time."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def fall_silent(claim: Claim, seconds: float) -> None:
    """Make an entry look as if its owner had renewed its lease so long ago."""
    idle = int(seconds * 1000)
    claim.redis.xclaim(claim.stream, GROUP, claim.consumer, 0, [claim.id], idle=idle, justid=True)
