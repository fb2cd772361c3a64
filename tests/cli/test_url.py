"""`shotlens predict --url` with a service that asks for a key."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from jobs.access_keys import AccessKeys
from jobs.record import Jobs
from shotlens.cli.main import main
from shotlens.storage.files import Files
from testkit.standin import MP4, Api, StandIn


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "ad.mp4"
    path.write_bytes(MP4)
    return path


@pytest.fixture
def api(redis_url: str, jobs: Jobs, files: Files) -> Iterator[Api]:
    with Api(redis_url, files.data, SHOTLENS_SPARE_BYTES="0") as api:
        yield api


def test_the_key_in_the_environment_is_sent(
    api: Api, jobs: Jobs, files: Files, video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOTLENS_KEY", AccessKeys(jobs.redis).add("anna")[0])
    with ThreadPoolExecutor(1) as pool:
        code = pool.submit(main, ["predict", "--json", "--url", api.url, str(video)])
        StandIn(jobs, files).whole(shots=2)
        assert code.result() == 0


def test_without_a_key_the_message_of_the_service_is_shown(
    api: Api, jobs: Jobs, video: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("SHOTLENS_KEY", raising=False)
    AccessKeys(jobs.redis).add("anna")
    assert main(["predict", "--url", api.url, str(video)]) == 1
    assert "asks for a key" in capsys.readouterr().err
