"""Where each queued video stands, and a guess of when its turn comes. Reads the stream `split` and the records.

Redis keys:
    pace   hash  bytes, seconds: of the videos cut last; each new one counts in full, and those before it a little less.
                 `lua/finish_cutting.lua` writes it
"""

import heapq
import time
from collections.abc import Iterator, Mapping, Sequence
from threading import Lock
from typing import Any, NamedTuple, cast

from redis import Redis

from jobs.claim import GROUP
from jobs.names import SPLIT, job_keys
from jobs.queue import make_group
from shotlens.shots.job import RUNNING, Job, Place

MAX_ENTRIES = 1000  # read at a time: videos behind them have no place yet
CACHE_SECONDS = 1.0


class _Work(NamedTuple):
    job: str
    waits: bool  # no worker has taken it yet
    bytes: float  # that are still to be cut


class Places:
    """The places of all queued jobs as of at most a second ago, so that many readers hardly load Redis."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis
        self._lock = Lock()
        self._places: Mapping[str, Place] = {}
        self._read_at = -CACHE_SECONDS  # monotonic time

    def of(self, job: Job) -> Place | None:
        """Return the place of a job; None if it is not queued, or too far behind. Raises RedisError."""
        if job.state != "queued":
            return None
        with self._lock:
            is_old = time.monotonic() - self._read_at >= CACHE_SECONDS
            if is_old or job.id not in self._places:  # a new one
                self._places, self._read_at = read_places(self._redis), time.monotonic()
            return self._places.get(job.id)


def read_places(redis: "Redis") -> dict[str, Place]:
    """Return the places of the queued jobs by id, as they are now."""
    work = _read_work(redis)
    bytes_cut, seconds = (float(text or 0) for text in cast(Any, redis.hmget("pace", "bytes", "seconds")))
    pace = bytes_cut / seconds if bytes_cut and seconds else None  # bytes a second
    waits = list(_waits(work, pace)) if pace else [None] * len(work)
    waiting = [(one.job, wait) for one, wait in zip(work, waits, strict=True) if one.waits]
    return {job: Place(position, wait) for position, (job, wait) in enumerate(waiting, start=1)}


def _read_work(redis: "Redis") -> list[_Work]:
    """Read what is in hand or waits, oldest first; a deleted job leaves an entry that takes no time."""
    make_group(redis, SPLIT)
    entries = cast(Any, redis.xrange(SPLIT, count=MAX_ENTRIES))
    [last] = [group["last-delivered-id"] for group in cast(Any, redis.xinfo_groups(SPLIT)) if group["name"] == GROUP]
    with redis.pipeline(transaction=False) as pipe:
        for _, fields in entries:
            pipe.hmget(job_keys(fields["job"]).record, "state", "size", "progress")
        records = pipe.execute()
    return [
        _Work(fields["job"], _number(entry) > _number(last), float(size or 0) * (1 - float(progress or 0)))
        for (entry, fields), (state, size, progress) in zip(entries, records, strict=True)
        if state in RUNNING
    ]


def _waits(work: Sequence[_Work], pace: float) -> Iterator[float | None]:
    """Return for each how many seconds it waits, if each worker takes the next one when it is done.

    All workers are busy while a video waits, so there are as many as videos in hand; none: nobody can say.
    """
    ends = [one.bytes / pace for one in work if not one.waits]
    heapq.heapify(ends)
    for one in work:
        if not one.waits or not ends:
            yield None
            continue
        yield ends[0]
        heapq.heapreplace(ends, ends[0] + one.bytes / pace)


def _number(entry: str) -> tuple[int, int]:
    """Return the id of an entry in a form that can be compared."""
    milliseconds, sequence = entry.split("-")
    return int(milliseconds), int(sequence)
