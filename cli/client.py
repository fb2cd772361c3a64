"""The service through REST: send a video, wait for its result. Knows the contract, nothing else of the service."""

import os
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import requests

from jobs.errors import ShotlensError
from jobs.record import RUNNING
from jobs.result import JobResult

CHUNK = 1 << 20
POLL_SECONDS = 0.5
TIMEOUT = 60.0


class ServiceError(ShotlensError):
    """The service refused the video, failed on it, or cannot be reached."""


def predict(url: str, video: Path, on_progress: Callable[[float], None]) -> JobResult:
    """Upload a video and wait for its shots; progress is half upload, half work. Raises ServiceError."""
    url = url.rstrip("/")
    try:
        result = _upload(url, video, lambda share: on_progress(share / 2))
        while result.state in RUNNING:
            time.sleep(POLL_SECONDS)
            result = _ask(f"{url}/jobs/{result.id}")
            on_progress(0.5 + result.progress / 2)
    except requests.RequestException as error:
        raise ServiceError(f"The service at {url} cannot be reached ({type(error).__name__}).") from error
    if result.state != "done":
        raise ServiceError(result.error or f"The job was {result.state}.")
    return result


def _upload(url: str, video: Path, on_progress: Callable[[float], None]) -> JobResult:
    body = _Multipart(video, on_progress)
    # As `body` has a length, requests announces it instead of sending pieces of unknown number.
    headers = {"Content-Type": body.content_type, **_key()}
    return _read(requests.post(f"{url}/predict", data=body, headers=headers, timeout=TIMEOUT))


def _ask(address: str) -> JobResult:
    """Read the job, as late as a service asks that has heard too much of us."""
    while True:
        response = requests.get(address, headers=_key(), timeout=TIMEOUT)
        if response.status_code != 429:
            return _read(response)
        time.sleep(float(response.headers.get("Retry-After", 1)))


def _key() -> dict[str, str]:
    """Return the header that shows the key, which is set by the environment: others can read a command line."""
    key = os.environ.get("SHOTLENS_KEY")
    return {"Authorization": f"Bearer {key}"} if key else {}


def _read(response: requests.Response) -> JobResult:
    if response.ok:
        return JobResult.model_validate_json(response.content)
    try:
        problem = response.json()["detail"]
    except (requests.JSONDecodeError, KeyError, TypeError):
        problem = f"The service answered {response.status_code} {response.reason}."
    raise ServiceError(problem)


class _Multipart:
    """One file as a multipart body, read piece by piece: requests itself would hold all of it in memory."""

    def __init__(self, path: Path, on_progress: Callable[[float], None]) -> None:
        boundary = secrets.token_hex(16)
        name = "".join("_" if mark in '"\r\n\\' else mark for mark in path.name)
        self.content_type = f"multipart/form-data; boundary={boundary}"
        self._path = path
        self._on_progress = on_progress
        self._size = path.stat().st_size
        self._head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        self._tail = f"\r\n--{boundary}--\r\n".encode()

    def __len__(self) -> int:
        return len(self._head) + self._size + len(self._tail)

    def __iter__(self) -> Iterator[bytes]:
        yield self._head
        sent = 0
        with self._path.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk
                sent += len(chunk)
                self._on_progress(sent / self._size)
        yield self._tail
