"""A claim: one entry of a stream, and the consumer that owns it for a lease. Knows nothing of jobs.

Every change of an entry checks the owner first, in one script, so that a worker that stalled cannot take back what
another has claimed since.
"""

from dataclasses import dataclass
from typing import Any

from redis import Redis

from jobs.scripts import load

GROUP = "workers"  # also named in `lua/owned.lua`


@dataclass(frozen=True, slots=True)
class Claim:
    """A piece of work in hand."""

    redis: "Redis"
    stream: str
    consumer: str
    lease: float  # seconds
    id: str  # of the entry
    fields: dict[str, str]  # of the entry
    attempts: int  # deliveries, this one included

    @property
    def job(self) -> str:
        """The id of the job that the work is for."""
        return self.fields["job"]

    def renew(self) -> bool:
        """Start the lease anew. False: another consumer owns the entry."""
        return self._run("renew")

    def hand_back(self, delay: float = 0.0, counted: bool = True) -> bool:
        """Leave the entry for any consumer after `delay` seconds; `counted` says whether this attempt counts."""
        idle = max(0, int((self.lease - delay) * 1000))
        return self._run("hand_back", idle, self.attempts if counted else self.attempts - 1)

    def drop(self) -> bool:
        """Acknowledge and delete an entry that needs no more work."""
        return self._run("drop")

    def _run(self, script: str, *args: object) -> bool:
        run: Any = self.redis.register_script(load("owned", script))
        return bool(run(keys=[self.stream], args=[self.id, self.consumer, *args]))
