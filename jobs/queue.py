"""The queue: one Redis stream and its consumer group. Knows entries and owners, nothing of jobs.

Keys:
    split, predict   stream  one entry per piece of work waiting or in flight; XACK + XDEL when done, so XLEN is both
    webhooks         stream  one entry per job that has ended and whose sender is yet to be told; see api/webhooks.py
    dead             stream  what failed its last attempt: stream, its fields, attempts, reason

An entry is owned by one consumer for a lease. The owner renews the lease by a heartbeat; every change of an entry
checks the owner first, in one Lua script, so that a worker that stalled cannot take back what another has claimed.
"""

import os
import secrets
import socket
from dataclasses import dataclass
from typing import Any, cast

from redis import Redis, ResponseError

GROUP = "workers"
MAX_ATTEMPTS = 3
BLOCK = 2.0  # seconds that a read waits for new work; must stay below the client's socket timeout

# KEYS[1] stream; ARGV[1] entry id, ARGV[2] consumer. Other scripts are built on these three lines.
OWNED = """
local function owned()
  return #redis.call('XPENDING', KEYS[1], 'workers', ARGV[1], ARGV[1], 1, ARGV[2]) > 0
end
local function settle()
  redis.call('XACK', KEYS[1], 'workers', ARGV[1])
  redis.call('XDEL', KEYS[1], ARGV[1])
end
"""
_RENEW = (
    OWNED
    + """
if not owned() then return 0 end
redis.call('XCLAIM', KEYS[1], 'workers', ARGV[2], 0, ARGV[1], 'JUSTID')
return 1
"""
)
# ARGV[3] idle time in ms that the entry is given, ARGV[4] its new delivery count
_HAND_BACK = (
    OWNED
    + """
if not owned() then return 0 end
redis.call('XCLAIM', KEYS[1], 'workers', ARGV[2], 0, ARGV[1], 'IDLE', ARGV[3], 'RETRYCOUNT', ARGV[4], 'JUSTID')
return 1
"""
)
_DROP = (
    OWNED
    + """
if not owned() then return 0 end
settle()
return 1
"""
)


def connect(url: str) -> "Redis":
    """Connect with the time-outs that the blocking reads need (redis-py's own break a BLOCK and slow recovery)."""
    return Redis.from_url(
        url,
        socket_timeout=10,
        socket_connect_timeout=5,
        health_check_interval=30,
        decode_responses=True,
        protocol=2,
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """A piece of work in hand."""

    stream: str
    id: str
    fields: dict[str, str]
    attempts: int  # deliveries, this one included


class Queue:
    """One stream as seen by one consumer. Safe to share with the heartbeat's thread."""

    def __init__(self, redis: "Redis", stream: str, lease: float) -> None:
        self.redis = redis
        self.stream = stream
        self.lease = lease  # seconds
        self.me = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
        self._renew = redis.register_script(_RENEW)
        self._hand_back = redis.register_script(_HAND_BACK)
        self._drop = redis.register_script(_DROP)

    def make_group(self) -> None:
        """Make stream and group; from id 0, so that what came before the group is read too."""
        make_group(self.redis, self.stream)

    def take(self, block: float | None = BLOCK) -> Entry | None:
        """Take one entry: first what another left for longer than a lease, then a new one. None: nothing came."""
        return self._claim() or self._read(block)

    def renew(self, entry: Entry) -> bool:
        """Start the lease anew. False: another consumer owns the entry."""
        return bool(self._run(self._renew, entry))

    def hand_back(self, entry: Entry, delay: float = 0.0, counted: bool = True) -> bool:
        """Leave the entry for any consumer after `delay` seconds; `counted` says whether this attempt counts."""
        idle = max(0, int((self.lease - delay) * 1000))
        attempts = entry.attempts if counted else entry.attempts - 1
        return bool(self._run(self._hand_back, entry, idle, attempts))

    def drop(self, entry: Entry) -> bool:
        """Acknowledge and delete an entry that needs no more work."""
        return bool(self._run(self._drop, entry))

    def leave(self) -> None:
        """Take this consumer out of the group, unless it still holds something."""
        if not self.redis.xpending_range(self.stream, GROUP, "-", "+", 1, self.me):
            self.redis.xgroup_delconsumer(self.stream, GROUP, self.me)

    def _claim(self) -> Entry | None:
        cursor = "0-0"
        while True:
            # Two items on Redis 6.2, three from 7.0 on.
            cursor, claimed, *_ = cast(
                Any,
                self.redis.xautoclaim(self.stream, GROUP, self.me, int(self.lease * 1000), start_id=cursor, count=1),
            )
            for entry_id, fields in claimed:
                if entry_id and fields:
                    return Entry(self.stream, entry_id, fields, self._attempts(entry_id))
            if cursor == "0-0":
                return None

    def _read(self, block: float | None) -> Entry | None:
        milliseconds = None if block is None else max(1, int(block * 1000))
        reply = cast(Any, self.redis.xreadgroup(GROUP, self.me, {self.stream: ">"}, count=1, block=milliseconds))
        for _, messages in reply or []:
            for entry_id, fields in messages:
                return Entry(self.stream, entry_id, fields, 1)
        return None

    def _attempts(self, entry_id: str) -> int:
        pending = cast(Any, self.redis.xpending_range(self.stream, GROUP, entry_id, entry_id, 1))
        return int(pending[0]["times_delivered"]) if pending else 1

    def _run(self, script: Any, entry: Entry, *args: object) -> Any:
        return script(keys=[self.stream], args=[entry.id, self.me, *args])


def make_group(redis: "Redis", stream: str) -> None:
    """Make a stream and its group where they are missing; producers and consumers both do."""
    try:
        redis.xgroup_create(stream, GROUP, id="0", mkstream=True)
    except ResponseError as error:
        if "BUSYGROUP" not in str(error):
            raise
