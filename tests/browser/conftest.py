"""Fixtures for tests of the pages in Chromium: an error on the console or a request to another host fails a test."""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from jobs.record import Jobs
from shotlens.storage.files import Files
from testkit.standin import Api, StandIn
from tests.browser.films import SMALL, Planned, make_job, write_film

AXE = Path(__file__).parent / "vendor/axe-core/axe.min.js"

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = shutil.which("chromium")
    if not chromium:
        pytest.skip("chromium is not on PATH")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()


class Watch:
    """The errors and the requested hosts of a page, whether or not the test looks at them."""

    def __init__(self, page: Any) -> None:
        self.errors: list[str] = []
        self.hosts: set[str] = set()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self.hosts.add(urlsplit(request.url).hostname or ""))

    def _console(self, message: Any) -> None:
        # Chromium logs each refused request; a test that expects one reads the message on the page.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.errors.append(message.text)


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    page = browser.new_context().new_page()  # in a context of its own, which may open more tabs
    page.set_default_timeout(60_000)
    watch = Watch(page)
    yield page
    page.context.close()
    assert not watch.errors
    assert watch.hosts <= {"127.0.0.1", "localhost", ""}


@pytest.fixture(scope="session")
def process(redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    settings = {"SHOTLENS_MAX_UPLOAD_BYTES": "4000000", "SHOTLENS_SPARE_BYTES": "0"}
    with Api(redis_url, tmp_path_factory.mktemp("api") / "data", **settings) as api:
        yield api


@pytest.fixture
def served(process: Api, jobs: Jobs) -> Api:
    """The API under gunicorn; the test itself does the work on its jobs."""
    process.clear()
    return process


@pytest.fixture
def files(served: Api) -> Files:
    return served.files


@pytest.fixture
def standin(jobs: Jobs, files: Files) -> StandIn:
    return StandIn(jobs, files)


@pytest.fixture(scope="session")
def small_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real video of the six shots of `films.SMALL`."""
    return write_film(tmp_path_factory.mktemp("film") / "small.mp4", SMALL)


Film = Callable[..., str]


@pytest.fixture
def film(standin: StandIn, small_film: Path) -> Film:
    """Make a finished job of a film and return its id.

    `film()` makes one of `films.SMALL`, `film(planned, name=...)` one of other shots with the same video, and
    `film(timecode=...)` one with other facts.
    """

    def make(
        planned: Sequence[Planned] = SMALL, name: str = "film.mp4", video: Path | None = small_film, **facts: Any
    ) -> str:
        return make_job(standin, planned, video, name, **facts)

    return make


def serious(page: Any) -> list[str]:
    """The serious problems of accessibility that axe reports on a page: each rule and its elements."""
    page.evaluate(f"{AXE.read_text()}; null")  # run as by DevTools, as the policy of the page allows no other script
    violations = page.evaluate("() => axe.run()")["violations"]
    return [
        f"{one['id']}: {[node['html'][:120] for node in one['nodes']][:3]}"
        for one in violations
        if one["impact"] in ("serious", "critical")
    ]


def busyness() -> float:
    """How many processes want each processor, at least 1: what a page takes grows with it, whatever the page does."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
