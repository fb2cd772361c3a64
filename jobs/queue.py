"""The queue: one Redis stream and its consumer group. Knows entries and their owners, nothing about jobs.

Redis keys:
    split, predict   stream  one entry per unit of work that is waiting or claimed; XACK + XDEL when it is done, so XLEN
                             counts both; `predict:<network>` for the heads of another network
    webhooks         stream  one entry per ended job whose callback has not been delivered; see api/jobs/webhooks.py
    dead             stream  dead letters, whose last attempt failed: stream, the entry's fields, attempts, reason

An entry is owned by one consumer for the length of a lease, which a heartbeat renews; see `jobs/claim.py`.
"""

import os
import secrets
import socket
from typing import Any, cast

from redis import Redis, ResponseError

from jobs.claim import GROUP, Claim

MAX_ATTEMPTS = 3
BLOCK_SECONDS = 2.0  # how long a read waits for new work; must stay below the client's socket timeout


def connect(url: str) -> "Redis":
    """Connect with the timeouts that blocking reads need (redis-py's defaults break BLOCK and recover slowly)."""
    return Redis.from_url(
        url,
        socket_timeout=10,
        socket_connect_timeout=5,
        health_check_interval=30,
        decode_responses=True,
        protocol=2,
    )


class Queue:
    """One stream as seen by one consumer. Thread-safe."""

    def __init__(self, redis: "Redis", stream: str, lease: float) -> None:
        self.redis = redis
        self.stream = stream
        self.lease = lease  # seconds
        self.consumer = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"

    def make_group(self) -> None:
        """Create the stream and its group, from id 0, so that entries older than the group are read too."""
        make_group(self.redis, self.stream)

    def take(self, block: float | None = BLOCK_SECONDS) -> Claim | None:
        """Claim one entry: first one whose lease has expired, else a new one. None: nothing arrived in time."""
        return self._take_expired() or self._take_new(block)

    def leave(self) -> None:
        """Remove this consumer from the group, unless it still owns an entry."""
        if not self.redis.xpending_range(self.stream, GROUP, "-", "+", 1, self.consumer):
            self.redis.xgroup_delconsumer(self.stream, GROUP, self.consumer)

    def _take_expired(self) -> Claim | None:
        cursor = "0-0"
        idle = int(self.lease * 1000)
        while True:
            # The reply has two items on Redis 6.2, three from 7.0 on.
            cursor, entries, *_ = cast(
                Any,
                self.redis.xautoclaim(self.stream, GROUP, self.consumer, idle, start_id=cursor, count=1),
            )
            for entry_id, fields in entries:
                if entry_id and fields:
                    return self._claim(entry_id, fields, self._delivery_count(entry_id))
            if cursor == "0-0":
                return None

    def _take_new(self, block: float | None) -> Claim | None:
        milliseconds = None if block is None else max(1, int(block * 1000))
        reply = cast(Any, self.redis.xreadgroup(GROUP, self.consumer, {self.stream: ">"}, count=1, block=milliseconds))
        for _, entries in reply or []:
            for entry_id, fields in entries:
                return self._claim(entry_id, fields, 1)
        return None

    def _claim(self, entry_id: str, fields: dict[str, str], attempts: int) -> Claim:
        return Claim(self.redis, self.stream, self.consumer, self.lease, entry_id, fields, attempts)

    def _delivery_count(self, entry_id: str) -> int:
        pending = cast(Any, self.redis.xpending_range(self.stream, GROUP, entry_id, entry_id, 1))
        return int(pending[0]["times_delivered"]) if pending else 1


def make_group(redis: "Redis", stream: str) -> None:
    """Create a stream and its group if they are missing; producers and consumers both call this."""
    try:
        redis.xgroup_create(stream, GROUP, id="0", mkstream=True)
    except ResponseError as error:
        if "BUSYGROUP" not in str(error):
            raise
