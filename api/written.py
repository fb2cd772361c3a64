"""What was written of jobs, kept while nothing changes: writing is slow, and many ask for one job."""

from collections import OrderedDict
from threading import Lock

from jobs.job import Job
from jobs.result import ShotResult

MOST_KEPT = 32  # jobs
MOST_SHOTS = 3000  # of all running jobs together, about 3 kB each
LARGEST = 1_000_000  # characters; more is written anew each time, so that all of it stays under 32 MB


class Written:
    """The last text of each of the jobs that were asked for last, with what it was made of."""

    def __init__(self) -> None:
        self._texts: OrderedDict[str, tuple[object, str]] = OrderedDict()
        self._shots: OrderedDict[tuple[str, float | None], dict[int, ShotResult]] = OrderedDict()
        self._lock = Lock()
        self.alone = Lock()  # held while one is written: many ask at the same moment, and each would write the same

    def get(self, job_id: str, version: object) -> str | None:
        """Return the text of this version, where it is kept."""
        with self._lock:
            kept, text = self._texts.get(job_id, (None, ""))
        return text if kept == version else None

    def keep(self, job_id: str, version: object, text: str) -> str:
        """Keep a text, which must have been written after the version was read; return it."""
        if len(text) <= LARGEST:
            with self._lock:
                self._texts[job_id] = version, text
                self._texts.move_to_end(job_id)
                if len(self._texts) > MOST_KEPT:
                    self._texts.popitem(last=False)
        return text

    def shots(self, job: Job) -> dict[int, ShotResult]:
        """Return the shots of a running job as they were kept; to be called, as the next, while `alone` is held."""
        return dict(self._shots.get((job.id, job.started), {}))

    def keep_shots(self, job: Job, shots: dict[int, ShotResult]) -> None:
        """Keep the shots of a running job, of which nothing changes but that they are predicted."""
        self._shots[job.id, job.started] = shots
        self._shots.move_to_end((job.id, job.started))
        while len(self._shots) > MOST_KEPT or sum(map(len, self._shots.values())) > MOST_SHOTS:
            self._shots.popitem(last=False)
