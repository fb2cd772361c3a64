"""tus-js-client in a real browser: an interrupted upload resumes and arrives whole, as one job."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jobs.names import SPLIT
from jobs.record import Jobs
from shotlens.storage.files import Files
from testkit.standin import Api
from testkit.videos import shots, write_video
from testkit.waiting import until
from tests.conftest import entries

BEGIN = """
async (input) => {
  Object.assign(window, { sent: 0, job: "", failed: "" });
  const upload = new tus.Upload(input.files[0], {
    endpoint: "/uploads",
    chunkSize: 100_000,
    retryDelays: Array(60).fill(250),
    metadata: { filename: input.files[0].name, filetype: input.files[0].type },
    onChunkComplete: (size, sent) => { window.sent = sent; },
    onError: (error) => { window.failed = String(error); },
    onSuccess: ({ lastResponse }) => { window.job = lastResponse.getHeader("Location"); },
  });
  const [earlier] = await upload.findPreviousUploads();
  if (earlier) upload.resumeFromPreviousUpload(earlier);
  upload.start();
}
"""
BYTES_A_SECOND = 400_000


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "data")


@pytest.fixture
def api(redis_url: str, jobs: Jobs, files: Files) -> Iterator[Api]:
    """A process that a test may kill."""
    with Api(redis_url, files.data, SHOTLENS_SPARE_BYTES="0") as api:
        yield api


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real video of about a megabyte."""
    path = tmp_path_factory.mktemp("video") / "Größe & Maß.mp4"
    write_video(path, shots([12] * 4, 320, 240), options={"crf": "1", "preset": "ultrafast", "g": "1"})
    assert 800_000 < path.stat().st_size < 2_000_000
    return path


@pytest.fixture
def client(page: Any, api: Api) -> Any:
    """A page that sends slowly enough to be interrupted."""
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": BYTES_A_SECOND}
    network.send("Network.emulateNetworkConditions", slow)
    return page


def begin(page: Any, api: Api, video: Path) -> None:
    """Open an empty page of the service and let the client upload from there, or resume what it began."""
    page.goto(f"{api.url}/healthz")
    page.add_script_tag(url="/static/vendor/tus-js-client/tus.min.js")
    page.evaluate("document.body.append(Object.assign(document.createElement('input'), { type: 'file' }))")
    page.set_input_files("input", video)
    page.locator("input").evaluate(BEGIN)


def wait_until(page: Any, true: str) -> None:
    """Poll until an expression is true on the page: Playwright's own waiting uses eval, which the page forbids."""
    assert until(lambda: page.evaluate(f"Boolean(window.failed || {true})"))
    assert not page.evaluate("window.failed")


def job_of(page: Any) -> str:
    """Wait for the end of the upload; return the id of its job."""
    wait_until(page, "window.job")
    return str(page.evaluate("window.job")).removeprefix("/jobs/")


def arrived(jobs: Jobs, files: Files, job_id: str, video: Path) -> bool:
    assert [fields["job"] for fields in entries(jobs.redis, SPLIT)] == [job_id]
    job = jobs.get(job_id)
    assert job and job.filename == video.name
    assert not list(files.data.glob("incoming/*"))
    return files.source(job_id).read_bytes() == video.read_bytes()


def test_an_upload_resumes_when_the_killed_process_is_back(
    client: Any, api: Api, jobs: Jobs, *, files: Files, video: Path
) -> None:
    begin(client, api, video)
    wait_until(client, "window.sent >= 300_000")
    api.kill()
    client.wait_for_timeout(500)
    [partial] = files.data.glob("incoming/*")
    assert 300_000 <= partial.stat().st_size < video.stat().st_size

    with api.restarted():
        assert job_of(client) == partial.name
    assert arrived(jobs, files, partial.name, video)


def test_a_returning_person_resumes_with_the_same_file(
    client: Any, api: Api, jobs: Jobs, *, files: Files, video: Path
) -> None:
    begin(client, api, video)
    wait_until(client, "window.sent >= 300_000")
    begun: list[str] = []
    client.on("request", lambda request: begun.append(request.url) if request.method == "POST" else None)

    begin(client, api, video)

    assert arrived(jobs, files, job_of(client), video)
    assert not begun
