"""What every route needs: the settings, the job records and the files, made once per process."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

from flask import current_app
from redis import Redis

from api.written import Written
from jobs.camera import within
from jobs.edit_log import EditLog
from jobs.edits import Edit, LabelEdit, corrected
from jobs.files import JOB_ID, Files
from jobs.job import RUNNING, Job
from jobs.partial import Partials
from jobs.queue import connect
from jobs.record import Jobs
from jobs.result import JobResult, predicted, result, result_of
from jobs.settings import ApiSettings
from jobs.shot import CameraMotion

KEY = "shotlens"  # in app.extensions


@dataclass(frozen=True, slots=True)
class Services:
    """The rooms behind the routes."""

    settings: ApiSettings
    redis: "Redis"
    jobs: Jobs
    edits: EditLog
    partials: Partials
    files: Files
    written: Written = field(default_factory=Written)

    @property
    def webhook_hosts(self) -> frozenset[str]:
        """Who may be called back: nobody without a secret to sign with."""
        return frozenset((self.settings.webhook_hosts or "").split() if self.settings.webhook_secret else ())

    def find(self, job_id: str) -> Job | None:
        """Read a job; None for an id that is unknown, deleted or no id at all."""
        job = self.jobs.get(job_id) if JOB_ID.fullmatch(job_id) else None
        return None if job is None or job.state == "cancelled" else job

    def delete(self, job_id: str) -> None:
        """Remove a job in any state, with its video and its frames."""
        self.jobs.delete(job_id)
        self.files.erase(job_id)

    def result(self, job: Job, which: Sequence[int] = (), edits: Sequence[Edit] | None = None) -> JobResult:
        """Put together what is known of a job by now, its frames as addresses on this server.

        It is as corrected by hand, or by these edits instead; with `which`, these shots alone, as they were found.
        """
        if edits is None:
            edits = [] if which else self.edits.read(job)
        shots = self.jobs.shots(job.id, self.files.frames(job.id), which, camera=False)
        frames = f"/jobs/{job.id}/shots/{{shot}}/frames/{{k}}.jpg"
        return result(job, shots, self.jobs.predictions(job.id, which), frames, edits)

    def motions(self, job: Job, index: int) -> list[CameraMotion] | None:
        """Read how the camera moves in a shot, as its bounds are by now; None where there is no such shot."""
        folder, edits = self.files.frames(job.id), self.edits.read(job)
        if all(isinstance(edit, LabelEdit) for edit in edits):  # then the shots are those that were found
            found = self.jobs.shots(job.id, folder, [index])
            return list(found[0].camera_path) if found else None
        found = self.jobs.shots(job.id, folder, camera=False)
        rows = corrected(found, {}, edits)
        if index >= len(rows):
            return None
        shot = rows[index].shot
        parents = [one.index for one in found if one.start_frame < shot.end_frame and shot.start_frame < one.end_frame]
        return within(shot, self.jobs.shots(job.id, folder, parents))

    def written_result(self, job: Job) -> str:
        """Write that as JSON; what was written before is given again while neither record nor shots are others."""
        text = self.written.get(job.id, self._version(job))
        if text is None:
            with self.written.alone:
                if job.state in RUNNING:  # it may be further by now, and another has written that
                    job = self.jobs.get(job.id) or job
                version = self._version(job)
                text = self.written.get(job.id, version)
                if text is None:
                    made = self._so_far(job) if job.state in RUNNING else self.result(job)
                    text = self.written.keep(job.id, version, made.model_dump_json())
        return text

    def _so_far(self, job: Job) -> JobResult:
        """Put together what is known of a running job, reading no shot and no prediction twice."""
        rows = self.written.shots(job)
        lacking = [index for index, row in rows.items() if row.movement is None]
        predictions = self.jobs.predictions(job.id, lacking) if lacking else {}
        rows |= {index: predicted(rows[index], prediction) for index, prediction in predictions.items()}
        if new := sorted(self.jobs.found(job.id) - rows.keys()):
            rows |= {row.index: row for row in self.result(job, new).shots}
        self.written.keep_shots(job, rows)
        return result_of(job, [rows[index] for index in sorted(rows)])

    def _version(self, job: Job) -> object:
        return (repr(job), *self.jobs.counts(job.id))


def open_services(settings: ApiSettings) -> Services:
    """Connect and make the folders. Redis need not answer yet; raises OSError when the data cannot be written."""
    files = Files(settings.data)
    files.prepare()
    redis = connect(settings.redis_url)
    return Services(settings, redis, Jobs(redis, settings.keep_days * 86400), EditLog(redis), Partials(redis), files)


def services() -> Services:
    """Return the services of the app that answers this request."""
    return cast(Services, current_app.extensions[KEY])
