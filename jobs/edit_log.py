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
    """The edits of all jobs on one Redis server. Writers pass the job as they read it: a stale revision is refused.

    Writers also pass `shots`, how many there are after the change, for the lists of jobs. All return the job as it is
    then, or None if its revision has changed meanwhile, and nothing was written.
    """

    def __init__(self, redis: "Redis", keep_seconds: float) -> None:
        self.redis = redis
        self.keep_seconds = keep_seconds  # how long a job is kept from the undo of its only correction on

    def read(self, job: Job) -> list[Edit]:
        """Read the edits in force, oldest first; sends no command for a job that was never corrected."""
        return self.read_all(job)[0]

    def read_all(self, job: Job) -> tuple[list[Edit], list[Edit]]:
        """Read the edits in force, oldest first, and those that were undone, the one to redo next first."""
        texts = cast(list[str], self.redis.lrange(job_keys(job.id).edits, 0, -1)) if job.revision else []
        edits = [_edit.validate_json(text) for text in texts]
        in_force = len(edits) - job.undone
        return edits[:in_force], edits[in_force:]

    def append(self, job: Job, edit: Edit, shots: int) -> Job | None:
        """Append an edit; those that were undone are gone."""
        return self._write(job, 0, shots, edit.model_dump_json())

    def undo(self, job: Job, shots: int) -> Job | None:
        """Undo the last edit in force."""
        return self._write(job, job.undone + 1, shots)

    def redo(self, job: Job, shots: int) -> Job | None:
        """Put the edit that was undone last in force again."""
        return self._write(job, job.undone - 1, shots)

    def _write(self, job: Job, undone: int, shots: int, text: str = "") -> Job | None:
        script: Any = self.redis.register_script(load("expiry", "edit"))
        redis_keys = job_keys(job.id)
        args = [job.revision, undone, shots, text, time.time() + self.keep_seconds]
        reply = script(keys=[redis_keys.record, redis_keys.edits], args=args)
        if reply is None:
            return None
        expires = float(reply) if reply else None
        return replace(job, revision=job.revision + 1, undone=undone, corrected_shots=shots, expires=expires)
