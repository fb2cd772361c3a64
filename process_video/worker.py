"""The cutting worker: takes a job from `split`, publishes its shots as they end. A thin caller of `cut`."""

import time
from dataclasses import replace

from jobs.claim import Claim
from jobs.errors import HandedBack
from jobs.logs import log
from jobs.names import SPLIT
from jobs.queue import Queue, connect
from jobs.record import PREDICT_GROUP, Jobs
from jobs.settings import WorkerSettings
from jobs.upgrade import upgrade
from jobs.uploads import PartialUploads
from jobs.worker import Worker
from shotlens.cutting.child import Step, cut_in_child
from shotlens.cutting.options import CutOptions
from shotlens.shots.errors import PermanentError
from shotlens.shots.shot import Shot
from shotlens.storage.files import Files

PUBLISH_SECONDS = 1.0  # shots of one second of cutting go to the model together
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
        self._swept = 0.0

    def run(self) -> None:
        """Work until SIGTERM."""
        self.files.prepare()
        self.worker.run(self._handle, idle=self._sweep)

    def _handle(self, claims: list[Claim]) -> None:
        for claim in claims:
            self.worker.settle(claim, lambda claim=claim: self._cut(claim))  # type: ignore[misc]
        self._sweep()

    def _cut(self, claim: Claim) -> None:
        upgrade(self.jobs.redis, claim.job)
        self.jobs.begin(claim)
        source = self.files.source(claim.job)
        if not source.is_file():
            raise PermanentError("The video is no longer there: upload it again.", "storage")
        publisher = _Publisher(self.jobs, claim)
        started = time.monotonic()
        steps = cut_in_child(source, self.files.frames(claim.job).folder, self._options_for(claim.job))
        try:
            for step in steps:
                self.worker.heartbeat.check(claim)
                self._stop_if_asked(step.progress, started)
                publisher.take(step)
        finally:
            steps.close()  # type: ignore[attr-defined]  # a generator: ends the child
        log.info("cut", shots=publisher.count, seconds=self.worker.seconds())

    def _options_for(self, job_id: str) -> CutOptions:
        """The worker's options, but for what the job's sender wants otherwise."""
        job = self.jobs.get(job_id)
        return replace(self.options, **job.options.model_dump(exclude_none=True)) if job else self.options

    def _stop_if_asked(self, progress: float, started: float) -> None:
        """Go on after SIGTERM only if the rest fits the grace period, judged by the speed so far."""
        if self.worker.stop_at is None:
            return
        now = time.monotonic()
        rest = (now - started) * (1 - progress) / max(progress, 1e-3)
        if now + rest > self.worker.stop_at:
            raise HandedBack("the worker is stopping")

    def _sweep(self) -> None:
        if time.monotonic() - self._swept > SWEEP_SECONDS or not self._swept:
            self._swept = time.monotonic()
            for job_id in self.files.sweep(self._is_known):
                log.info("its files are removed, no record knows it", job=job_id)

    def _is_known(self, job_id: str) -> bool:
        return self.jobs.exists(job_id) or self.uploads.exists(job_id)


class _Publisher:
    """Writes what the child says: its progress at once, its shots about once a second, a group at a time."""

    def __init__(self, jobs: Jobs, claim: Claim) -> None:
        self._jobs, self._claim = jobs, claim
        self._waiting: list[Shot] = []
        self.count = 0
        self._written = 0.0

    def take(self, step: Step) -> None:
        """Take one more step; shots are written when a second is over, a group is full or the video ends."""
        if step.shot:
            self._waiting.append(step.shot)
            self.count += 1
        due = time.monotonic() - self._written >= PUBLISH_SECONDS
        if due or step.ended or len(self._waiting) >= PREDICT_GROUP:
            self._jobs.publish(self._claim, self._waiting, step.progress, step.video)
            self._waiting = []
            self._written = time.monotonic()
        elif not step.shot:
            self._jobs.publish(self._claim, [], step.progress, step.video)  # which also notices that a job was deleted
        if step.ended:
            self._jobs.finish_split(self._claim, step.video, self.count, step.warning)
