"""All jobs, newest first, a page at a time. Reads the index and the records that `jobs/record.py` owns."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from jobs.names import INDEX, job_keys
from jobs.record import Jobs, job_of
from shotlens.shots.job import Listed, State

CHUNK = 100  # records that are read at a time
MOST_READ = 2000  # records that are read for one page: a name that nothing has must not hold Redis up
CURSOR = r"^([0-9]{1,12}(?:\.[0-9]{1,9})?)-([0-9a-f]{24})$"


@dataclass(frozen=True, slots=True)
class Page:
    """Some jobs, newest first, and where the next ones begin; None where there are no more."""

    jobs: tuple[Listed, ...]
    next: str | None


def page(
    jobs: Jobs, limit: int, cursor: str | None = None, state: State | None = None, name: str | None = None
) -> Page:
    """List at most `limit` jobs behind the cursor, of a state, and with this in their names, whatever its case.

    Raises ValueError for what is no `CURSOR`. A page may be short, or even empty, and still have a next one.
    """
    found: list[Listed] = []
    at = cursor
    for read, listed in enumerate(_all(jobs, cursor), start=1):
        if (state or listed.job.state) == listed.job.state and (name or "").lower() in listed.job.filename.lower():
            found.append(listed)
        at = f"{listed.job.created!r}-{listed.job.id}"
        if len(found) == limit or read == MOST_READ:
            return Page(tuple(found), at)
    return Page(tuple(found), None)


def look(jobs: Jobs, job_id: str) -> Listed | None:
    """Read one job as a list shows it; None where there is no record."""
    return _read(jobs, [job_id])[0]


def _all(jobs: Jobs, cursor: str | None) -> Iterator[Listed]:
    """All jobs behind the cursor. What has no record any more is taken out of the index on the way."""
    newest, last = _position(cursor)
    while True:
        rows = cast(Any, jobs.redis.zrevrangebyscore(INDEX, newest, "-inf", 0, CHUNK + 1, withscores=True))
        ids = [job_id for job_id, score in rows if (score, job_id) < (float(newest), last)]
        gone = set()
        for job_id, listed in zip(ids, _read(jobs, ids), strict=True):
            if listed:
                yield listed
            else:
                gone.add(job_id)
        if gone:
            jobs.redis.zrem(INDEX, *gone)
        if len(rows) <= CHUNK or not ids:
            return
        last, newest = rows[-1][0], repr(rows[-1][1])


def _position(cursor: str | None) -> tuple[str, str]:
    if cursor is None:
        return "inf", ""
    match = re.fullmatch(CURSOR, cursor)
    if match is None:
        raise ValueError("that is no cursor")
    return match[1], match[2]


def _read(jobs: Jobs, ids: list[str]) -> list[Listed | None]:
    with jobs.redis.pipeline(transaction=False) as pipe:
        for job_id in ids:
            of = job_keys(job_id)
            pipe.hgetall(of.record)
            pipe.hlen(of.shots)
            pipe.hlen(of.predictions)
        replies = pipe.execute()
    rows = zip(ids, replies[::3], replies[1::3], replies[2::3], strict=True)
    return [Listed(job_of(job_id, fields), *counts) if fields else None for job_id, fields, *counts in rows]
