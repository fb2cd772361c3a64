"""The loop that both workers run: take, keep the lease alive, stop cleanly. Knows nothing of what the work is."""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType

from pydantic import ValidationError
from redis.exceptions import RedisError, ResponseError

from jobs.errors import HandedBack, JobGone, LeaseLost, PermanentError, ShotlensError
from jobs.queue import MAX_ATTEMPTS, Entry, Queue
from jobs.record import Jobs
from jobs.settings import WorkerSettings, explain

log = logging.getLogger("shotlens")
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
            log.critical("job %s outlasted its deadline: the worker ends", entry.fields.get("job"))
            logging.shutdown()
            os._exit(DEADLINE_EXIT)
        try:
            if not self._queue.renew(entry):
                self._lost.add(entry.id)
        except RedisError as error:  # the lease outlives a short outage; the owner check settles a long one
            log.warning("no heartbeat: %s", error)


class Worker:
    """Takes entries until a signal comes. `handle` does the work; what it raises decides what becomes of the entry."""

    def __init__(self, queue: Queue, jobs: Jobs, settings: WorkerSettings, deadline: float) -> None:
        self.queue = queue
        self.jobs = jobs
        self.settings = settings
        self.heartbeat = Heartbeat(queue, settings, deadline)
        self.stop_at: float | None = None  # monotonic time by which a stopping worker must have let go

    @property
    def stopping(self) -> bool:
        return self.stop_at is not None

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
        job = entry.fields.get("job")
        try:
            work()
        except (LeaseLost, JobGone) as gone:
            log.info("job %s: dropped, %s", job, gone)
        except PermanentError as error:
            log.info("job %s: failed, %s", job, error)
            message = str(error)
            self._unless_gone(lambda: self.jobs.fail(self.queue, entry, message))
        except HandedBack as stop:
            log.info("job %s: handed back, %s", job, stop)
            self.queue.hand_back(entry, counted=False)
        except RedisError:
            raise
        except Exception as error:
            log.exception("job %s: attempt %d went wrong", job, entry.attempts)
            said = str(error) if isinstance(error, ShotlensError) else f"{type(error).__name__}: {error}"
            self._retry(entry, f"{said.rstrip('.')}.")

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
        entries = gather(entry) if gather else [entry]
        alive = [entry for entry in entries if not self._bury_if_worn(entry)]
        if alive:
            with self.heartbeat.holding(alive):
                handle(alive)

    def _bury_if_worn(self, entry: Entry) -> bool:
        if entry.attempts <= MAX_ATTEMPTS:
            return False
        log.error("job %s: its worker died %d times", entry.fields.get("job"), MAX_ATTEMPTS)
        reason = "the worker died each time."
        self._unless_gone(lambda: self.jobs.bury(self.queue, entry, reason))
        return True

    def _retry(self, entry: Entry, reason: str) -> None:
        if entry.attempts >= MAX_ATTEMPTS:
            self._unless_gone(lambda: self.jobs.bury(self.queue, entry, reason))
        else:
            self.queue.hand_back(entry, delay=backoff(entry.attempts))

    def _unless_gone(self, change: Callable[[], None]) -> None:
        try:
            change()
        except (LeaseLost, JobGone) as gone:
            log.info("%s", gone)

    def _recover(self, error: Exception) -> None:
        if isinstance(error, ResponseError) and "NOGROUP" in str(error):
            self.queue.make_group()
            return
        log.warning("Redis or the disk does not answer, trying again: %s", error)
        time.sleep(PAUSE)

    def _stop(self, number: int, _: FrameType | None) -> None:
        log.info("%s: stopping", signal.Signals(number).name)
        self.stop_at = time.monotonic() + self.settings.grace

    def _leave(self) -> None:
        try:
            self.queue.leave()
        except RedisError as error:
            log.warning("the consumer stays in the group: %s", error)


def start(run: Callable[[], None]) -> int:
    """Run a worker's main function as a process: log to stderr, end expected errors with one sentence, not a trace."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        run()
    except ValidationError as error:
        log.error("%s", explain(error))
        return 1
    except (ShotlensError, OSError) as error:
        log.error("%s", error)
        return 1
    return 0


def backoff(attempts: int) -> float:
    """Seconds to wait before the next attempt: 2, 4, 8 ..."""
    return float(2**attempts)
