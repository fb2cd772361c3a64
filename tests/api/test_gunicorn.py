"""The API under gunicorn: real sockets, threads, disconnects, and starts that fail."""

import errno
import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from api.server.gunicorn import on_starting
from jobs.access_keys import AccessKeys
from jobs.names import SPLIT
from jobs.record import Jobs
from shotlens.storage.files import Files
from testkit.service import free_port
from testkit.standin import MP4, Api, StandIn, start_api
from testkit.waiting import until
from tests.api.conftest import FORM, LIMIT, form, nothing_left

pytestmark = pytest.mark.service


def begin_upload(api: Api, length: int, body: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", api.port))
    head = f"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: {FORM}\r\nContent-Length: {length}\r\n\r\n"
    connection.sendall(head.encode() + body)
    return connection


def test_an_upload_grows_in_the_data_folder_and_a_disconnect_leaves_nothing(served: Api, jobs: Jobs) -> None:
    body = form(MP4 + bytes(800_000))
    with begin_upload(served, len(body), body[:700_000]):
        assert until(lambda: sum(path.stat().st_size for path in served.files.data.glob("incoming/*")) > 500_000)

    assert until(lambda: nothing_left(served.files, jobs))


def test_a_body_announced_too_large_is_refused_before_it_is_sent(served: Api, jobs: Jobs) -> None:
    with begin_upload(served, 10 * LIMIT, b"") as connection:
        connection.settimeout(60)
        assert connection.recv(1000).startswith(b"HTTP/1.1 413 ")
    assert nothing_left(served.files, jobs)


def test_a_refused_client_can_read_why(served: Api, jobs: Jobs) -> None:
    """A socket that is closed during the upload would keep the answer from the client."""
    for content, status in ((os.urandom(LIMIT // 2), 415), (MP4 + bytes(20 * LIMIT), 413)):
        response = requests.post(f"{served.url}/predict", files={"file": ("x.mp4", content)}, timeout=60)
        assert response.status_code == status
        assert response.headers["Content-Type"] == "application/problem+json"
    assert nothing_left(served.files, jobs)


def test_a_client_without_a_key_can_read_that_it_needs_one(redis_url: str, jobs: Jobs, files: Files) -> None:
    AccessKeys(jobs.redis).add("anna")
    with Api(redis_url, files.data) as api:
        response = requests.post(f"{api.url}/predict", files={"file": ("x.mp4", MP4 + bytes(20 * LIMIT))}, timeout=60)

    assert (response.status_code, response.headers["Content-Type"]) == (401, "application/problem+json")
    assert nothing_left(files, jobs)


@pytest.mark.parametrize("size", [LIMIT + 100, 3 * LIMIT])
def test_a_chunked_upload_is_limited_too(served: Api, jobs: Jobs, size: int) -> None:
    def chunks() -> Iterator[bytes]:
        body = form(MP4 + bytes(size))
        yield from (body[k : k + 50_000] for k in range(0, len(body), 50_000))

    response = requests.post(f"{served.url}/predict", data=chunks(), headers={"Content-Type": FORM}, timeout=60)

    assert response.status_code == 413
    assert nothing_left(served.files, jobs)


def test_a_chunked_upload_within_the_limit_is_accepted(served: Api) -> None:
    response = requests.post(
        f"{served.url}/predict", data=iter([form(MP4)]), headers={"Content-Type": FORM}, timeout=60
    )

    assert response.status_code == 202
    assert served.files.source(response.json()["id"]).read_bytes() == MP4


def test_twenty_waiting_clients_leave_room_for_others(served: Api, jobs: Jobs) -> None:
    def wait(_: int) -> requests.Response:
        files = {"file": ("ad.mp4", MP4)}
        return requests.post(f"{served.url}/predict", files=files, headers={"Prefer": "wait=30"}, timeout=60)

    with ThreadPoolExecutor(20) as pool:
        answers = [pool.submit(wait, k) for k in range(20)]
        assert until(lambda: jobs.redis.xlen(SPLIT) == 20)
        assert requests.get(f"{served.url}/healthz", timeout=60).status_code == 200
        standin = StandIn(jobs, served.files)
        for _ in range(20):
            standin.whole(shots=1)
        assert [answer.result().status_code for answer in answers] == [200] * 20


def test_a_service_that_stops_answers_its_waiting_clients(redis_url: str, jobs: Jobs, files: Files) -> None:
    answers: list[requests.Response] = []

    def wait() -> None:
        form = {"file": ("ad.mp4", MP4)}
        headers = {"Prefer": "wait=60"}
        answers.append(requests.post(f"{api.url}/predict", files=form, headers=headers, timeout=60))

    with Api(redis_url, files.data, SHOTLENS_SPARE_BYTES="0") as api:
        client = threading.Thread(target=wait)
        client.start()
        assert until(lambda: jobs.redis.xlen(SPLIT))
    client.join()

    assert api.process.returncode == 0
    assert answers[0].status_code == 202


def ends_with(process: subprocess.Popen[str], *words: str) -> None:
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Traceback" not in errors
    assert len(errors.strip().splitlines()) == 1
    for word in words:
        assert word in errors


def test_a_port_that_is_taken_ends_the_start_with_a_sentence(redis_url: str, files: Files) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ends_with(start_api(redis_url, files.data, port), str(port), "taken", "SHOTLENS_PORT")


def test_a_data_folder_that_cannot_be_made_ends_the_start_with_a_sentence(redis_url: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ends_with(start_api(redis_url, tmp_path / "file" / "data", free_port()), "data folder", "file/data")


def test_a_data_folder_without_permission_ends_the_start_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def forbidden(_: Files) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", "/srv/data/jobs")

    monkeypatch.setattr(Files, "prepare", forbidden)
    with pytest.raises(SystemExit) as end:
        on_starting(None)

    assert end.value.code == 1
    sentence = capsys.readouterr().err
    assert "permission to write /srv/data/jobs" in sentence
    assert "SHOTLENS_DATA" in sentence


def test_a_wrong_setting_ends_the_start_with_a_sentence(redis_url: str, files: Files) -> None:
    process = start_api(redis_url, files.data, free_port(), SHOTLENS_MAX_UPLOAD_BYTES="much")
    ends_with(process, "max_upload_bytes", "integer")
