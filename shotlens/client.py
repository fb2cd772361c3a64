"""Python client of a Shotlens service: a video goes in, its shots come out. Needs only this file and requests.

from shotlens import Client

for shot in Client("http://localhost:5000").predict("ad.mp4")["shots"]:
    print(shot["start_timecode"], shot["movement"]["label"], shot["scale"]["label"])
"""

import json
import os
import random
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import chain, count
from typing import Any, BinaryIO, NamedTuple, NoReturn, TypedDict, cast
from urllib.parse import parse_qsl, urlsplit

import requests

CHUNK = 1 << 20  # bytes read from a video at a time
TRIES, RETRIED = 5, (429, 502, 503)
FIRST_PAUSE, LONGEST_PAUSE = 0.3, 60.0  # seconds, doubled after each try; gives up if told to wait longer
POLL = 0.5  # seconds between two requests for a job without an event stream
SILENCE = 75.0  # seconds without data after which a stream counts as dead: the service ends each after 60
RUNNING = ("queued", "splitting", "predicting")

File = str | os.PathLike[str] | BinaryIO
Report = Callable[[float], None]  # called with the progress, 0 to 1


class Shot(TypedDict):
    """One shot; movement and scale (label, confidence, uncertain, probabilities) are None until it is predicted."""

    index: int
    start_frame: int
    end_frame: int  # the frame after the last one
    start: float  # seconds
    end: float
    start_timecode: str  # HH:MM:SS:FF
    end_timecode: str
    transition: str
    movement: dict[str, Any] | None
    scale: dict[str, Any] | None
    corrected: dict[str, str] | None
    frames: list[str]  # paths of eight frames on the service


class Job(TypedDict):
    """A job as `GET /jobs/<id>` returns it."""

    id: str
    state: str  # queued, splitting, predicting, done, failed
    progress: float
    error: str | None
    warning: str | None
    filename: str
    options: dict[str, Any]
    video: dict[str, Any] | None
    model: dict[str, str] | None
    shots: list[Shot]
    summary: dict[str, Any]
    created: float  # seconds since 1970, as `expires`
    kept: bool  # whether somebody wants it kept for good
    expires: float | None  # when it is deleted; None while it runs, and if it is kept or corrected
    duplicate_of: str | None  # an earlier job with the same bytes and options
    etag: str | None  # of the response: the version that a correction is made to


class ServiceError(Exception):
    """Base of all errors here. The message is the service's own sentence if it sent one."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status  # of HTTP; None if there was no response


class Refused(ServiceError):
    """The service refuses the request, which must be changed to succeed."""


class Failed(ServiceError):
    """The job has no result: its video could not be processed, or it was deleted."""


class Unreachable(ServiceError):
    """Nothing responds at the address, or the connection fails repeatedly."""


class Client:
    """A service at an address. Every method may raise ServiceError."""

    def __init__(self, url: str, key: str | None = None, timeout: float = 60) -> None:
        """`timeout` is how many seconds the service may be silent during a request."""
        self.url = (url if "://" in url else f"http://{url}").rstrip("/")
        self._timeout = timeout
        self._session = requests.Session()
        if key:
            self._session.headers["Authorization"] = f"Bearer {key}"
            self._session.auth = lambda request: request  # without this, requests prefers a password from ~/.netrc

    def predict(self, video: File, *, on_progress: Report = lambda share: None, **options: Any) -> Job:
        """Send a video, with the options of `submit`, and wait for its shots; the upload is half of the progress."""
        job = self.submit(video, on_progress=lambda sent: on_progress(sent / 2), **options)
        for event in self._follow(job["id"]):
            if event.name == "job":
                job = event.data
            if "progress" in event.data:
                on_progress(0.5 + event.data["progress"] / 2)
        return job

    def submit(
        self,
        video: File,
        *,
        detector: str | None = None,
        min_shot: float | None = None,
        callback: str | None = None,
        on_progress: Report = lambda share: None,
    ) -> Job:
        """Send a video, a path or a seekable open file; return its one job, after which `callback` is called."""
        query: dict[str, Any] = {"detector": detector, "min_shot": min_shot, "callback": callback}
        if isinstance(video, str | os.PathLike):
            with open(video, "rb") as file:
                return self.submit(file, on_progress=on_progress, **query)
        name = os.path.basename(str(getattr(video, "name", "video")))
        query["filename"] = name.encode(errors="surrogateescape").decode(errors="replace")  # it need not be UTF-8
        headers = {"Content-Type": "video/mp4", "Idempotency-Key": str(uuid.uuid4())}
        response = self._send("POST", "/predict", params=query, headers=headers, data=_Body(video, on_progress))
        return cast(Job, _read(response))

    def shots(self, job: Job) -> Iterator[Shot]:
        """Yield each shot once, as soon as it is predicted, in any order, until the job is done. Raises Failed."""
        return (event.data for event in self._follow(job["id"]) if event.name == "shot")

    def job(self, id: str) -> Job:
        """Return a job as it is now."""
        return cast(Job, _read(self._send("GET", f"/jobs/{id}")))

    def jobs(self, *, state: str | None = None, name: str | None = None) -> Iterator[dict[str, Any]]:
        """Yield all jobs, newest first, without their shots; `name` is a part of the file name."""
        query: dict[str, Any] | None = {"state": state, "name": name}
        while query is not None:
            page = _read(self._send("GET", "/jobs", params=query))
            yield from page["jobs"]
            query = dict(parse_qsl(urlsplit(page["next"]).query)) if page["next"] else None

    def delete(self, id: str) -> None:
        """Remove a job in any state, with its video and its frames."""
        self._send("DELETE", f"/jobs/{id}")

    def export(self, id: str, format: str) -> bytes:
        """Return a finished job as a file in one of the service's formats, such as `csv` or `edl`."""
        return self._send("GET", f"/jobs/{id}/export", params={"format": format}).content

    def correct(self, job: Job, shot: int, **labels: str | None) -> Job:
        """Set labels by hand, as `scale="CS"`; None takes one back. Status 412: somebody has corrected `job` since."""
        return self._edit(job, "PATCH", f"/shots/{shot}", labels)

    def split(self, job: Job, shot: int, frame: int) -> Job:
        """Split a shot; `frame` is the first of the second part."""
        return self._edit(job, "POST", f"/shots/{shot}/split", {"frame": frame})

    def merge(self, job: Job, shot: int) -> Job:
        """Merge a shot with the one after it."""
        return self._edit(job, "POST", f"/shots/{shot}/merge")

    def undo(self, job: Job) -> Job:
        """Undo the last correction."""
        return self._edit(job, "POST", "/undo")

    def redo(self, job: Job) -> Job:
        """Make the correction again that was undone last."""
        return self._edit(job, "POST", "/redo")

    def _edit(self, job: Job, method: str, path: str, body: object = None) -> Job:
        headers = {"If-Match": job.get("etag") or "*"}
        return cast(Job, _read(self._send(method, f"/jobs/{job['id']}{path}", headers=headers, json=body)))

    def _follow(self, id: str) -> Iterator["Event"]:
        """Yield `state`, `progress`, each `shot` once, and finally the finished `job`: by stream, then by polling."""
        seen: set[int] = set()
        for event in chain(self._stream(id), self._poll(id)):
            if event.name != "shot" or event.data["index"] not in seen:
                yield event
            if event.name == "shot":
                seen.add(event.data["index"])

    def _stream(self, id: str) -> Iterator["Event"]:
        """Yield the events of the job's stream up to its end, or until a connection brings no event."""
        address, last, received = f"{self.url}/jobs/{id}/events", None, True
        while received:
            received = False
            headers = {"Accept": "text/event-stream", "Last-Event-ID": last}  # requests omits headers that are None
            request: dict[str, Any] = {"headers": headers, "stream": True, "timeout": (self._timeout, SILENCE)}
            with suppress(requests.RequestException, ValueError), self._session.get(address, **request) as response:
                if response.status_code != 200:
                    return
                for event in read_events(response.iter_content(None)):
                    received, last = True, event.id or last
                    yield event
                    if event.name == "state" and event.data["state"] not in RUNNING:
                        return
            time.sleep(FIRST_PAUSE)

    def _poll(self, id: str) -> Iterator["Event"]:
        while (job := self._unfailed_job(id))["state"] != "done":
            yield from (Event("shot", shot) for shot in job["shots"] if shot["movement"])
            yield Event("progress", {"progress": job["progress"]})
            time.sleep(POLL)
        yield from (Event("shot", shot) for shot in job["shots"])
        yield Event("job", job)

    def _unfailed_job(self, id: str) -> Job:
        """Return a job that is running or done. Raises Failed otherwise."""
        try:
            job = self.job(id)
        except Refused as error:
            if error.status != 404:
                raise
            raise Failed(str(error), 404) from error
        if job["state"] not in (*RUNNING, "done"):
            raise Failed(job["error"] or f"The job is {job['state']}.")
        return job

    def _send(self, method: str, path: str, **request: Any) -> requests.Response:
        """Send a request until there is a response that another try would not change."""
        for attempt in count(1):
            pause = FIRST_PAUSE * 2 ** (attempt - 1) * random.uniform(0.7, 1.3)  # so that clients do not retry at once
            try:
                response = self._session.request(method, self.url + path, timeout=self._timeout, **request)
            except requests.RequestException as error:
                if attempt == TRIES or isinstance(error, ValueError):  # such as an invalid address
                    sentence = f"No service answers at {self.url} ({type(error).__name__}): check the address."
                    raise Unreachable(sentence) from error
            else:
                if response.ok:
                    return response
                retry_after = response.headers.get("Retry-After", "")
                pause = max(pause, float(retry_after) if retry_after.isascii() and retry_after.isdigit() else 0)
                if response.status_code not in RETRIED or attempt == TRIES or pause > LONGEST_PAUSE:
                    _raise(response)
            time.sleep(pause)
        raise AssertionError("the loop has no end")


class Event(NamedTuple):
    """One server-sent event."""

    name: str
    data: Any  # decoded from JSON
    id: str | None = None  # where a stream resumes after a break


def read_events(chunks: Iterable[bytes]) -> Iterator[Event]:
    """Yield server-sent events with JSON data from the chunks of a stream. Raises ValueError for other data."""
    incomplete = b""
    for chunk in chunks:
        *blocks, incomplete = (incomplete + chunk.replace(b"\r", b"")).split(b"\n\n")
        for block in blocks:
            lines = (line.partition(":") for line in block.decode().split("\n"))  # the data is always a single one
            fields = {name: value.removeprefix(" ") for name, _, value in lines}
            if "data" in fields:
                yield Event(fields.get("event", "message"), json.loads(fields["data"]), fields.get("id"))


class _Body:
    """A file as a request body that is read again at each try. requests sends its length as Content-Length."""

    def __init__(self, file: BinaryIO, on_progress: Report) -> None:
        self._file, self._on_progress = file, on_progress
        self._start = file.tell()
        self._size = file.seek(0, os.SEEK_END) - self._start

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[bytes]:
        sent = self._file.seek(self._start) - self._start
        while chunk := self._file.read(min(CHUNK, self._size - sent)):
            yield chunk
            sent += len(chunk)
            self._on_progress(sent / self._size)


def _read(response: requests.Response) -> dict[str, Any]:
    try:
        return dict(response.json()) | {"etag": response.headers.get("ETag")}
    except (ValueError, TypeError) as error:
        sentence = f"The server at {response.url} is not a Shotlens service: check the address."
        raise ServiceError(sentence, response.status_code) from error


def _raise(response: requests.Response) -> NoReturn:
    try:
        sentence = str(response.json()["detail"])
    except (ValueError, KeyError, TypeError):
        sentence = f"The service responded with {response.status_code} {response.reason}."
    raise (Refused if response.status_code < 500 else ServiceError)(sentence, response.status_code)
