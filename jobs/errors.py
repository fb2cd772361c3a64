"""The errors of the queue and the record. Those that every room knows stand in `shotlens/shots/errors.py`."""

from shotlens.shots.errors import ShotlensError


class LeaseLost(ShotlensError):
    """Another worker owns the entry now: drop whatever this one still has."""


class JobGone(ShotlensError):
    """The job was deleted, or is already finished: there is nothing left to do for this entry."""


class KeyReused(ShotlensError):
    """A client used an idempotency key again with another request."""


class HandedBack(ShotlensError):
    """The worker is stopping: the entry goes back to the queue at once, and this attempt does not count."""
