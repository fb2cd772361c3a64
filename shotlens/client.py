"""Python client of a Shotlens service: a video goes in, its shots come out. This file and requests are all it needs.

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
FIRST_PAUSE, LONGEST_PAUSE = 0.3, 60.0  # seconds, doubled from try to try; who is to come back even later gives up
POLL = 0.5  # seconds between two looks at a job that has no event stream
SILENCE = 75.0  # seconds without a word after which a stream is dead: the service ends each after 60
RUNNING = ("queued", "splitting", "predicting")

File = str | os.PathLike[str] | BinaryIO
Report = Callable[[float], None]  # is told the progress, 0 to 1


class Shot(TypedDict):
    """One shot; movement and scale (label, confidence, uncertain, probabilities) are None until it is predicted."""

    index: int
    start_frame: int
    end_frame: int  # the frame after the last
    start: float  # seconds
    end: float
    start_timecode: str  # HH:MM:SS:FF
    end_timecode: str
    transition: str
    movement: dict[str, Any] | None
    scale: dict[str, Any] | None
    corrected: dict[str, str] | None
    frames: list[str]  # addresses on the service of eight pictures


class Job(TypedDict):
    """A job as `GET /jobs/<id>` tells it."""

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


class ServiceError(Exception):
    """Base of all errors here. The message is the service's own sentence where it sent one."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status  # of HTTP; None without an answer


class Refused(ServiceError):
    """The service does not do what was asked: the request is to be changed."""


class Failed(ServiceError):
    """The job comes to no result: its video could not be processed, or it was deleted."""


class Unreachable(ServiceError):
    """Nothing answers at the address, or connections break time and again."""


def _nobody(share: float) -> None:
    """Tell the progress to nobody."""


class Client:
    """A service at an address. Every method raises ServiceError."""

    def __init__(self, url: str, key: str | None = None, timeout: float = 60) -> None:
        """`timeout`: seconds that the service may be silent in the middle of a request."""
        self.url = url.rstrip("/")
        self._timeout = timeout
        self._session = requests.Session()
        if key:
            self._session.headers["Authorization"] = f"Bearer {key}"
            self._session.auth = lambda request: request  # without one, requests prefers a password from ~/.netrc

    def predict(
        self, video: File, *, detector: str | None = None, min_shot: float | None = None, on_progress: Report = _nobody
    ) -> Job:
        """Send a video and wait for its shots; half of the progress is the upload. Raises Failed."""
        job = self.submit(video, detector=detector, min_shot=min_shot, on_progress=lambda share: on_progress(share / 2))
        for event in self._follow(job["id"]):
            if event.name == "job":
                job = event.data
            if event.name != "shot":
                on_progress(0.5 + event.data["progress"] / 2)
        return job

    def submit(
        self, video: File, *, detector: str | None = None, min_shot: float | None = None, on_progress: Report = _nobody
    ) -> Job:
        """Send a video, a path or an open file that can seek; the job is returned before it is done.

        However often the connection breaks and the video is sent anew, one job comes of it.
        """
        if isinstance(video, str | os.PathLike):
            with open(video, "rb") as file:
                return self.submit(file, detector=detector, min_shot=min_shot, on_progress=on_progress)
        name = os.path.basename(str(getattr(video, "name", "video")))
        query = {"filename": name, "detector": detector, "min_shot": min_shot}
        headers = {"Content-Type": "video/mp4", "Idempotency-Key": str(uuid.uuid4())}
        response = self._send("POST", "/predict", params=query, headers=headers, data=_Body(video, on_progress))
        return cast(Job, _read(response))

    def shots(self, job: Job) -> Iterator[Shot]:
        """Give each shot once, as soon as it is predicted, in any order, until the job is done. Raises Failed."""
        return (event.data for event in self._follow(job["id"]) if event.name == "shot")

    def job(self, id: str) -> Job:
        """Read a job as it is now."""
        return cast(Job, _read(self._send("GET", f"/jobs/{id}")))

    def jobs(self, *, state: str | None = None, name: str | None = None) -> Iterator[dict[str, Any]]:
        """List all jobs, newest first, without their shots; `name` is a part of the file's name."""
        query: dict[str, Any] | None = {"state": state, "name": name}
        while query is not None:
            page = _read(self._send("GET", "/jobs", params=query))
            yield from page["jobs"]
            query = dict(parse_qsl(urlsplit(page["next"]).query)) if page["next"] else None

    def delete(self, id: str) -> None:
        """Remove a job, its video and its frames, in whatever state it is."""
        self._send("DELETE", f"/jobs/{id}")

    def export(self, id: str, format: str) -> bytes:
        """Write a finished job as a file of a format that the service knows, such as `csv` or `edl`."""
        return self._send("GET", f"/jobs/{id}/export", params={"format": format}).content

    def _follow(self, id: str) -> Iterator["Event"]:
        """Tell `state`, `progress`, each `shot` once, at last `job`, which is done: by its stream, then by asking."""
        seen: set[int] = set()
        for event in chain(self._stream(id), self._poll(id)):
            if event.name == "shot":
                if event.data["index"] in seen:
                    continue
                seen.add(event.data["index"])
            yield event

    def _stream(self, id: str) -> Iterator["Event"]:
        """Read the job's event stream up to its end, or until it gives nothing more."""
        address, last, heard = f"{self.url}/jobs/{id}/events", None, True
        while heard:
            heard = False
            headers = {"Accept": "text/event-stream", "Last-Event-ID": last}  # requests leaves out what is None
            request: dict[str, Any] = {"headers": headers, "stream": True, "timeout": (self._timeout, SILENCE)}
            with suppress(requests.RequestException, ValueError), self._session.get(address, **request) as response:
                if response.status_code != 200:
                    return
                for event in read_events(response.iter_content(None)):
                    heard, last = True, event.id or last
                    yield event
                    if event.name == "state" and event.data["state"] not in RUNNING:
                        return
            time.sleep(FIRST_PAUSE)

    def _poll(self, id: str) -> Iterator["Event"]:
        while (job := self._look(id))["state"] != "done":
            yield from (Event("shot", shot) for shot in job["shots"] if shot["movement"])
            yield Event("progress", {"progress": job["progress"]})
            time.sleep(POLL)
        yield from (Event("shot", shot) for shot in job["shots"])
        yield Event("job", job)

    def _look(self, id: str) -> Job:
        """Read a job that is to become done."""
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
        """Ask until there is an answer that another try would not change."""
        for attempt in count(1):
            pause = FIRST_PAUSE * 2 ** (attempt - 1) * random.uniform(0.7, 1.3)  # many clients shall not come at once
            try:
                response = self._session.request(method, self.url + path, timeout=self._timeout, **request)
            except requests.RequestException as error:
                if attempt == TRIES or isinstance(error, ValueError):  # such as an address that is none
                    sentence = f"The service at {self.url} cannot be reached ({type(error).__name__})."
                    raise Unreachable(sentence) from error
            else:
                if response.ok:
                    return response
                wanted = response.headers.get("Retry-After", "")
                pause = max(pause, float(wanted) if wanted.isascii() and wanted.isdigit() else 0)
                if response.status_code not in RETRIED or attempt == TRIES or pause > LONGEST_PAUSE:
                    _raise(response)
            time.sleep(pause)
        raise AssertionError("counting has no end")


class Event(NamedTuple):
    """One server-sent event."""

    name: str
    data: Any  # what its JSON says
    id: str | None = None  # where a stream goes on after a break


def read_events(chunks: Iterable[bytes]) -> Iterator[Event]:
    """Read server-sent events with data of JSON from the pieces of a stream. Raises ValueError for other data."""
    rest = b""
    for chunk in chunks:
        *blocks, rest = (rest + chunk.replace(b"\r", b"")).split(b"\n\n")
        for block in blocks:
            lines = [line.partition(":") for line in block.decode().split("\n")]
            fields = {name: value.removeprefix(" ") for name, _, value in lines}  # one line of data is all of it
            if "data" in fields:
                yield Event(fields.get("event", "message"), json.loads(fields["data"]), fields.get("id"))


class _Body:
    """A file as the body of a request, read anew at each try. As it has a length, requests announces that."""

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
        return dict(response.json())
    except (ValueError, TypeError) as error:
        raise ServiceError(f"What answers at {response.url} is no Shotlens.", response.status_code) from error


def _raise(response: requests.Response) -> NoReturn:
    try:
        sentence = str(response.json()["detail"])
    except (ValueError, KeyError, TypeError):
        sentence = f"The service answered {response.status_code} {response.reason}."
    raise (Refused if response.status_code < 500 else ServiceError)(sentence, response.status_code)
