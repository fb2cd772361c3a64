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

from jobs.errors import Cause, HandedBack, JobGone, LeaseLost, PermanentError, ShotlensError
from jobs.logs import about, configure, log
from jobs.queue import MAX_ATTEMPTS, Entry, Queue
from jobs.record import Jobs
from jobs.settings import WorkerSettings, explain

PAUSE = 1.0  # seconds to wait when Redis does not answer
DEADLINE_EXIT = 70


class Heartbeat:
    """Renews the leases of the entries in hand from a thread, and ends the process when work outlasts its deadline.

    A native call that hangs would renew for ever: only the end of the process frees its entry.
    """

    def __init__(self, queue: Queue, settings: WorkerSettings, deadline: float) -> None:
        self._queue = queue
        self._settings = settings
        self._deadline = deadline  # seconds
        self._held: dict[str, tuple[Entry, float]] = {}
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
    def holding(self, entries: Iterable[Entry]) -> Iterator[None]:
        """Renew these entries while the block runs."""
        now = time.monotonic()
        held = {entry.id: (entry, now) for entry in entries}
        with self._lock:
            self._held.update(held)
        try:
            yield
        finally:
            with self._lock:
                for entry_id in held:
                    self._held.pop(entry_id, None)
                    self._lost.discard(entry_id)

    def check(self, entry: Entry) -> None:
        """Raise LeaseLost once another worker has taken the entry."""
        if entry.id in self._lost:
            raise LeaseLost("another worker has taken this work over")

    def _run(self) -> None:
        while True:
            if self._settings.health_file:
                self._settings.health_file.touch()
            if self._ended.wait(self._settings.heartbeat):
                return
            with self._lock:
                held = list(self._held.values())
            for entry, since in held:
                self._beat(entry, time.monotonic() - since)

    def _beat(self, entry: Entry, age: float) -> None:
        if age > self._deadline:
            with _about(entry):
                log.critical("the work outlasted its deadline: the worker ends", seconds=round(age, 3))
            logging.shutdown()
            os._exit(DEADLINE_EXIT)
        try:
            if not self._queue.renew(entry):
                self._lost.add(entry.id)
        except RedisError as error:  # the lease outlives a short outage; the owner check settles a long one
            log.warning("no heartbeat", why=str(error))


class Worker:
    """Takes entries until a signal comes. `handle` does the work; what it raises decides what becomes of the entry."""

    def __init__(self, queue: Queue, jobs: Jobs, settings: WorkerSettings, deadline: float) -> None:
        self.queue = queue
        self.jobs = jobs
        self.settings = settings
        self.heartbeat = Heartbeat(queue, settings, deadline)
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
        handle: Callable[[list[Entry]], None],
        gather: Callable[[Entry], list[Entry]] | None = None,
        idle: Callable[[], None] | None = None,
    ) -> None:
        """Work until SIGTERM or SIGINT. `gather` may take more entries to the first; `idle` runs when none came."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        with self.heartbeat:
            while not self.stopping:
                try:
                    self._once(handle, gather, idle)
                except (RedisError, OSError) as error:
                    self._recover(error)
        self._leave()

    def settle(self, entry: Entry, work: Callable[[], None]) -> None:
        """Run the work of one entry and turn what it raises into what the queue must know."""
        with _about(entry):
            self._settle(entry, work)

    def _settle(self, entry: Entry, work: Callable[[], None]) -> None:
        try:
            work()
        except (LeaseLost, JobGone) as gone:
            log.info("dropped", why=str(gone))
        except PermanentError as error:
            message, cause = str(error), error.cause
            log.info("failed", why=message, cause=cause, seconds=self.seconds())
            self._unless_gone(lambda: self.jobs.fail(self.queue, entry, message, cause))
        except HandedBack as stop:
            log.info("handed back", why=str(stop))
            self.queue.hand_back(entry, counted=False)
        except RedisError:
            raise
        except Exception as error:
            log.exception("went wrong", attempt=entry.attempts, seconds=self.seconds())
            if isinstance(error, ShotlensError):
                self._retry(entry, str(error), error.cause)
            else:
                self._retry(entry, f"{type(error).__name__}: {error}", "other")

    def _once(
        self,
        handle: Callable[[list[Entry]], None],
        gather: Callable[[Entry], list[Entry]] | None,
        idle: Callable[[], None] | None,
    ) -> None:
        entry = self.queue.take()
        if entry is None:
            if idle:
                idle()
            return
        self._taken = time.monotonic()
        entries = gather(entry) if gather else [entry]
        alive = [entry for entry in entries if not self._bury_if_worn(entry)]
        if alive:
            with self.heartbeat.holding(alive):
                handle(alive)

    def _bury_if_worn(self, entry: Entry) -> bool:
        if entry.attempts <= MAX_ATTEMPTS:
            return False
        with _about(entry):
            log.error("its worker died each time", attempt=entry.attempts)
        reason = "the worker died each time."
        self._unless_gone(lambda: self.jobs.bury(self.queue, entry, reason, "worker_died"))
        return True

    def _retry(self, entry: Entry, said: str, cause: Cause) -> None:
        reason = f"{said.rstrip('.')}."
        if entry.attempts >= MAX_ATTEMPTS:
            self._unless_gone(lambda: self.jobs.bury(self.queue, entry, reason, cause))
        else:
            self.queue.hand_back(entry, delay=backoff(entry.attempts))

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


def _about(entry: Entry) -> AbstractContextManager[None]:
    return about(job=entry.fields.get("job"), request=entry.fields.get("request"))


def _step_back() -> None:
    """Let the API go first where they share a machine: people wait for it. The worker's children do the same."""
    os.nice(19)
    if hasattr(os, "SCHED_IDLE"):  # on Linux: others that wake need not wait until a slice is over
        with suppress(OSError):  # where a sandbox forbids it
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
