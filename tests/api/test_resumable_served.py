"""/uploads under gunicorn: connections that break, hang and compete, and a process that is killed."""

import os
import socket
from collections.abc import Iterable

import pytest
import requests

from jobs.names import SPLIT
from jobs.record import Jobs
from shotlens.storage.files import Files
from testkit.standin import MP4, Api
from testkit.waiting import until
from tests.api.conftest import LIMIT

pytestmark = pytest.mark.service

TUS = {"Tus-Resumable": "1.0.0"}
PIECES = "application/offset+octet-stream"
VIDEO = MP4 + os.urandom(800_000)


def begin(api: Api, length: int = len(VIDEO)) -> str:
    response = requests.post(f"{api.url}/uploads", headers={**TUS, "Upload-Length": str(length)}, timeout=60)
    assert response.status_code == 201
    return response.headers["Location"]


def offset(api: Api, address: str) -> int:
    return int(requests.head(f"{api.url}{address}", headers=TUS, timeout=60).headers["Upload-Offset"])


def go_on(api: Api, address: str, start: int, content: bytes | Iterable[bytes] | None = None) -> requests.Response:
    headers = {**TUS, "Upload-Offset": str(start), "Content-Type": PIECES}
    content = VIDEO[start:] if content is None else content
    return requests.patch(f"{api.url}{address}", data=content, headers=headers, timeout=60)


def hang(api: Api, address: str, body: bytes, start: int = 0, length: int = len(VIDEO)) -> socket.socket:
    """Send a part of what is announced, then nothing more."""
    connection = socket.create_connection(("127.0.0.1", api.port), timeout=60)
    lines = [f"PATCH {address} HTTP/1.1", "Host: localhost", "Tus-Resumable: 1.0.0", f"Upload-Offset: {start}"]
    lines += [f"Content-Type: {PIECES}", f"Content-Length: {length - start}", "", ""]
    connection.sendall("\r\n".join(lines).encode() + body)
    return connection


def is_whole(api: Api, address: str, jobs: Jobs) -> bool:
    source = api.files.source(address.rpartition("/")[2])
    return source.read_bytes() == VIDEO and jobs.redis.xlen(SPLIT) == 1


def test_a_broken_connection_keeps_what_was_received(served: Api, jobs: Jobs) -> None:
    address = begin(served)
    with hang(served, address, VIDEO[:500_000]):
        assert until(lambda: offset(served, address) > 400_000)

    assert until(lambda: offset(served, address) == 500_000)
    assert go_on(served, address, 500_000).headers["Location"] == address.replace("uploads", "jobs")
    assert is_whole(served, address, jobs)


def test_a_client_that_comes_back_need_not_wait_for_its_hanging_request(served: Api, jobs: Jobs) -> None:
    address = begin(served)
    with hang(served, address, VIDEO[:500_000]) as hanging:
        assert until(lambda: offset(served, address) > 400_000)
        start = offset(served, address)

        assert go_on(served, address, start).status_code == 204
        hanging.sendall(VIDEO[500_000:])
        assert hanging.recv(1000).startswith(b"HTTP/1.1 409 ")
    assert is_whole(served, address, jobs)


def test_a_request_whose_upload_is_deleted_ends(served: Api) -> None:
    address = begin(served)
    with hang(served, address, VIDEO[:500_000]) as hanging:
        assert until(lambda: offset(served, address) > 400_000)
        requests.delete(f"{served.url}{address}", headers=TUS, timeout=60)
        hanging.sendall(VIDEO[500_000:])
        assert hanging.recv(1000).startswith(b"HTTP/1.1 404 ")

    assert not [*served.files.data.glob("jobs/*"), *served.files.data.glob("incoming/*")]


def test_a_piece_of_unknown_length_is_accepted_up_to_the_announced_one(served: Api, jobs: Jobs) -> None:
    address = begin(served)

    assert go_on(served, address, 0, iter([VIDEO, b"more"])).status_code == 413
    start = offset(served, address)
    assert start < len(VIDEO)
    assert go_on(served, address, start, iter([VIDEO[start:]])).status_code == 204
    assert is_whole(served, address, jobs)


def test_a_client_can_read_why_its_piece_is_refused(served: Api) -> None:
    address = begin(served)
    go_on(served, address, 0, VIDEO[:-1])

    response = go_on(served, address, len(VIDEO) - 1, bytes(20 * LIMIT))

    assert (response.status_code, response.headers["Content-Type"]) == (413, "application/problem+json")
    assert offset(served, address) == len(VIDEO) - 1


def test_a_piece_announced_too_long_is_refused_before_it_is_sent(served: Api) -> None:
    address = begin(served)
    go_on(served, address, 0, VIDEO[:-1])

    with hang(served, address, b"", start=len(VIDEO) - 1, length=len(VIDEO) + 1) as hanging:
        assert hanging.recv(1000).startswith(b"HTTP/1.1 413 ")


def test_a_killed_process_loses_nothing(redis_url: str, jobs: Jobs, files: Files) -> None:
    with Api(redis_url, files.data, SHOTLENS_SPARE_BYTES="0") as api:
        address = begin(api)
        with hang(api, address, VIDEO[:500_000]):
            assert until(lambda: offset(api, address) > 400_000)
            api.kill()
        with api.restarted():
            start = offset(api, address)
            assert start > 400_000
            assert go_on(api, address, start).status_code == 204
            assert is_whole(api, address, jobs)


def test_several_processes_continue_one_upload(served: Api, redis_url: str, jobs: Jobs) -> None:
    address = begin(served)
    with Api(redis_url, served.files.data, SHOTLENS_SPARE_BYTES="0") as other, hang(served, address, VIDEO[:300_000]):
        assert until(lambda: offset(other, address) > 200_000)
        assert go_on(other, address, offset(other, address)).status_code == 204
        assert offset(served, address) == len(VIDEO)
        assert is_whole(served, address, jobs)
