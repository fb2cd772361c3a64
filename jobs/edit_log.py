"""The corrections of a job in Redis, in the list that `jobs/record.py` describes. Knows nothing of what they mean."""

from dataclasses import replace
from typing import Any, cast

from pydantic import TypeAdapter
from redis import Redis

from jobs.names import job_keys
from jobs.scripts import load
from shotlens.shots.edits import Edit
from shotlens.shots.job import Job

MOST_EDITS = 10_000  # of one job: all of them are read with it

_edit: TypeAdapter[Edit] = TypeAdapter(Edit)


class EditLog:
    """The edits of all jobs on one Redis server. Whoever writes names the revision that was seen, by the job."""

    def __init__(self, redis: "Redis") -> None:
        self.redis = redis

    def read(self, job: Job) -> list[Edit]:
        """Read the edits, oldest first; asks nothing for a job that was never corrected."""
        texts = cast(list[str], self.redis.lrange(job_keys(job.id).edits, 0, -1)) if job.revision else []
        return [_edit.validate_json(text) for text in texts]

    def append(self, job: Job, edit: Edit) -> Job | None:
        """Add an edit; returns the job as it then is. None, and nothing is done: it is at another revision by now."""
        return self._write(job, edit.model_dump_json())

    def undo(self, job: Job) -> Job | None:
        """Take the last edit away; returns as `append`."""
        return self._write(job, "")

    def _write(self, job: Job, text: str) -> Job | None:
        run: Any = self.redis.register_script(load("edit"))
        of = job_keys(job.id)
        written = run(keys=[of.record, of.edits], args=[job.revision, text])
        return replace(job, revision=job.revision + 1) if written else None
