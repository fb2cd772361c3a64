"""The errors of the queue and the record. Those that all packages share are in `shotlens/shots/errors.py`."""

from shotlens.shots.errors import ShotlensError


class LeaseLost(ShotlensError):
    """Another worker owns the entry now: discard whatever this one still holds."""


class JobGone(ShotlensError):
    """The job was deleted or has already ended: there is nothing left to do for this entry."""


class IdempotencyKeyReused(ShotlensError):
    """A client used an idempotency key again for a different request."""


class HandedBack(ShotlensError):
    """The worker is stopping: the entry goes back to the queue at once, and this attempt does not count."""
