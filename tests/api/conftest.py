"""Fixtures for the API: the application with an empty data folder and a real Redis, its client, stand-in workers."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.app import create_app
from api.services import EXTENSION
from api.settings import ApiSettings
from jobs.names import SPLIT
from jobs.record import Jobs
from shotlens.storage.files import Files
from testkit.standin import MP4, Api, StandIn

BOUNDARY = "the-boundary"
LIMIT = 1_000_000  # bytes of a video, in these tests
NOWHERE = "unix:///nonexistent/redis.sock"


@pytest.fixture
def settings(redis_url: str, files: Files) -> ApiSettings:
    return ApiSettings(redis_url=redis_url, data=files.data, max_upload_bytes=LIMIT, max_wait=20, spare_bytes=0)


MakeApp = Callable[..., Flask]


@pytest.fixture
def make_app(settings: ApiSettings) -> Iterator[MakeApp]:
    """Make applications with settings that differ from those of the other tests."""
    apps: list[Flask] = []

    def make(**changes: object) -> Flask:
        apps.append(create_app(settings.model_copy(update=changes)))
        return apps[-1]

    yield make
    for app in apps:
        app.extensions[EXTENSION].redis.close()


@pytest.fixture
def app(make_app: MakeApp, jobs: Jobs) -> Flask:
    return make_app()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def standin(jobs: Jobs, files: Files) -> StandIn:
    return StandIn(jobs, files)


@pytest.fixture(scope="session")
def process(redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    settings = {"SHOTLENS_MAX_UPLOAD_BYTES": str(LIMIT), "SHOTLENS_SPARE_BYTES": "0"}
    with Api(redis_url, tmp_path_factory.mktemp("api") / "data", **settings) as api:
        yield api


@pytest.fixture
def served(process: Api, jobs: Jobs) -> Api:
    """The API under gunicorn, with an empty data folder of its own."""
    process.clear()
    return process


Send = Callable[..., TestResponse]


@pytest.fixture
def send(client: FlaskClient) -> Send:
    """Send `POST /predict` with one file."""

    def post(content: bytes = MP4, filename: str = "ad.mp4", **headers: str) -> TestResponse:
        return client.post("/predict", data=form(content, filename), content_type=FORM, headers=headers)

    return post


def json_of(response: TestResponse) -> Any:
    """Return the JSON of a response; the test fails if there is none."""
    assert response.is_json
    return response.json


FORM = f"multipart/form-data; boundary={BOUNDARY}"


def form(content: bytes, filename: str = "ad.mp4", name: str = "file") -> bytes:
    """Write a multipart body of one file by hand, as the test client would make a temporary file of it."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n\r\n'
    return head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


def nothing_left(files: Files, jobs: Jobs) -> bool:
    """Whether the disk and the queue hold nothing of any job."""
    stored: list[Path] = [*files.data.glob("jobs/*"), *files.data.glob("incoming/*")]
    queued: Any = jobs.redis.xlen(SPLIT)
    return not stored and not queued
