"""What every route needs: the settings, the job records and the files, made once per process."""

from dataclasses import dataclass, field
from typing import cast

from flask import current_app
from redis import Redis

from api.written import Written
from jobs.files import JOB_ID, Files
from jobs.queue import connect
from jobs.record import Job, Jobs
from jobs.result import JobResult, result
from jobs.settings import ApiSettings

KEY = "shotlens"  # in app.extensions


@dataclass(frozen=True, slots=True)
class Services:
    """The rooms behind the routes."""

    settings: ApiSettings
    redis: "Redis"
    jobs: Jobs
    files: Files
    written: Written = field(default_factory=Written)

    def find(self, job_id: str) -> Job | None:
        """Read a job; None for an id that is unknown, deleted or no id at all."""
        job = self.jobs.get(job_id) if JOB_ID.fullmatch(job_id) else None
        return None if job is None or job.state == "cancelled" else job

    def result(self, job: Job) -> JobResult:
        """Put together all that is known of a job by now, its frames as addresses on this server."""
        shots = self.jobs.shots(job.id, self.files.frames(job.id))
        frames = f"/jobs/{job.id}/shots/{{shot}}/frames/{{k}}.jpg"
        return result(job, shots, self.jobs.predictions(job.id), frames)

    def written_result(self, job: Job) -> str:
        """Write that as JSON; what was written before is given again while neither record nor shots are others."""
        version = (repr(job), *self.jobs.counts(job.id))
        return self.written.get(job.id, version, lambda: self.result(job).model_dump_json())


def open_services(settings: ApiSettings) -> Services:
    """Connect and make the folders. Redis need not answer yet; raises OSError when the data cannot be written."""
    files = Files(settings.data)
    files.prepare()
    redis = connect(settings.redis_url)
    return Services(settings, redis, Jobs(redis, settings.keep_days * 86400), files)


def services() -> Services:
    """Return the services of the app that answers this request."""
    return cast(Services, current_app.extensions[KEY])
