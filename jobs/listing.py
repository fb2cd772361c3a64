"""All jobs, newest first, a page at a time. Reads the index and the records that `jobs/record.py` owns."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from jobs.fields import parse_job
from jobs.names import INDEX, job_keys
from jobs.record import Jobs
from shotlens.shots.job import Job, ListedJob, State

RECORDS_PER_READ = 100
MAX_RECORDS_PER_PAGE = 2000  # read for one page: a search for a name that no job has must not block Redis
CURSOR = r"^([0-9]{1,12}(?:\.[0-9]{1,9})?)-([0-9a-f]{24})$"


@dataclass(frozen=True, slots=True)
class Page:
    """Some jobs, newest first, and the cursor of the next page; None if there is none."""

    jobs: tuple[ListedJob, ...]
    next: str | None


def page(
    jobs: Jobs, limit: int, cursor: str | None = None, state: State | None = None, name: str | None = None
) -> Page:
    """List up to `limit` jobs after the cursor, in this state and with this in their file names, ignoring case.

    A page may be short, or even empty, and still have a next one. Raises ValueError if the cursor is malformed.
    """
    matches: list[ListedJob] = []
    for count, listed in enumerate(_jobs_after(jobs, cursor), start=1):
        if (state or listed.job.state) == listed.job.state and (name or "").lower() in listed.job.filename.lower():
            matches.append(listed)
        if len(matches) == limit or count == MAX_RECORDS_PER_PAGE:
            return Page(tuple(matches), f"{listed.job.created!r}-{listed.job.id}")
    return Page(tuple(matches), None)


def listed_job(jobs: Jobs, job_id: str) -> ListedJob | None:
    """Read one job as a list shows it; None if it has no record."""
    return _read(jobs, [job_id])[0]


def _jobs_after(jobs: Jobs, cursor: str | None) -> Iterator[ListedJob]:
    """Yield all jobs after the cursor."""
    newest, last_id = _parse(cursor)
    while True:
        rows = cast(Any, jobs.redis.zrevrangebyscore(INDEX, newest, "-inf", 0, RECORDS_PER_READ + 1, withscores=True))
        ids = [job_id for job_id, score in rows if (score, job_id) < (float(newest), last_id)]
        yield from filter(None, _read(jobs, ids))  # one may be deleted just now
        if len(rows) <= RECORDS_PER_READ or not ids:
            return
        last_id, newest = rows[-1][0], repr(rows[-1][1])


def _parse(cursor: str | None) -> tuple[str, str]:
    """Return the creation time and the id of the job that the cursor points at; infinity without a cursor."""
    if cursor is None:
        return "inf", ""
    match = re.fullmatch(CURSOR, cursor)
    if match is None:
        raise ValueError("the cursor is malformed")
    return match[1], match[2]


def _read(jobs: Jobs, ids: list[str]) -> list[ListedJob | None]:
    with jobs.redis.pipeline(transaction=False) as pipe:
        for job_id in ids:
            redis_keys = job_keys(job_id)
            pipe.hgetall(redis_keys.record)
            pipe.hlen(redis_keys.shots)
            pipe.hlen(redis_keys.predictions)
        replies = pipe.execute()
    rows = zip(ids, replies[::3], replies[1::3], replies[2::3], strict=True)
    return [_listed(parse_job(job_id, fields), *counts) if fields else None for job_id, fields, *counts in rows]


def _listed(job: Job, detected: int, predictions: int) -> ListedJob:
    return ListedJob(job, detected if job.corrected_shots is None else job.corrected_shots, predictions)
