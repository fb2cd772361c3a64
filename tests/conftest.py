"""Fixtures for all tests: a real Redis server, an empty data folder, the footage in `shared`, a running service."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from redis import Redis

from jobs.queue import connect
from jobs.record import Jobs
from jobs.redis_server import RedisServer
from shotlens.storage.files import Files
from testkit.service import Service

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real server that runs until the tests end."""
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server.url
    server.stop()


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    """A client on an empty database."""
    client = connect(redis_url)
    client.flushdb()
    yield client
    client.close()


@pytest.fixture
def jobs(redis: Redis) -> Jobs:
    return Jobs(redis, keep_seconds=3600)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """An empty data folder."""
    files = Files(tmp_path / "data")
    files.prepare()
    return files


def entries(redis: Redis, stream: str) -> list[dict[str, str]]:
    """Return the fields of each entry of a stream, oldest first."""
    return [fields for _, fields in cast(list[tuple[str, dict[str, str]]], redis.xrange(stream))]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real footage and labels; without it, the test is skipped."""
    if not (SHARED / "data").is_dir():
        pytest.skip("the folder ../shared with real footage is not here")
    return SHARED


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The whole service, started once for all tests of a process that ask for it, as `shotlens run` starts it."""
    service = Service(tmp_path_factory.mktemp("service"))
    service.wait_for("Shotlens runs at")
    yield service
    service.stop()


@pytest.fixture(scope="session")
def service_url(request: pytest.FixtureRequest) -> str:
    """The address of the whole service: the one that SHOTLENS_URL names, else the one started for this test run."""
    if url := os.environ.get("SHOTLENS_URL"):
        return url.rstrip("/")
    service: Service = request.getfixturevalue("service")
    return service.url


BROWSER = {"browser", "page"}
SERVICE = {"service", "own_service", "service_url", "process", "served", "api", "worker", "crew", "refused"}


# Files of tests that take a minute or more: they start first, so that no worker is left alone with one at the end.
LONG = ("test_whole_path", "test_kills", "test_wheel", "test_runtimes", "test_model", "test_detector", "test_bad_input")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what starts a browser or a process of the service, by the fixtures that it asks for. Long files go first."""
    items.sort(key=lambda item: item.path.stem not in LONG)
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if fixtures & BROWSER:
            item.add_marker(pytest.mark.browser)
        if fixtures & SERVICE:
            item.add_marker(pytest.mark.service)


SLOW_MODULE = re.compile(r"^pytestmark = \[?\s*pytest\.mark\.slow", re.MULTILINE)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Do not even import a module of slow tests when these are deselected: most of them load Keras."""
    fast = "not slow" in (config.option.markexpr or "")
    if fast and collection_path.suffix == ".py" and SLOW_MODULE.search(collection_path.read_text()):
        return True
    return None
