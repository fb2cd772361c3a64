"""The corrections of a job in Redis, in the list that `jobs/record.py` describes. Does not know what they mean."""

import time
from dataclasses import replace
from typing import Any, cast

from pydantic import TypeAdapter
from redis import Redis

from jobs.names import job_keys
from jobs.scripts import load
from shotlens.shots.edits import Edit
from shotlens.shots.job import Job

MAX_EDITS = 10_000  # per job: each read of a job reads all of them

_edit: TypeAdapter[Edit] = TypeAdapter(Edit)


class EditLog:
    """The edits of all jobs on one Redis server. Writers pass the job as they read it: a stale revision is refused."""

    def __init__(self, redis: "Redis", keep_seconds: float) -> None:
        self.redis = redis
        self.keep_seconds = keep_seconds  # how long a job is kept from the undo of its only correction on

    def read(self, job: Job) -> list[Edit]:
        """Read the edits, oldest first; sends no command for a job that was never corrected."""
        texts = cast(list[str], self.redis.lrange(job_keys(job.id).edits, 0, -1)) if job.revision else []
        return [_edit.validate_json(text) for text in texts]

    def append(self, job: Job, edit: Edit) -> Job | None:
        """Append an edit; return the job as it is then. None: its revision has changed, and nothing was written."""
        return self._write(job, edit.model_dump_json())

    def undo(self, job: Job) -> Job | None:
        """Remove the last edit; returns the same as `append`."""
        return self._write(job, "")

    def _write(self, job: Job, text: str) -> Job | None:
        script: Any = self.redis.register_script(load("expiry", "edit"))
        redis_keys, expires = job_keys(job.id), time.time() + self.keep_seconds
        reply = script(keys=[redis_keys.record, redis_keys.edits], args=[job.revision, text, expires])
        if reply is None:
            return None
        return replace(job, revision=job.revision + 1, expires=float(reply) if reply else None)
