"""A claim: one entry of a stream, owned by one consumer for the length of a lease. Knows nothing about jobs.

Every script that changes an entry first checks its owner, so that a stalled worker cannot take back what another worker
has claimed since.
"""

from dataclasses import dataclass
from typing import Any

from redis import Redis

from jobs.scripts import load

GROUP = "workers"  # also named in `lua/owned.lua`


@dataclass(frozen=True, slots=True)
class Claim:
    """A unit of work that this consumer owns."""

    redis: "Redis"
    stream: str
    consumer: str
    lease: float  # seconds
    id: str  # of the entry
    fields: dict[str, str]  # of the entry
    attempts: int  # deliveries, including this one

    @property
    def job(self) -> str:
        """The id of the job that the work belongs to."""
        return self.fields["job"]

    def renew(self) -> bool:
        """Renew the lease. False: another consumer owns the entry."""
        return self._run("renew")

    def hand_back(self, delay: float = 0.0, counted: bool = True) -> bool:
        """Release the entry to any consumer after `delay` seconds; `counted` says whether this attempt counts."""
        idle = max(0, int((self.lease - delay) * 1000))
        return self._run("hand_back", idle, self.attempts if counted else self.attempts - 1)

    def drop(self) -> bool:
        """Acknowledge and delete an entry that needs no more work."""
        return self._run("drop")

    def _run(self, name: str, *args: object) -> bool:
        script: Any = self.redis.register_script(load("owned", name))
        return bool(script(keys=[self.stream], args=[self.id, self.consumer, *args]))
