"""/jobs/<id>/events: a job as server-sent events, while it runs and until it ends.

Nothing is stored for it: what a client has seen stands in the id of its last event, as `<state>/<shots>`, such as
`predicting/0-41,43`. So a stream resumes at whichever server it comes to, and tells no shot twice.
"""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask import Blueprint, Response, current_app, request
from redis import RedisError

from api.http.problems import NO_SUCH_JOB, Problem, no_such_job
from api.jobs.declarations import JobId
from api.openapi.operation import Answer, Operation, header
from api.services import Services, frame_address, services
from jobs import listing
from shotlens.shots.job import RUNNING, Job, Listed
from shotlens.shots.result import ShotResult, summary

blueprint = Blueprint("events", __name__, url_prefix="/jobs")

POLL_SECONDS = 0.5
STREAM_SECONDS = 60.0  # a client comes again by itself; a thread is not held for ever by one that has gone
ALIVE_SECONDS = 15.0  # without a word a proxy takes a stream for dead
RETRY_MS = 1000
SEEN = re.compile(r"([a-z]{0,20})/([0-9]{1,9}(?:-[0-9]{1,9})?(?:,[0-9]{1,9}(?:-[0-9]{1,9})?)*)?")
# Each stream holds one of gunicorn's threads; the others must go on answering.
_streams = threading.BoundedSemaphore(96)


@dataclass(slots=True)
class Seen:
    """What a client knows: the last state, and the shots whose predictions it has."""

    state: str = ""
    ranges: tuple[tuple[int, int], ...] = ()  # first and last, both included

    @classmethod
    def read(cls, text: str) -> "Seen":
        """Read the id of an event; what is none is the start."""
        match = SEEN.fullmatch(text)
        if match is None:
            return cls()
        parts = [part.split("-") for part in (match[2] or "").split(",") if part]
        return cls(match[1], tuple((int(part[0]), int(part[-1])) for part in parts))

    @property
    def count(self) -> int:
        """How many shots are known."""
        return sum(last - first + 1 for first, last in self.ranges)

    def lacks(self, indices: set[int]) -> list[int]:
        """The shots among these that are not known, in order."""
        return sorted(i for i in indices if not any(first <= i <= last for first, last in self.ranges))

    def add(self, index: int) -> None:
        """Take one more shot."""
        known = sorted({(index, index), *self.ranges})
        merged = [known[0]]
        for first, last in known[1:]:
            if first <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(merged[-1][1], last))
            else:
                merged.append((first, last))
        self.ranges = tuple(merged)

    def write(self) -> str:
        """The id of an event after which this is known."""
        return f"{self.state}/{','.join(str(a) if a == b else f'{a}-{b}' for a, b in self.ranges)}"


@blueprint.get("/<job_id>/events")
@Operation(
    "watchJob",
    "jobs",
    [
        Answer(200, "The events.", media_types=["text/event-stream"]),
        Answer(204, "The job has ended, and all of it is known."),
    ],
    errors={404: NO_SUCH_JOB},
    headers=[header("Last-Event-ID", "The `id` of the last event that is known: what follows comes.")],
)
def events(job_id: JobId) -> Response:
    """Stream state, progress, and each shot when it is predicted.

    Server-sent events: `state` (state, progress, error), `progress` (progress), `shot` (as in the result). The stream
    ends with the job, and after a minute; a browser's EventSource then goes on by itself.
    """
    job, seen = services().find(job_id), Seen.read(request.headers.get("Last-Event-ID", ""))
    if job is None:
        raise no_such_job()
    if seen.state == job.state and job.state not in RUNNING:
        return Response(status=204)  # by which a browser knows not to come again
    if not _streams.acquire(blocking=False):
        raise Problem(503, "Too many streams are open. Ask for the job itself every second.", {"Retry-After": "10"})
    stopping = current_app.config["STOPPING"]
    response = Response(_stream(services(), job.id, seen, stopping), content_type="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"  # nginx would keep the events back
    response.call_on_close(_streams.release)
    return response


def _stream(at: Services, job_id: str, seen: Seen, stopping: Callable[[], bool]) -> Iterator[str]:
    """Look at the record again and again; what is new becomes events. A client that is cut off comes again."""
    yield f"retry: {RETRY_MS}\n\n"
    ends, said, progress = time.monotonic() + STREAM_SECONDS, time.monotonic(), -1.0
    while True:
        try:
            listed = listing.look(at.jobs, job_id)
            events = list(_news(at, job_id, listed, seen))
        except RedisError:
            return
        if listed and _progress(listed) != progress:
            progress = _progress(listed)
            events.append(_event("progress", {"progress": progress}))
        if events or time.monotonic() - said > ALIVE_SECONDS:
            said = time.monotonic()
            yield "".join(events) or ": still here\n\n"
        if listed is None or listed.job.state not in RUNNING or time.monotonic() > ends or stopping():
            return
        time.sleep(POLL_SECONDS)


def _news(at: Services, job_id: str, listed: Listed | None, seen: Seen) -> Iterator[str]:
    """The shots that are predicted and not known yet, then the state if it is another."""
    if listed and listed.predictions > seen.count * len(listed.job.heads):
        for shot in _predicted(at, listed.job, seen):
            seen.add(shot.index)
            yield _event("shot", shot.model_dump(mode="json"), seen)
    state = listed.job.state if listed else "cancelled"  # a deleted job's record is soon gone
    if state != seen.state:
        seen.state = state
        progress, error = (_progress(listed), listed.job.error) if listed else (0.0, None)
        yield _event("state", {"state": state, "progress": progress, "error": error}, seen)


def _predicted(at: Services, job: Job, seen: Seen) -> list[ShotResult]:
    """The shots on which all heads have spoken, and that are not known yet."""
    firsts, predicted = at.jobs.first_frames(job.id), at.jobs.predicted(job)
    numbers = {number for number, first in enumerate(firsts) if first in predicted}
    return at.rows(job, [firsts[number] for number in seen.lacks(numbers)])


def _progress(listed: Listed) -> float:
    return summary(listed, frame_address(listed.job.id)).progress


def _event(name: str, data: object, seen: Seen | None = None) -> str:
    number = f"id: {seen.write()}\n" if seen else ""
    return f"{number}event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
