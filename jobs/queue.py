"""The queue: one Redis stream and its consumer group. Knows entries and owners, nothing of jobs.

Keys:
    split, predict   stream  one entry per piece of work waiting or in flight; XACK + XDEL when done, so XLEN is both;
                             `predict:<network>` for the heads of another network
    webhooks         stream  one entry per job that has ended and whose sender is yet to be told; see api/webhooks.py
    dead             stream  what failed its last attempt: stream, its fields, attempts, reason

An entry is owned by one consumer for a lease, which the owner renews by a heartbeat; see `jobs/claim.py`.
"""

import os
import secrets
import socket
from typing import Any, cast

from redis import Redis, ResponseError

from jobs.claim import GROUP, Claim

MAX_ATTEMPTS = 3
BLOCK = 2.0  # seconds that a read waits for new work; must stay below the client's socket timeout


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


class Queue:
    """One stream as seen by one consumer. Safe to share among threads."""

    def __init__(self, redis: "Redis", stream: str, lease: float) -> None:
        self.redis = redis
        self.stream = stream
        self.lease = lease  # seconds
        self.me = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"

    def make_group(self) -> None:
        """Make stream and group; from id 0, so that what came before the group is read too."""
        make_group(self.redis, self.stream)

    def take(self, block: float | None = BLOCK) -> Claim | None:
        """Claim one entry: first what another left for longer than a lease, then a new one. None: nothing came."""
        return self._abandoned() or self._new(block)

    def leave(self) -> None:
        """Take this consumer out of the group, unless it still holds something."""
        if not self.redis.xpending_range(self.stream, GROUP, "-", "+", 1, self.me):
            self.redis.xgroup_delconsumer(self.stream, GROUP, self.me)

    def _abandoned(self) -> Claim | None:
        cursor = "0-0"
        while True:
            # Two items on Redis 6.2, three from 7.0 on.
            cursor, entries, *_ = cast(
                Any,
                self.redis.xautoclaim(self.stream, GROUP, self.me, int(self.lease * 1000), start_id=cursor, count=1),
            )
            for entry_id, fields in entries:
                if entry_id and fields:
                    return self._claim(entry_id, fields, self._attempts(entry_id))
            if cursor == "0-0":
                return None

    def _new(self, block: float | None) -> Claim | None:
        milliseconds = None if block is None else max(1, int(block * 1000))
        reply = cast(Any, self.redis.xreadgroup(GROUP, self.me, {self.stream: ">"}, count=1, block=milliseconds))
        for _, messages in reply or []:
            for entry_id, fields in messages:
                return self._claim(entry_id, fields, 1)
        return None

    def _claim(self, entry_id: str, fields: dict[str, str], attempts: int) -> Claim:
        return Claim(self.redis, self.stream, self.me, self.lease, entry_id, fields, attempts)

    def _attempts(self, entry_id: str) -> int:
        pending = cast(Any, self.redis.xpending_range(self.stream, GROUP, entry_id, entry_id, 1))
        return int(pending[0]["times_delivered"]) if pending else 1


def make_group(redis: "Redis", stream: str) -> None:
    """Make a stream and its group where they are missing; producers and consumers both do."""
    try:
        redis.xgroup_create(stream, GROUP, id="0", mkstream=True)
    except ResponseError as error:
        if "BUSYGROUP" not in str(error):
            raise
