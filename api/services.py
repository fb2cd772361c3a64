"""What every route needs: the settings, the job records and the files, created once per process."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from flask import current_app
from redis import Redis

from api.http.access import who
from api.jobs.result_cache import ResultCache
from api.settings import ApiSettings
from jobs.edit_log import EditLog
from jobs.logs import log
from jobs.queue import connect
from jobs.record import VERSION, Jobs
from jobs.upgrade import upgrade
from jobs.uploads import PartialUploads
from jobs.waiting import Places
from shotlens.exports.stills import Stills
from shotlens.shots.answers import JobAnswer, JobSummary, job_answer, job_summary
from shotlens.shots.camera import motions_within
from shotlens.shots.edits import CorrectedShot, Edit, corrected
from shotlens.shots.heads import HEADS
from shotlens.shots.job import RUNNING, Job, ListedJob
from shotlens.shots.result import (
    FrameAddress,
    JobResult,
    ShotResult,
    result,
    result_from_rows,
    shot_rows,
    with_predictions,
)
from shotlens.shots.shot import FRAMES_PER_SHOT, CameraPath, Frame, Shot
from shotlens.storage.files import JOB_ID, Files

EXTENSION = "shotlens"  # the name of the Services in app.extensions


@dataclass(frozen=True, slots=True)
class Services:
    """Access to jobs, corrections, uploads and files, for the routes."""

    settings: ApiSettings
    redis: "Redis"
    jobs: Jobs
    edits: EditLog
    uploads: PartialUploads
    places: Places
    files: Files
    cache: ResultCache = field(default_factory=ResultCache)

    @property
    def webhook_hosts(self) -> frozenset[str]:
        """The hosts that may be called back: none without a secret to sign with."""
        return frozenset((self.settings.webhook_hosts or "").split() if self.settings.webhook_secret else ())

    def find(self, job_id: str) -> Job | None:
        """Read a job; None if the id is unknown, deleted or malformed."""
        job = self.jobs.get(job_id) if JOB_ID.fullmatch(job_id) else None
        if job and job.state != "cancelled" and job.version != VERSION:
            upgrade(self.redis, job_id)
            job = self.jobs.get(job_id)
        return None if job is None or job.state == "cancelled" else job

    def delete(self, job_id: str) -> None:
        """Delete a job in any state, with its video and its frames."""
        self.jobs.delete(job_id)
        self.files.erase(job_id)
        log.info("deleted", job=job_id, why="by hand", who=who())

    def result(self, job: Job, edits: Sequence[Edit] | None = None) -> JobResult:
        """Build the result of a job so far, with its frames as addresses on this server.

        The stored corrections apply, or instead of them `edits`.
        """
        edits = self.edits.read(job) if edits is None else edits
        return result(job, self.jobs.shots(job.id), self.jobs.predictions(job.id), frame_address(job.id), edits)

    def answer(self, job: Job, job_result: JobResult | None = None) -> JobAnswer:
        """Build what this service answers about a job: its result so far, or this one, and where it stands."""
        return job_answer(self._with_duplicate(job), job_result or self.result(job), self.places.of(job))

    def summary(self, listed: ListedJob) -> JobSummary:
        """Build what a list of this service shows of a job."""
        job = self._with_duplicate(listed.job)
        return job_summary(replace(listed, job=job), frame_address(job.id), self.places.of(job))

    def rows(self, job: Job, first_frames: Sequence[int]) -> list[ShotResult]:
        """Build the rows of the shots with these first frames, as detected, without corrections."""
        numbers = {first: number for number, first in enumerate(self.jobs.first_frames(job.id))}
        predictions = self.jobs.predictions(job.id, first_frames)
        shots = self.jobs.shots(job.id, first_frames)
        uncorrected = [
            CorrectedShot(numbers[shot.start_frame], shot, predictions.get(shot.start_frame, {}), {}, False)
            for shot in shots
        ]
        numbers_by_frame_name = {shot.frames[0].shot: numbers[shot.start_frame] for shot in shots}
        return shot_rows(job, uncorrected, numbers_by_frame_name, frame_address(job.id))

    def camera_path(self, job: Job, index: int) -> CameraPath | None:
        """Read how the camera moves in a shot, within its bounds as corrected; None if there is no such shot."""
        detected = self.jobs.shots(job.id)
        shots = corrected(detected, {}, self.edits.read(job))
        if index >= len(shots):
            return None
        shot = shots[index].shot
        parents = [parent.start_frame for parent in detected if _overlap(parent, shot)]
        first, *others = self.jobs.shots(job.id, parents, camera=True)
        if (first.start_frame, first.end_frame) == (shot.start_frame, shot.end_frame):
            return first.camera_path
        return motions_within(shot, [first, *others])

    def stills(self, job: Job) -> Stills:
        """Return access to the stored frames of each corrected shot."""
        shots = corrected(self.jobs.shots(job.id), {}, self.edits.read(job))
        return Stills({row.index: row.shot.frames for row in shots}, self.files.frames(job.id))

    def frame(self, job_id: str, number: int, k: int) -> Frame | None:
        """Return the name of frame `k` of the detected shot with this number; None if there is no such frame."""
        names = self.cache.frames(job_id)
        if not names:
            job = self.find(job_id)
            if job and job.state == "done":
                names = [shot.frames for shot in self.jobs.shots(job_id)]
                self.cache.keep_frames(job_id, names)
            elif job:
                first_frames = self.jobs.first_frames(job_id)[number : number + 1]
                shots = self.jobs.shots(job_id, first_frames)
                return next((shot.frames[k] for shot in shots if k < FRAMES_PER_SHOT), None)
        return names[number][k] if number < len(names) and k < FRAMES_PER_SHOT else None

    def result_json(self, job: Job) -> str:
        """Return the result as JSON, from the cache as long as record, shots and predictions do not change."""
        text = self.cache.get(job.id, self._version(job))
        if text is None:
            with self.cache.writing:
                if job.state in RUNNING:  # another request may have cached a newer version by now
                    job = self.jobs.get(job.id) or job
                version = self._version(job)
                text = self.cache.get(job.id, version)
                if text is None:
                    value = self.answer(job, self._running_result(job) if job.state in RUNNING else None)
                    text = self.cache.keep(job.id, version, value.model_dump_json())
        return text

    def _running_result(self, job: Job) -> JobResult:
        """Build the result of a running job so far, without reading any shot or prediction twice."""
        rows = self.cache.rows(job)
        incomplete = [first for first, row in rows.items() if any(row.predicted(head) is None for head in HEADS)]
        for first, predictions in (self.jobs.predictions(job.id, incomplete) if incomplete else {}).items():
            rows[first] = with_predictions(rows[first], predictions)
        if new := sorted(set(self.jobs.first_frames(job.id)) - rows.keys()):
            rows |= {row.start_frame: row for row in self.rows(job, new)}
        self.cache.keep_rows(job, rows)
        return result_from_rows(job, [rows[first] for first in sorted(rows)])

    def _version(self, job: Job) -> object:
        return (repr(self._with_duplicate(job)), *self.jobs.counts(job.id), self.places.of(job))

    def _with_duplicate(self, job: Job) -> Job:
        """Return the job without the earlier one of the same bytes if that has been deleted since."""
        is_there = job.duplicate_of and self.jobs.exists(job.duplicate_of)
        return job if is_there else replace(job, duplicate_of=None)


def open_services(settings: ApiSettings) -> Services:
    """Connect to Redis, which need not answer yet, and create the folders. Raises OSError if that is not possible."""
    files = Files(settings.data)
    files.prepare()
    redis = connect(settings.redis_url)
    jobs = Jobs(redis, settings.keep_days * 86400)
    edits = EditLog(redis, jobs.keep_seconds)
    return Services(settings, redis, jobs, edits, PartialUploads(redis), Places(redis), files)


def services() -> Services:
    """Return the services of the application that handles this request."""
    return cast(Services, current_app.extensions[EXTENSION])


def frame_address(job_id: str) -> FrameAddress:
    """Return the function that maps the number of a detected shot and 0 to 7 to the address of its frame."""
    return lambda number, k: f"/jobs/{job_id}/shots/{number}/frames/{k}.jpg"


def _overlap(first: Shot, second: Shot) -> bool:
    return first.start_frame < second.end_frame and second.start_frame < first.end_frame
