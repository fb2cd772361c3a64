"""`shotlens run`: it starts, stops at Ctrl-C, and says in one sentence what is wrong."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from testkit.service import ROOT, Service, free_port


@pytest.fixture
def own_service(tmp_path: Path) -> Iterator[Service]:
    """A service of the test's own, which it may stop or break."""
    service = Service(tmp_path / "data")
    service.wait_for("Shotlens runs at")
    yield service
    service.stop()


def alive(pids: list[int]) -> list[int]:
    return [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def refuse(**settings: str) -> str:
    """Run with settings that cannot work; return the message."""
    environment = {**os.environ, **settings}
    environment.pop("REDIS_URL", None)
    if url := settings.get("REDIS_URL"):
        environment["REDIS_URL"] = url
    run = subprocess.run(
        [sys.executable, "-m", "shotlens", "run"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 1
    assert "Traceback" not in run.stderr
    assert len(run.stderr.strip().splitlines()) == 1
    return run.stderr


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_starts_and_a_signal_stops_all_its_processes(own_service: Service, how: signal.Signals) -> None:
    parts = own_service.parts()
    assert set(parts) == {"api", "process_video", "model"}
    assert requests.get(f"{own_service.url}/readyz", timeout=60).ok
    assert own_service.stop(how) == 0
    assert alive(list(parts.values())) == []
    assert "Stopped." in own_service.output
    assert "Traceback" not in own_service.output


@pytest.mark.parametrize("part", ["api", "process_video", "model"])
def test_it_ends_with_a_message_when_a_part_dies(own_service: Service, part: str) -> None:
    parts = own_service.parts()
    os.kill(parts[part], signal.SIGKILL)
    assert own_service.process.wait(60) == 1
    time.sleep(0.2)
    assert "ended by itself" in own_service.output
    assert "Traceback" not in own_service.output
    assert alive(list(parts.values())) == []


def test_a_second_one_on_the_same_folder_is_refused(service: Service) -> None:
    assert "Another Shotlens" in refuse(SHOTLENS_DATA=str(service.data), SHOTLENS_PORT=str(free_port()))


def test_a_taken_port_is_refused(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        assert f"Port {port}" in refuse(SHOTLENS_DATA=str(tmp_path / "data"), SHOTLENS_PORT=port)


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()  # not even root can make a folder below a file
    message = refuse(SHOTLENS_DATA=str(tmp_path / "file" / "data"), SHOTLENS_PORT=str(free_port()))
    assert "cannot be written" in message
    assert "SHOTLENS_DATA" in message


def test_a_full_disk_is_refused(tmp_path: Path) -> None:
    port = str(free_port())
    message = refuse(SHOTLENS_DATA=str(tmp_path / "data"), SHOTLENS_PORT=port, SHOTLENS_SPARE_BYTES=str(10**18))
    assert "MB are left on the disk" in message


def test_a_redis_that_does_not_answer_is_refused(tmp_path: Path) -> None:
    address = f"redis://127.0.0.1:{free_port()}/0"
    message = refuse(SHOTLENS_DATA=str(tmp_path / "data"), SHOTLENS_PORT=str(free_port()), REDIS_URL=address)
    assert "No Redis server answers" in message


def test_an_invalid_setting_is_refused(tmp_path: Path) -> None:
    message = refuse(SHOTLENS_DATA=str(tmp_path / "data"), SHOTLENS_KEEP_DAYS="never", SHOTLENS_PORT=str(free_port()))
    assert "SHOTLENS_KEEP_DAYS" in message
