"""The loop that both workers run: claim work, keep its lease alive, stop cleanly. Does not know what the work is."""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from types import FrameType

from pydantic import ValidationError
from redis.exceptions import RedisError, ResponseError

from jobs.claim import Claim
from jobs.errors import HandedBack, JobGone, LeaseLost
from jobs.logs import configure, log, log_context
from jobs.queue import MAX_ATTEMPTS, Queue
from jobs.record import Jobs
from jobs.settings import WorkerSettings
from shotlens.settings import explain
from shotlens.shots.errors import Cause, PermanentError, ShotlensError

RETRY_SECONDS = 1.0  # pause before the next attempt when Redis does not answer
DEADLINE_EXIT = 70  # exit code


class Heartbeat:
    """Renews the leases of the claims in hand from a thread, and ends the process when work exceeds its deadline.

    If a native call hung, its lease would be renewed for ever: only the end of the process releases the claim.
    """

    def __init__(self, settings: WorkerSettings, deadline: float) -> None:
        self._settings = settings
        self._deadline = deadline  # seconds
        self._held: dict[str, tuple[Claim, float]] = {}
        self._lost: set[str] = set()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, daemon=True, name="heartbeat")
        self._closing = threading.Event()

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._thread.join()

    @contextmanager
    def holding(self, claims: Iterable[Claim]) -> Iterator[None]:
        """Renew the leases of these claims while the block runs."""
        now = time.monotonic()
        held = {claim.id: (claim, now) for claim in claims}
        with self._lock:
            self._held.update(held)
        try:
            yield
        finally:
            with self._lock:
                for entry_id in held:
                    self._held.pop(entry_id, None)
                    self._lost.discard(entry_id)

    def check(self, claim: Claim) -> None:
        """Raise LeaseLost once another worker has taken the claim."""
        if claim.id in self._lost:
            raise LeaseLost("another worker has taken over this work")

    def _run(self) -> None:
        while True:
            if self._settings.health_file:
                self._settings.health_file.touch()
            if self._closing.wait(self._settings.heartbeat):
                return
            with self._lock:
                held = list(self._held.values())
            for claim, since in held:
                self._renew(claim, time.monotonic() - since)

    def _renew(self, claim: Claim, age: float) -> None:
        if age > self._deadline:
            with _log_context(claim):
                log.critical("the work exceeded its deadline, the worker exits", seconds=round(age, 3))
            logging.shutdown()
            os._exit(DEADLINE_EXIT)
        try:
            if not claim.renew():
                self._lost.add(claim.id)
        except RedisError as error:  # the lease outlives a short outage; after a long one, the owner check decides
            log.warning("the heartbeat failed", why=str(error))


class Worker:
    """Takes claims until a signal arrives. `handle` does the work; what it raises decides what happens to the claim.

    `erase` removes the files of a job that has failed for good or is gone; None if another worker does that.
    """

    def __init__(
        self,
        queue: Queue,
        jobs: Jobs,
        settings: WorkerSettings,
        deadline: float,
        erase: Callable[[str], None] | None = None,
    ) -> None:
        self.queue = queue
        self.jobs = jobs
        self.settings = settings
        self.heartbeat = Heartbeat(settings, deadline)
        self._erase = erase or (lambda job_id: None)
        self.stop_at: float | None = None  # monotonic time by which a stopping worker must release its claims
        self._taken_at = 0.0  # monotonic time at which the work in hand was claimed

    @property
    def stopping(self) -> bool:
        return self.stop_at is not None

    def seconds(self) -> float:
        """Return the seconds since the work in hand was claimed, for the log."""
        return round(time.monotonic() - self._taken_at, 3)

    def run(
        self,
        handle: Callable[[list[Claim]], None],
        gather: Callable[[Claim], list[Claim]] | None = None,
        idle: Callable[[], None] | None = None,
    ) -> None:
        """Work until SIGTERM or SIGINT. `gather` may add claims to the first one; `idle` runs when there is no work."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        with self.heartbeat:
            while not self.stopping:
                try:
                    self._take_and_handle(handle, gather, idle)
                except (RedisError, OSError) as error:
                    self._recover(error)
        self._leave()

    def settle(self, claim: Claim, work: Callable[[], None]) -> None:
        """Run the work of one claim, and fail, retry or drop the claim depending on what it raises."""
        with _log_context(claim):
            self._settle(claim, work)

    def _settle(self, claim: Claim, work: Callable[[], None]) -> None:
        try:
            work()
        except (LeaseLost, JobGone) as error:
            self._drop(claim, error)
        except PermanentError as error:
            self._fail(claim, error)
        except HandedBack as stop:
            log.info("handed back", why=str(stop))
            claim.hand_back(counted=False)
        except RedisError:
            raise
        except Exception as error:
            log.exception("the attempt failed", attempt=claim.attempts, seconds=self.seconds())
            if isinstance(error, ShotlensError):
                self._retry(claim, str(error), error.cause)
            else:
                self._retry(claim, f"{type(error).__name__}: {error}", "other")

    def _take_and_handle(
        self,
        handle: Callable[[list[Claim]], None],
        gather: Callable[[Claim], list[Claim]] | None,
        idle: Callable[[], None] | None,
    ) -> None:
        claim = self.queue.take()
        if claim is None:
            if idle:
                idle()
            return
        self._taken_at = time.monotonic()
        claims = gather(claim) if gather else [claim]
        fresh = [claim for claim in claims if not self._bury_if_exhausted(claim)]
        if fresh:
            with self.heartbeat.holding(fresh):
                handle(fresh)

    def _bury_if_exhausted(self, claim: Claim) -> bool:
        if claim.attempts <= MAX_ATTEMPTS:
            return False
        with _log_context(claim):
            log.error("the worker died on every attempt", attempt=claim.attempts)
        reason = "the worker died each time."
        self._unless_gone(lambda: self.jobs.bury(claim, reason, "worker_died"))
        return True

    def _retry(self, claim: Claim, message: str, cause: Cause) -> None:
        reason = f"{message.rstrip('.')}."
        if claim.attempts >= MAX_ATTEMPTS:
            self._unless_gone(lambda: self.jobs.bury(claim, reason, cause))
        else:
            claim.hand_back(delay=backoff(claim.attempts))

    def _fail(self, claim: Claim, error: PermanentError) -> None:
        """Fail a job whose work can never succeed, and remove its files."""
        try:
            self.jobs.fail(claim, str(error), error.cause)
        except (LeaseLost, JobGone) as reason:
            self._drop(claim, reason)
        else:
            self._erase(claim.job)
            log.info("failed", why=str(error), cause=error.cause, seconds=self.seconds())

    def _drop(self, claim: Claim, reason: LeaseLost | JobGone) -> None:
        """Discard work that is no longer ours, and remove the files of a job that is gone."""
        if isinstance(reason, JobGone):
            self._erase(claim.job)
        log.info("dropped", why=str(reason))

    def _unless_gone(self, change: Callable[[], None]) -> None:
        try:
            change()
        except (LeaseLost, JobGone) as error:
            log.info("dropped", why=str(error))

    def _recover(self, error: Exception) -> None:
        if isinstance(error, ResponseError) and "NOGROUP" in str(error):
            self.queue.make_group()
            return
        log.warning("Redis or the disk does not respond, trying again", why=str(error))
        time.sleep(RETRY_SECONDS)

    def _stop(self, number: int, _: FrameType | None) -> None:
        log.info("stopping", signal=signal.Signals(number).name)
        self.stop_at = time.monotonic() + self.settings.grace

    def _leave(self) -> None:
        try:
            self.queue.leave()
        except RedisError as error:
            log.warning("the consumer could not leave its group", why=str(error))


def start(service: str, run: Callable[[], None]) -> int:
    """Run a worker's main function as a process; return its exit code. An expected error is logged as one sentence."""
    configure(service)
    _lower_priority()
    try:
        run()
    except ValidationError as error:
        log.error(explain(error))
        return 1
    except (ShotlensError, OSError) as error:
        log.error(str(error))
        return 1
    return 0


def backoff(attempts: int) -> float:
    """Return the seconds to wait before the next attempt: 2, 4, 8 ..."""
    return float(2**attempts)


def _log_context(claim: Claim) -> AbstractContextManager[None]:
    return log_context(job=claim.fields.get("job"), request=claim.fields.get("request"))


def _lower_priority() -> None:
    """Let the API go first on a shared machine, because people wait for it. The worker's children inherit this."""
    os.nice(19)
    if hasattr(os, "SCHED_IDLE"):  # on Linux: a process that wakes up preempts the worker at once
        with suppress(OSError):  # a sandbox may forbid it
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
