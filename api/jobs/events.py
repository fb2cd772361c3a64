"""/jobs/<id>/events: server-sent events about a job, until it ends.

The server stores nothing for this: the id of an event says what its client has received up to there, as
`<state>/<shots>`, such as `predicting/0-41,43`. So any server can resume a stream, and no shot is sent twice.
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
from shotlens.shots.answers import job_summary
from shotlens.shots.job import RUNNING, Job, ListedJob
from shotlens.shots.result import ShotResult

blueprint = Blueprint("events", __name__, url_prefix="/jobs")

POLL_SECONDS = 0.5
STREAM_SECONDS = 60.0  # a live client reconnects by itself; one that has gone must not hold a thread for ever
KEEPALIVE_SECONDS = 15.0  # proxies close a stream that stays silent
RETRY_MS = 1000
PLACE = {"queue_position", "wait_seconds"}  # members of a job
EVENT_ID = re.compile(r"([a-z]{0,20})/([0-9]{1,9}(?:-[0-9]{1,9})?(?:,[0-9]{1,9}(?:-[0-9]{1,9})?)*)?")
# Each stream holds one of gunicorn's threads; the others must stay free for other requests.
_streams = threading.BoundedSemaphore(96)


@dataclass(slots=True)
class StreamPosition:
    """What a client has received: the last state, and the shots whose predictions it has."""

    state: str = ""
    ranges: tuple[tuple[int, int], ...] = ()  # first and last shot, both included

    @classmethod
    def parse(cls, event_id: str) -> "StreamPosition":
        """Read the id of an event; anything else is the start of the stream."""
        match = EVENT_ID.fullmatch(event_id)
        if match is None:
            return cls()
        parts = [part.split("-") for part in (match[2] or "").split(",") if part]
        return cls(match[1], tuple((int(part[0]), int(part[-1])) for part in parts))

    @property
    def shot_count(self) -> int:
        """How many shots the client has."""
        return sum(last - first + 1 for first, last in self.ranges)

    def missing(self, indices: set[int]) -> list[int]:
        """Return those of these shots that the client does not have, in order."""
        return sorted(i for i in indices if not any(first <= i <= last for first, last in self.ranges))

    def add(self, index: int) -> None:
        """Record that a shot is sent."""
        ranges = sorted({(index, index), *self.ranges})
        merged = [ranges[0]]
        for first, last in ranges[1:]:
            if first <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(merged[-1][1], last))
            else:
                merged.append((first, last))
        self.ranges = tuple(merged)

    def event_id(self) -> str:
        """Return the id of an event that leaves the client at this position."""
        return f"{self.state}/{','.join(str(a) if a == b else f'{a}-{b}' for a, b in self.ranges)}"


@blueprint.get("/<job_id>/events")
@Operation(
    "watchJob",
    "jobs",
    [
        Answer(200, "The events.", media_types=["text/event-stream"]),
        Answer(204, "The job has ended, and the client has all events."),
    ],
    errors={404: NO_SUCH_JOB},
    headers=[header("Last-Event-ID", "The `id` of the last event received: the stream resumes after it.")],
)
def events(job_id: JobId) -> Response:
    """Stream state, progress, and each shot as soon as it is predicted.

    Server-sent events: `state` (state, progress, error), `progress` (progress), `place` (progress, queue_position,
    wait_seconds), `shot` (as in the result). The stream ends with the job, or after a minute; a browser's EventSource
    then reconnects by itself.
    """
    job = services().find(job_id)
    if job is None:
        raise no_such_job()
    position = StreamPosition.parse(request.headers.get("Last-Event-ID", ""))
    if position.state == job.state and job.state not in RUNNING:
        return Response(status=204)  # tells a browser not to reconnect
    if not _streams.acquire(blocking=False):
        raise Problem(503, "Too many streams are open. Ask for the job itself every second.", {"Retry-After": "10"})
    stopping = current_app.config["STOPPING"]
    response = Response(_stream(services(), job.id, position, stopping), content_type="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"  # nginx would buffer the events
    response.call_on_close(_streams.release)
    return response


def _stream(services: Services, job_id: str, position: StreamPosition, stopping: Callable[[], bool]) -> Iterator[str]:
    """Poll the record and yield what is new as events. A client whose stream ends early reconnects."""
    yield f"retry: {RETRY_MS}\n\n"
    end, last_sent = time.monotonic() + STREAM_SECONDS, time.monotonic()
    sent: dict[str, object] = {}  # the data of the last `progress` and `place`
    while True:
        try:
            listed = listing.listed_job(services.jobs, job_id)
            events = list(_new_events(services, job_id, listed, position))
            changes = _passing(services, listed) if listed else {}
        except RedisError:
            return
        events += [_event(name, data) for name, data in changes.items() if sent.get(name) != data]
        sent |= changes
        if events or time.monotonic() - last_sent > KEEPALIVE_SECONDS:
            last_sent = time.monotonic()
            yield "".join(events) or ": still here\n\n"
        if listed is None or listed.job.state not in RUNNING or time.monotonic() > end or stopping():
            return
        time.sleep(POLL_SECONDS)


def _new_events(services: Services, job_id: str, listed: ListedJob | None, position: StreamPosition) -> Iterator[str]:
    """Yield the predicted shots that the client does not have, then the state if it has changed."""
    if listed and listed.predictions > position.shot_count * len(listed.job.heads):
        for shot in _new_shots(services, listed.job, position):
            position.add(shot.index)
            yield _event("shot", shot.model_dump(mode="json"), position)
    state = listed.job.state if listed else "cancelled"  # the record of a deleted job expires soon
    if state != position.state:
        position.state = state
        progress, error = (_progress(listed), listed.job.error) if listed else (0.0, None)
        yield _event("state", {"state": state, "progress": progress, "error": error}, position)


def _passing(services: Services, listed: ListedJob) -> dict[str, object]:
    """Return what is sent whenever it changes, and of which a client need not have every value."""
    events: dict[str, object] = {"progress": {"progress": _progress(listed)}}
    if place := services.places.of(listed.job):
        # With the progress, which copies of the client of before expect in all events but `shot`.
        waits = job_summary(listed, frame_address(listed.job.id), place).model_dump(include=PLACE)
        events["place"] = {"progress": _progress(listed)} | waits
    return events


def _new_shots(services: Services, job: Job, position: StreamPosition) -> list[ShotResult]:
    """Return the shots that all heads have predicted and the client does not have."""
    first_frames, predicted = services.jobs.first_frames(job.id), services.jobs.predicted(job)
    numbers = {number for number, first in enumerate(first_frames) if first in predicted}
    return services.rows(job, [first_frames[number] for number in position.missing(numbers)])


def _progress(listed: ListedJob) -> float:
    return job_summary(listed, frame_address(listed.job.id)).progress


def _event(name: str, data: object, position: StreamPosition | None = None) -> str:
    event_id = f"id: {position.event_id()}\n" if position else ""
    return f"{event_id}event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
