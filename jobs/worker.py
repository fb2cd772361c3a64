"""The loop that both workers run: take, keep the lease alive, stop cleanly. Knows nothing of what the work is."""

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
from jobs.logs import about, configure, log
from jobs.queue import MAX_ATTEMPTS, Queue
from jobs.record import Jobs
from jobs.settings import WorkerSettings
from shotlens.settings import explain
from shotlens.shots.errors import Cause, PermanentError, ShotlensError

PAUSE = 1.0  # seconds to wait when Redis does not answer
DEADLINE_EXIT = 70


class Heartbeat:
    """Renews the leases of the claims in hand from a thread, and ends the process when work outlasts its deadline.

    A native call that hangs would renew for ever: only the end of the process frees its claim.
    """

    def __init__(self, settings: WorkerSettings, deadline: float) -> None:
        self._settings = settings
        self._deadline = deadline  # seconds
        self._held: dict[str, tuple[Claim, float]] = {}
        self._lost: set[str] = set()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, daemon=True, name="heartbeat")
        self._ended = threading.Event()

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    @contextmanager
    def holding(self, claims: Iterable[Claim]) -> Iterator[None]:
        """Renew these claims while the block runs."""
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
            raise LeaseLost("another worker has taken this work over")

    def _run(self) -> None:
        while True:
            if self._settings.health_file:
                self._settings.health_file.touch()
            if self._ended.wait(self._settings.heartbeat):
                return
            with self._lock:
                held = list(self._held.values())
            for claim, since in held:
                self._beat(claim, time.monotonic() - since)

    def _beat(self, claim: Claim, age: float) -> None:
        if age > self._deadline:
            with _about(claim):
                log.critical("the work outlasted its deadline: the worker ends", seconds=round(age, 3))
            logging.shutdown()
            os._exit(DEADLINE_EXIT)
        try:
            if not claim.renew():
                self._lost.add(claim.id)
        except RedisError as error:  # the lease outlives a short outage; the owner check settles a long one
            log.warning("no heartbeat", why=str(error))


class Worker:
    """Takes claims until a signal comes. `handle` does the work; what it raises decides what becomes of the claim.

    `erase` removes the files of a job that has failed for good or is gone; None, where another worker does that.
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
        self.stop_at: float | None = None  # monotonic time by which a stopping worker must have let go
        self._taken = 0.0  # monotonic time at which the work in hand was taken

    @property
    def stopping(self) -> bool:
        return self.stop_at is not None

    def seconds(self) -> float:
        """Seconds since the work in hand was taken, for the log."""
        return round(time.monotonic() - self._taken, 3)

    def run(
        self,
        handle: Callable[[list[Claim]], None],
        gather: Callable[[Claim], list[Claim]] | None = None,
        idle: Callable[[], None] | None = None,
    ) -> None:
        """Work until SIGTERM or SIGINT. `gather` may take more claims to the first; `idle` runs when none came."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        with self.heartbeat:
            while not self.stopping:
                try:
                    self._once(handle, gather, idle)
                except (RedisError, OSError) as error:
                    self._recover(error)
        self._leave()

    def settle(self, claim: Claim, work: Callable[[], None]) -> None:
        """Run the work of one claim and turn what it raises into what the queue must know."""
        with _about(claim):
            self._settle(claim, work)

    def _settle(self, claim: Claim, work: Callable[[], None]) -> None:
        try:
            work()
        except (LeaseLost, JobGone) as gone:
            self._drop(claim, gone)
        except PermanentError as error:
            self._fail(claim, error)
        except HandedBack as stop:
            log.info("handed back", why=str(stop))
            claim.hand_back(counted=False)
        except RedisError:
            raise
        except Exception as error:
            log.exception("went wrong", attempt=claim.attempts, seconds=self.seconds())
            if isinstance(error, ShotlensError):
                self._retry(claim, str(error), error.cause)
            else:
                self._retry(claim, f"{type(error).__name__}: {error}", "other")

    def _once(
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
        self._taken = time.monotonic()
        claims = gather(claim) if gather else [claim]
        alive = [claim for claim in claims if not self._bury_if_worn(claim)]
        if alive:
            with self.heartbeat.holding(alive):
                handle(alive)

    def _bury_if_worn(self, claim: Claim) -> bool:
        if claim.attempts <= MAX_ATTEMPTS:
            return False
        with _about(claim):
            log.error("its worker died each time", attempt=claim.attempts)
        reason = "the worker died each time."
        self._unless_gone(lambda: self.jobs.bury(claim, reason, "worker_died"))
        return True

    def _retry(self, claim: Claim, said: str, cause: Cause) -> None:
        reason = f"{said.rstrip('.')}."
        if claim.attempts >= MAX_ATTEMPTS:
            self._unless_gone(lambda: self.jobs.bury(claim, reason, cause))
        else:
            claim.hand_back(delay=backoff(claim.attempts))

    def _fail(self, claim: Claim, error: PermanentError) -> None:
        """Fail a job whose work can never succeed; nothing of it stays on disk."""
        try:
            self.jobs.fail(claim, str(error), error.cause)
        except (LeaseLost, JobGone) as gone:
            self._drop(claim, gone)
        else:
            self._erase(claim.job)
            log.info("failed", why=str(error), cause=error.cause, seconds=self.seconds())

    def _drop(self, claim: Claim, gone: LeaseLost | JobGone) -> None:
        """Let go of work that is not ours any more; nothing of a job that is gone stays on disk."""
        if isinstance(gone, JobGone):
            self._erase(claim.job)
        log.info("dropped", why=str(gone))

    def _unless_gone(self, change: Callable[[], None]) -> None:
        try:
            change()
        except (LeaseLost, JobGone) as gone:
            log.info("dropped", why=str(gone))

    def _recover(self, error: Exception) -> None:
        if isinstance(error, ResponseError) and "NOGROUP" in str(error):
            self.queue.make_group()
            return
        log.warning("Redis or the disk does not answer, trying again", why=str(error))
        time.sleep(PAUSE)

    def _stop(self, number: int, _: FrameType | None) -> None:
        log.info("stopping", signal=signal.Signals(number).name)
        self.stop_at = time.monotonic() + self.settings.grace

    def _leave(self) -> None:
        try:
            self.queue.leave()
        except RedisError as error:
            log.warning("the consumer stays in the group", why=str(error))


def start(service: str, run: Callable[[], None]) -> int:
    """Run a worker's main function as a process: log to stderr, end expected errors with one sentence, not a trace."""
    configure(service)
    _step_back()
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
    """Seconds to wait before the next attempt: 2, 4, 8 ..."""
    return float(2**attempts)


def _about(claim: Claim) -> AbstractContextManager[None]:
    return about(job=claim.fields.get("job"), request=claim.fields.get("request"))


def _step_back() -> None:
    """Let the API go first where they share a machine: people wait for it. The worker's children do the same."""
    os.nice(19)
    if hasattr(os, "SCHED_IDLE"):  # on Linux: others that wake need not wait until a slice is over
        with suppress(OSError):  # where a sandbox forbids it
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
