"""What every route needs: the settings, the job records and the files, made once per process."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

from flask import current_app
from redis import Redis

from api.jobs.result_cache import ResultCache
from api.settings import ApiSettings
from jobs.edit_log import EditLog
from jobs.queue import connect
from jobs.record import VERSION, Jobs
from jobs.upgrade import upgrade
from jobs.uploads import PartialUploads
from shotlens.shots.camera import within
from shotlens.shots.edits import CorrectedShot, Edit, LabelEdit, corrected
from shotlens.shots.heads import HEADS
from shotlens.shots.job import RUNNING, Job
from shotlens.shots.result import Address, JobResult, ShotResult, result, result_of, rows, with_predictions
from shotlens.shots.shot import FRAMES_PER_SHOT, CameraPath, Frame, Shot
from shotlens.storage.files import JOB_ID, Files

KEY = "shotlens"  # in app.extensions


@dataclass(frozen=True, slots=True)
class Services:
    """The rooms behind the routes."""

    settings: ApiSettings
    redis: "Redis"
    jobs: Jobs
    edits: EditLog
    uploads: PartialUploads
    files: Files
    cache: ResultCache = field(default_factory=ResultCache)

    @property
    def webhook_hosts(self) -> frozenset[str]:
        """Who may be called back: nobody without a secret to sign with."""
        return frozenset((self.settings.webhook_hosts or "").split() if self.settings.webhook_secret else ())

    def find(self, job_id: str) -> Job | None:
        """Read a job; None for an id that is unknown, deleted or no id at all."""
        job = self.jobs.get(job_id) if JOB_ID.fullmatch(job_id) else None
        if job and job.state != "cancelled" and job.version != VERSION:
            upgrade(self.redis, job_id)
            job = self.jobs.get(job_id)
        return None if job is None or job.state == "cancelled" else job

    def delete(self, job_id: str) -> None:
        """Remove a job in any state, with its video and its frames."""
        self.jobs.delete(job_id)
        self.files.erase(job_id)

    def result(self, job: Job, edits: Sequence[Edit] | None = None) -> JobResult:
        """Put together what is known of a job by now, its frames as addresses on this server.

        It is as corrected by hand, or by these edits instead.
        """
        edits = self.edits.read(job) if edits is None else edits
        return result(job, self.jobs.shots(job.id), self.jobs.predictions(job.id), frame_address(job.id), edits)

    def rows(self, job: Job, firsts: Sequence[int]) -> list[ShotResult]:
        """Write the shots with these first frames, as they were found."""
        numbers = {first: number for number, first in enumerate(self.jobs.first_frames(job.id))}
        predictions = self.jobs.predictions(job.id, firsts)
        shots = self.jobs.shots(job.id, firsts)
        found = [
            CorrectedShot(numbers[shot.start_frame], shot, predictions.get(shot.start_frame, {}), {}, False)
            for shot in shots
        ]
        by_frames = {shot.frames[0].shot: numbers[shot.start_frame] for shot in shots}
        return rows(job, found, by_frames, frame_address(job.id))

    def camera_path(self, job: Job, index: int) -> CameraPath | None:
        """Read how the camera moves in a shot, as its bounds are by now; None where there is no such shot."""
        edits, shots = self.edits.read(job), self.jobs.shots(job.id)
        bounds = corrected(shots, {}, edits)
        if index >= len(bounds):
            return None
        shot = bounds[index].shot
        parents = [one.start_frame for one in shots if _overlap(one, shot)]
        found = self.jobs.shots(job.id, parents, camera=True)
        if all(isinstance(edit, LabelEdit) for edit in edits):  # then the shots are those that were found
            return found[0].camera_path
        return within(shot, found)

    def frame_names(self, job: Job) -> dict[int, list[tuple[str, Frame]]]:
        """Name the frames of each shot of a job, as corrected, for people, `<found shot>/<k>.jpg`, and for storage."""
        shots = self.jobs.shots(job.id)
        numbers = {shot.frames[0].shot: number for number, shot in enumerate(shots)}
        return {
            one.index: [(f"{numbers[frame.shot]}/{frame.k}.jpg", frame) for frame in one.shot.frames]
            for one in corrected(shots, {}, self.edits.read(job))
        }

    def frame(self, job_id: str, number: int, k: int) -> Frame | None:
        """Name frame `k` of a shot, by its number among those that were found; None where there is no such frame."""
        names = self.cache.frames(job_id)
        if not names:
            job = self.find(job_id)
            if job and job.state == "done":
                names = [shot.frames for shot in self.jobs.shots(job_id)]
                self.cache.keep_frames(job_id, names)
            elif job:
                firsts = self.jobs.first_frames(job_id)[number : number + 1]
                return next((shot.frames[k] for shot in self.jobs.shots(job_id, firsts) if k < FRAMES_PER_SHOT), None)
        return names[number][k] if number < len(names) and k < FRAMES_PER_SHOT else None

    def written_result(self, job: Job) -> str:
        """Write the result as JSON, or give what was written while neither record nor shots have changed."""
        text = self.cache.get(job.id, self._version(job))
        if text is None:
            with self.cache.alone:
                if job.state in RUNNING:  # it may be further by now, and another has written that
                    job = self.jobs.get(job.id) or job
                version = self._version(job)
                text = self.cache.get(job.id, version)
                if text is None:
                    value = self._so_far(job) if job.state in RUNNING else self.result(job)
                    text = self.cache.keep(job.id, version, value.model_dump_json())
        return text

    def _so_far(self, job: Job) -> JobResult:
        """Put together what is known of a running job, reading no shot and no prediction twice."""
        known = self.cache.rows(job)
        lacking = [first for first, row in known.items() if any(row.predicted(head) is None for head in HEADS)]
        for first, predictions in (self.jobs.predictions(job.id, lacking) if lacking else {}).items():
            known[first] = with_predictions(known[first], predictions)
        if new := sorted(set(self.jobs.first_frames(job.id)) - known.keys()):
            known |= {row.start_frame: row for row in self.rows(job, new)}
        self.cache.keep_rows(job, known)
        return result_of(job, [known[first] for first in sorted(known)])

    def _version(self, job: Job) -> object:
        return (repr(job), *self.jobs.counts(job.id))


def open_services(settings: ApiSettings) -> Services:
    """Connect and make the folders. Redis need not answer yet; raises OSError when the data cannot be written."""
    files = Files(settings.data)
    files.prepare()
    redis = connect(settings.redis_url)
    jobs = Jobs(redis, settings.keep_days * 86400)
    return Services(settings, redis, jobs, EditLog(redis), PartialUploads(redis), files)


def services() -> Services:
    """Return the services of the app that answers this request."""
    return cast(Services, current_app.extensions[KEY])


def frame_address(job_id: str) -> Address:
    """Tell where on this server the frames of a job are: by the number of the found shot, and 0 to 7."""
    return lambda number, k: f"/jobs/{job_id}/shots/{number}/frames/{k}.jpg"


def _overlap(one: Shot, other: Shot) -> bool:
    return one.start_frame < other.end_frame and other.start_frame < one.end_frame
