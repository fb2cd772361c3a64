"""The cutting worker: claims a job from `split` and publishes each shot when it ends. A thin caller of `cut`."""

import time
from dataclasses import replace
from functools import partial

from jobs.claim import Claim
from jobs.errors import HandedBack
from jobs.expiry import delete_expired
from jobs.logs import log
from jobs.names import SPLIT
from jobs.queue import Queue, connect
from jobs.record import PREDICT_GROUP, Jobs
from jobs.settings import WorkerSettings
from jobs.upgrade import upgrade
from jobs.uploads import PartialUploads
from jobs.worker import Worker
from process_video.poster import Poster
from shotlens.cutting.child import Step, cut_in_child
from shotlens.cutting.options import CutOptions
from shotlens.shots.errors import PermanentError
from shotlens.shots.shot import Shot
from shotlens.storage.files import Files

PUBLISH_SECONDS = 1.0  # shots detected within one second go to the model together
SWEEP_SECONDS = 3600.0


class CutWorker:
    """Cuts one job at a time."""

    def __init__(self, settings: WorkerSettings, options: CutOptions) -> None:
        redis = connect(settings.redis_url)
        self.options = options
        self.files = Files(settings.data)
        self.jobs = Jobs(redis, settings.keep_days * 86400)
        self.uploads = PartialUploads(redis)
        self.queue = Queue(redis, SPLIT, settings.lease)
        self.worker = Worker(
            self.queue, self.jobs, settings, options.deadline + 2 * options.stall, erase=self.files.erase
        )
        self._swept_at: float | None = None  # monotonic time

    def run(self) -> None:
        """Work until SIGTERM."""
        self.files.prepare()
        self.worker.run(self._handle, idle=self._sweep)

    def _handle(self, claims: list[Claim]) -> None:
        for claim in claims:
            self.worker.settle(claim, partial(self._cut, claim))
        self._sweep()

    def _cut(self, claim: Claim) -> None:
        upgrade(self.jobs.redis, claim.job)
        self.jobs.begin(claim)
        source = self.files.source(claim.job)
        if not source.is_file():
            raise PermanentError("The video is no longer there: upload it again.", "storage")
        frames = self.files.frames(claim.job)
        publisher = _Publisher(self.jobs, claim, Poster(frames))
        started = time.monotonic()
        steps = cut_in_child(source, frames.folder, self._options_for(claim.job))
        try:
            for step in steps:
                self.worker.heartbeat.check(claim)
                self._stop_in_time(step.progress, started)
                publisher.add(step)
        finally:
            steps.close()  # type: ignore[attr-defined]  # a generator: closing it ends the child
        log.info("cut", shots=publisher.shot_count, seconds=self.worker.seconds())

    def _options_for(self, job_id: str) -> CutOptions:
        """Return the worker's options, with those that the job's sender overrides."""
        job = self.jobs.get(job_id)
        return replace(self.options, **job.options.model_dump(exclude_none=True)) if job else self.options

    def _stop_in_time(self, progress: float, started: float) -> None:
        """After SIGTERM, hand the job back unless the rest fits into the grace period, at the speed so far."""
        if self.worker.stop_at is None:
            return
        now = time.monotonic()
        seconds_left = (now - started) * (1 - progress) / max(progress, 1e-3)
        if now + seconds_left > self.worker.stop_at:
            raise HandedBack("the worker is stopping")

    def _sweep(self) -> None:
        """Delete what has expired, at the start and then every `SWEEP_SECONDS`: jobs, and files without a record."""
        if self._swept_at is None or time.monotonic() - self._swept_at > SWEEP_SECONDS:
            self._swept_at = time.monotonic()
            for job_id in delete_expired(self.jobs):
                self.files.erase(job_id)
                log.info("deleted", job=job_id, why="expired")
            for job_id in self.files.sweep(self._has_record):
                log.info("deleted files without a record", job=job_id, why="expired")

    def _has_record(self, job_id: str) -> bool:
        return self.jobs.exists(job_id) or self.uploads.exists(job_id)


class _Publisher:
    """Publishes the steps of the child: progress at once, shots in groups about once a second."""

    def __init__(self, jobs: Jobs, claim: Claim, poster: Poster) -> None:
        self._jobs, self._claim, self._poster = jobs, claim, poster
        self._pending: list[Shot] = []
        self.shot_count = 0
        self._published_at = 0.0  # monotonic time

    def add(self, step: Step) -> None:
        """Add a step; shots are published once a second is over, a group is full or the video ends."""
        if step.shot:
            self._pending.append(step.shot)
            self._poster.add(step.shot)
            self.shot_count += 1
        is_due = time.monotonic() - self._published_at >= PUBLISH_SECONDS
        if is_due or step.ended or len(self._pending) >= PREDICT_GROUP:
            self._jobs.publish(self._claim, self._pending, step.progress, step.video, self._poster.frame)
            self._pending = []
            self._published_at = time.monotonic()
        elif not step.shot:
            self._jobs.publish(self._claim, [], step.progress, step.video)  # this also detects a deleted job
        if step.ended:
            self._jobs.finish_cutting(self._claim, step.video, self.shot_count, step.warning)
