"""When finished jobs are deleted: after some days, but never one that somebody keeps or has corrected.

A job expires by the field `expires` of its record, which only scripts write. Redis itself deletes nothing, so that each
deletion can be reported, and the files go with the record.
"""

import time
from collections.abc import Iterator
from typing import Any, cast

from redis import Redis

from jobs.names import INDEX, METRICS, job_keys
from jobs.record import TOMBSTONE_SECONDS, Jobs
from jobs.scripts import load

RECORDS_PER_READ = 100
GONE = -2  # Redis' answer for the time to live of a key that does not exist


def keep(jobs: Jobs, job_id: str, kept: bool) -> bool:
    """Keep a job for good, or let it expire again, as if it had just finished. False: it is gone."""
    script: Any = jobs.redis.register_script(load("expiry", "keep"))
    expires = time.time() + jobs.keep_seconds
    return bool(script(keys=[job_keys(job_id).record], args=["kept" if kept else "", expires]))


def delete_expired(jobs: Jobs) -> Iterator[str]:
    """Delete the jobs whose time is over, and yield the id of each that this call has deleted. Raises RedisError."""
    ids = cast(list[str], jobs.redis.zrange(INDEX, 0, -1))
    for start in range(0, len(ids), RECORDS_PER_READ):
        yield from _delete_expired(jobs, ids[start : start + RECORDS_PER_READ])


def adopt(redis: "Redis", job_id: str) -> None:
    """Take the expiry of a job over from Redis, if an earlier version left it there."""
    script: Any = redis.register_script(load("expiry", "adopt"))
    script(keys=job_keys(job_id), args=[time.time()])


def _delete_expired(jobs: Jobs, ids: list[str]) -> Iterator[str]:
    with jobs.redis.pipeline(transaction=False) as pipe:
        for job_id in ids:
            pipe.pttl(job_keys(job_id).record)
            pipe.hget(job_keys(job_id).record, "expires")
        replies = pipe.execute()
    for job_id, left, expires in zip(ids, replies[::2], replies[1::2], strict=True):
        if left >= 0:
            adopt(jobs.redis, job_id)
        if left == GONE:  # by an earlier version's expiry
            is_deleted = jobs.redis.zrem(INDEX, job_id)
        else:
            is_deleted = expires and float(expires) <= time.time() and _delete_if_due(jobs, job_id)
        if is_deleted:
            yield job_id


def _delete_if_due(jobs: Jobs, job_id: str) -> bool:
    script: Any = jobs.redis.register_script(load("due", "delete"))
    redis_keys = [*job_keys(job_id), METRICS, INDEX]
    return bool(script(keys=redis_keys, args=[TOMBSTONE_SECONDS, job_id, time.time()]))
