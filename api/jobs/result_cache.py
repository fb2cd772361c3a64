"""What was put together of jobs, kept while nothing changes: that takes long, and many ask for one job."""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import TypeVar

from shotlens.shots.job import Job
from shotlens.shots.result import ShotResult
from shotlens.shots.shot import Frame

MOST_KEPT = 32  # jobs
MOST_SHOTS = 3000  # of all running jobs together, about 3 kB each
LARGEST = 1_000_000  # characters; more is written anew each time, so that all of it stays under 32 MB

Kept = TypeVar("Kept")
Names = Sequence[tuple[Frame, ...]]  # of the frames of each shot that was found, in order


class ResultCache:
    """What was written last of each of the jobs that were asked for last, with what it was made of."""

    def __init__(self) -> None:
        self._texts: OrderedDict[str, tuple[object, str]] = OrderedDict()
        self._rows: OrderedDict[tuple[str, float | None], dict[int, ShotResult]] = OrderedDict()
        self._frames: OrderedDict[str, Names] = OrderedDict()
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
                _limit(self._texts, job_id)
        return text

    def rows(self, job: Job) -> dict[int, ShotResult]:
        """Return the shots of a running job by first frame. Hold `alone` while calling this and `keep_rows`."""
        return dict(self._rows.get((job.id, job.started), {}))

    def keep_rows(self, job: Job, rows: dict[int, ShotResult]) -> None:
        """Keep the shots of a running job, of which nothing changes but that they are predicted."""
        self._rows[job.id, job.started] = rows
        self._rows.move_to_end((job.id, job.started))
        while len(self._rows) > MOST_KEPT or sum(map(len, self._rows.values())) > MOST_SHOTS:
            self._rows.popitem(last=False)

    def frames(self, job_id: str) -> Names:
        """Return the names of the frames of a job that is done, where they are kept; else none."""
        with self._lock:
            return self._frames.get(job_id, ())

    def keep_frames(self, job_id: str, names: Names) -> None:
        """Keep the names of the frames of a job that is done, whose shots never change."""
        with self._lock:
            self._frames[job_id] = names
            _limit(self._frames, job_id)


def _limit(kept: OrderedDict[str, Kept], newest: str) -> None:
    kept.move_to_end(newest)
    if len(kept) > MOST_KEPT:
        kept.popitem(last=False)
