"""The cutting worker: takes a job from `split`, publishes its shots as they end. A thin caller of `cut`."""

import time
from collections.abc import Callable

from jobs.errors import HandedBack, JobGone, PermanentError
from jobs.files import Files
from jobs.logs import log
from jobs.partial import Partials
from jobs.queue import Entry, Queue, connect
from jobs.record import PREDICT_GROUP, SPLIT, Jobs
from jobs.settings import CutSettings
from jobs.shot import Shot
from jobs.worker import Worker
from process_video.child import Step, cut_in_child

PUBLISH_SECONDS = 1.0  # shots of one second of cutting go to the model together
SWEEP_SECONDS = 3600.0


class CutWorker:
    """Cuts one job at a time."""

    def __init__(self, settings: CutSettings) -> None:
        redis = connect(settings.redis_url)
        self.settings = settings
        self.files = Files(settings.data)
        self.jobs = Jobs(redis, settings.keep_days * 86400)
        self.partials = Partials(redis)
        self.queue = Queue(redis, SPLIT, settings.lease)
        self.worker = Worker(self.queue, self.jobs, settings, settings.deadline + 2 * settings.stall)
        self._swept = 0.0

    def run(self) -> None:
        """Work until SIGTERM."""
        self.files.prepare()
        self.worker.run(self._handle, idle=self._sweep)

    def _handle(self, entries: list[Entry]) -> None:
        for entry in entries:
            self.worker.settle(entry, lambda entry=entry: self._cut_or_erase(entry))  # type: ignore[misc]
        self._sweep()

    def _cut_or_erase(self, entry: Entry) -> None:
        """A video that can never be cut, or that was deleted meanwhile, leaves nothing on disk."""
        job_id = entry.fields["job"]
        try:
            self._cut(entry, job_id)
        except PermanentError as error:
            self.jobs.fail(self.queue, entry, str(error), error.cause)
            self.files.erase(job_id)
            log.info("failed", why=str(error), cause=error.cause, seconds=self.worker.seconds())
        except JobGone:
            self.files.erase(job_id)
            raise

    def _cut(self, entry: Entry, job_id: str) -> None:
        self.jobs.begin(self.queue, entry)
        source = self.files.source(job_id)
        if not source.is_file():
            raise PermanentError("The video is no longer there: upload it again.", "storage")
        settings = self._settings_for(job_id)
        publisher = _Publisher(self.jobs, self.queue, entry)
        started = time.monotonic()
        steps = cut_in_child(source, self.files.frames(job_id), settings)
        try:
            for step in steps:
                self.worker.heartbeat.check(entry)
                self._stop_if_asked(step.progress, started)
                publisher.take(step)
        finally:
            steps.close()  # type: ignore[attr-defined]  # a generator: ends the child
        log.info("cut", shots=publisher.count, seconds=self.worker.seconds())

    def _settings_for(self, job_id: str) -> CutSettings:
        """The worker's settings, but for what the job's sender wanted otherwise."""
        job = self.jobs.get(job_id)
        return self.settings.model_copy(update=job.options.model_dump(exclude_none=True) if job else {})

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
        return self.jobs.exists(job_id) or self.partials.exists(job_id)


class _Publisher:
    """Writes what the child says: its progress at once, its shots about once a second, a group at a time."""

    def __init__(self, jobs: Jobs, queue: Queue, entry: Entry) -> None:
        self._publish: Callable[..., None] = lambda *args: jobs.publish(queue, entry, *args)
        self._finish: Callable[..., None] = lambda *args: jobs.finish_split(queue, entry, *args)
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
            self._publish(self._waiting, step.progress, step.video)
            self._waiting = []
            self._written = time.monotonic()
        elif not step.shot:
            self._publish([], step.progress, step.video)  # by which a deleted job is noticed too
        if step.ended:
            self._finish(step.video, self.count, step.warning)
