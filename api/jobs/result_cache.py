"""Caches results until the records of their jobs change: building one takes long, and many requests ask for it."""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import TypeVar

from shotlens.shots.job import Job
from shotlens.shots.result import ShotResult
from shotlens.shots.shot import Frame

MAX_JOBS = 32
MAX_SHOTS = 3000  # of all running jobs together, about 3 kB each
MAX_CHARACTERS = 1_000_000  # longer results are built for each request, so that the cache stays under 32 MB

Value = TypeVar("Value")
FrameNames = Sequence[tuple[Frame, ...]]  # of each detected shot, in order


class ResultCache:
    """The results of the jobs that were requested last, each with the version of the records it was built from."""

    def __init__(self) -> None:
        self._texts: OrderedDict[str, tuple[object, str]] = OrderedDict()
        self._rows: OrderedDict[tuple[str, float | None], dict[int, ShotResult]] = OrderedDict()
        self._frames: OrderedDict[str, FrameNames] = OrderedDict()
        self._lock = Lock()
        self.writing = Lock()  # hold it while building a result, so that simultaneous requests do not each build it

    def get(self, job_id: str, version: object) -> str | None:
        """Return the text of this version; None if it is not cached."""
        with self._lock:
            cached_version, text = self._texts.get(job_id, (None, ""))
        return text if cached_version == version else None

    def keep(self, job_id: str, version: object, text: str) -> str:
        """Cache a text and return it. Read the version before building the text."""
        if len(text) <= MAX_CHARACTERS:
            with self._lock:
                self._texts[job_id] = version, text
                _evict(self._texts, job_id)
        return text

    def rows(self, job: Job) -> dict[int, ShotResult]:
        """Return the cached rows of a running job by first frame. Hold `writing` during this and `keep_rows`."""
        return dict(self._rows.get((job.id, job.started), {}))

    def keep_rows(self, job: Job, rows: dict[int, ShotResult]) -> None:
        """Cache the rows of a running job; they never change except to gain predictions."""
        self._rows[job.id, job.started] = rows
        self._rows.move_to_end((job.id, job.started))
        while len(self._rows) > MAX_JOBS or sum(map(len, self._rows.values())) > MAX_SHOTS:
            self._rows.popitem(last=False)

    def frames(self, job_id: str) -> FrameNames:
        """Return the cached frame names of a job that is done; empty if there are none."""
        with self._lock:
            return self._frames.get(job_id, ())

    def keep_frames(self, job_id: str, names: FrameNames) -> None:
        """Cache the frame names of a job that is done; they never change."""
        with self._lock:
            self._frames[job_id] = names
            _evict(self._frames, job_id)


def _evict(cached: OrderedDict[str, Value], newest: str) -> None:
    cached.move_to_end(newest)
    if len(cached) > MAX_JOBS:
        cached.popitem(last=False)
