"""/uploads over HTTP: each status of tus 1.0, what remains after a break, and what leaves nothing behind."""

import errno
import os
import shutil
import threading
import time
from base64 import b64encode
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import ConnectionError
from werkzeug.test import TestResponse

from api.services import EXTENSION
from jobs.names import SPLIT
from jobs.record import Jobs
from shotlens.storage.files import ORPHAN_SECONDS, Files
from shotlens.storage.media_types import HEAD_BYTES
from testkit.standin import MP4, StandIn
from tests.api.conftest import LIMIT, NOWHERE, MakeApp, Send, json_of, nothing_left
from tests.conftest import entries

TUS = {"Tus-Resumable": "1.0.0"}
PIECES = "application/offset+octet-stream"
HALF = len(MP4) // 2
NAMED = f"filename {b64encode(b'an ad.mp4').decode()},filetype {b64encode(b'video/mp4').decode()},private"

Begin = Callable[..., str]
Go = Callable[..., TestResponse]


@pytest.fixture
def begin(client: FlaskClient) -> Begin:
    """Begin an upload; return its address."""

    def post(length: int = len(MP4), query: str = "", metadata: str = NAMED) -> str:
        headers = {**TUS, "Upload-Length": str(length), "Upload-Metadata": metadata}
        response = client.post(f"/uploads{query}", headers=headers)
        assert response.status_code == 201
        return response.headers["Location"]

    return post


@pytest.fixture
def go_on(client: FlaskClient) -> Go:
    """Send bytes from an offset."""

    def patch(address: str, offset: int, content: bytes) -> TestResponse:
        headers = {**TUS, "Upload-Offset": str(offset)}
        return client.patch(address, data=content, content_type=PIECES, headers=headers)

    return patch


def head(client: FlaskClient, address: str) -> TestResponse:
    return client.head(address, headers=TUS)


def offset(client: FlaskClient, address: str) -> int:
    response = head(client, address)
    assert response.status_code == 200
    return int(response.headers["Upload-Offset"])


def id_of(address: str) -> str:
    return address.rpartition("/")[2]


def is_problem(response: TestResponse, status: int, says: str) -> bool:
    assert (response.status_code, response.content_type) == (status, "application/problem+json")
    assert response.headers["Tus-Resumable"] == "1.0.0"
    return says in json_of(response)["detail"]


def test_options_lists_what_is_supported(client: FlaskClient) -> None:
    response = client.options("/uploads")

    assert response.status_code in (200, 204)
    assert response.headers["Tus-Version"] == "1.0.0"
    assert response.headers["Tus-Extension"] == "creation,termination,expiration"
    assert response.headers["Tus-Max-Size"] == str(LIMIT)


def test_a_video_in_two_pieces_is_a_job(client: FlaskClient, begin: Begin, go_on: Go, jobs: Jobs, files: Files) -> None:
    address = begin()
    first = go_on(address, 0, MP4[:HALF])
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, str(HALF))
    assert "Location" not in first.headers
    assert jobs.redis.xlen(SPLIT) == 0

    last = go_on(address, HALF, MP4[HALF:])

    assert (last.status_code, last.headers["Upload-Offset"]) == (204, str(len(MP4)))
    assert last.headers["Location"] == f"/jobs/{id_of(address)}"
    job = json_of(client.get(last.headers["Location"]))
    assert (job["state"], job["filename"]) == ("queued", "an ad.mp4")
    assert files.source(job["id"]).read_bytes() == MP4
    assert [fields["job"] for fields in entries(jobs.redis, SPLIT)] == [job["id"]]
    assert not list(files.data.glob("incoming/*"))
    assert not jobs.redis.exists(f"upload:{job['id']}")


def test_head_returns_the_announced_length_and_the_offset(client: FlaskClient, begin: Begin, go_on: Go) -> None:
    address = begin()
    go_on(address, 0, MP4[:10])

    response = head(client, address)

    assert (response.status_code, response.headers["Cache-Control"]) == (200, "no-store")
    announced = (
        response.headers["Upload-Offset"],
        response.headers["Upload-Length"],
        response.headers["Upload-Metadata"],
    )
    assert announced == ("10", str(len(MP4)), NAMED)


def test_a_client_that_lost_the_last_response_finds_the_job(
    client: FlaskClient, begin: Begin, go_on: Go, jobs: Jobs
) -> None:
    address = begin()
    done = go_on(address, 0, MP4)

    for again in (head(client, address), go_on(address, len(MP4), b"")):
        assert again.headers["Location"] == done.headers["Location"]
        assert again.headers["Upload-Offset"] == again.headers["Upload-Length"] == str(len(MP4))
    assert jobs.redis.xlen(SPLIT) == 1


def test_options_of_the_job_are_kept(client: FlaskClient, begin: Begin, go_on: Go) -> None:
    done = go_on(begin(query="?detector=adaptive&min_shot=0.5"), 0, MP4)

    assert json_of(client.get(done.headers["Location"]))["options"] == {"detector": "adaptive", "min_shot": 0.5}


def test_the_callback_is_kept(make_app: MakeApp, jobs: Jobs) -> None:
    client = make_app(webhook_hosts="a.example", webhook_secret="x").test_client()
    headers = {**TUS, "Upload-Length": str(len(MP4))}

    assert is_problem(client.post("/uploads?callback=https://b.example/", headers=headers), 422, "b.example")
    address = client.post("/uploads?callback=https://a.example/", headers=headers).headers["Location"]
    client.patch(address, data=MP4, content_type=PIECES, headers={**TUS, "Upload-Offset": "0"})
    assert jobs.redis.hget(f"job:{id_of(address)}", "callback") == "https://a.example/"


@pytest.mark.parametrize(
    ("metadata", "name"),
    [
        ("", "video"),
        ("filename", "video"),
        ("filename /w==", "\N{REPLACEMENT CHARACTER}"),
        (f"name {b64encode('Straßenfilm 🎬.mkv'.encode()).decode()}", "Straßenfilm 🎬.mkv"),
        (f"name {b64encode(b'b.mp4').decode()}, filename {b64encode(b'../../a.mp4').decode()}", "a.mp4"),
    ],
)
def test_a_filename_is_only_data(client: FlaskClient, begin: Begin, go_on: Go, *, metadata: str, name: str) -> None:
    done = go_on(begin(metadata=metadata), 0, MP4)

    assert json_of(client.get(done.headers["Location"]))["filename"] == name


@pytest.mark.parametrize(
    ("headers", "status", "says"),
    [
        ({}, 400, "Upload-Length"),
        ({"Upload-Length": "-1"}, 400, "Upload-Length"),
        ({"Upload-Length": "²"}, 400, "Upload-Length"),
        ({"Upload-Length": "9" * 5000}, 400, "Upload-Length"),
        ({"Upload-Defer-Length": "1"}, 400, "Upload-Defer-Length"),
        ({"Upload-Length": "0"}, 422, "empty"),
        ({"Upload-Length": str(LIMIT + 1)}, 413, "at most 1 MB"),
        ({"Upload-Length": "9", "Upload-Metadata": "filename ad.mp4"}, 400, "Base64"),
        ({"Upload-Length": "9", "Upload-Metadata": "filename YQ"}, 400, "Base64"),
        ({"Upload-Length": "9", "Upload-Metadata": "filename YQ==,,"}, 400, "Base64"),
        ({"Upload-Length": "9", "Upload-Metadata": "é YQ=="}, 400, "Base64"),
        ({"Upload-Length": "9", "Tus-Resumable": "0.2.2"}, 412, "1.0.0"),
    ],
)
def test_an_invalid_upload_is_refused_with_the_reason(
    client: FlaskClient, jobs: Jobs, files: Files, *, headers: dict[str, str], status: int, says: str
) -> None:
    assert is_problem(client.post("/uploads", headers={**TUS, **headers}), status, says)
    assert nothing_left(files, jobs)
    assert not jobs.redis.keys("upload:*")


def test_a_request_of_another_version_is_refused_with_the_supported_one(client: FlaskClient, begin: Begin) -> None:
    response = client.head(begin())

    assert (response.status_code, response.headers["Tus-Version"]) == (412, "1.0.0")


def test_a_piece_that_does_not_fit_is_refused_and_the_upload_continues(
    client: FlaskClient, begin: Begin, go_on: Go
) -> None:
    address = begin()
    go_on(address, 0, MP4[:HALF])

    assert is_problem(go_on(address, 0, MP4[:HALF]), 409, f"{HALF} bytes")
    assert is_problem(go_on(address, HALF + 1, MP4[HALF:]), 409, f"{HALF} bytes")
    assert is_problem(go_on(address, HALF, MP4), 413, "Upload-Length")
    assert is_problem(client.patch(address, data=MP4, headers={**TUS, "Upload-Offset": str(HALF)}), 415, "octet-stream")
    assert is_problem(client.patch(address, data=MP4, content_type=PIECES, headers=TUS), 400, "Upload-Offset")
    assert go_on(address, HALF, MP4[HALF:]).status_code == 204
    assert is_problem(go_on(address, HALF, MP4[HALF:]), 409, f"{len(MP4)} bytes")


@pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE"])
@pytest.mark.parametrize("upload_id", ["0" * 24, "..", "x"])
def test_an_unknown_upload_is_not_found(client: FlaskClient, method: str, upload_id: str) -> None:
    headers = {**TUS, "Upload-Offset": "0", "Content-Type": PIECES}
    response = client.open(f"/uploads/{upload_id}", method=method, headers=headers)

    assert (response.status_code, response.headers["Tus-Resumable"]) == (404, "1.0.0")


def test_a_wrong_method_is_refused_with_the_allowed_ones(client: FlaskClient, begin: Begin) -> None:
    assert is_problem(client.get(begin(), headers=TUS), 405, "PATCH")


def test_a_file_that_is_not_a_video_is_refused_by_its_first_bytes_and_erased(
    client: FlaskClient, begin: Begin, go_on: Go, jobs: Jobs, files: Files
) -> None:
    address = begin(LIMIT)
    assert go_on(address, 0, b"#EXTM3U\n" * 200).status_code == 204

    assert is_problem(go_on(address, 1600, b"#" * HEAD_BYTES), 415, "MP4")
    assert nothing_left(files, jobs)
    assert head(client, address).status_code == 404


def test_a_small_file_that_is_not_a_video_is_refused_at_its_end(
    begin: Begin, go_on: Go, jobs: Jobs, files: Files
) -> None:
    assert is_problem(go_on(begin(9), 0, b"no video!"), 415, "MP4")
    assert nothing_left(files, jobs)
    assert not jobs.redis.keys("upload:*")


@pytest.mark.parametrize("finish", [0, HALF, len(MP4)])
def test_a_deleted_upload_leaves_nothing(
    client: FlaskClient, begin: Begin, go_on: Go, jobs: Jobs, files: Files, *, finish: int
) -> None:
    address = begin()
    go_on(address, 0, MP4[:finish])

    assert client.delete(address, headers=TUS).status_code == 204
    assert not [*files.data.glob("jobs/*"), *files.data.glob("incoming/*")]
    assert head(client, address).status_code == 404
    assert client.get(f"/jobs/{id_of(address)}").status_code == 404


def test_patch_and_delete_may_be_named_in_a_header(client: FlaskClient, begin: Begin, jobs: Jobs) -> None:
    address = begin()

    def post(method: str) -> TestResponse:
        headers = {**TUS, "Upload-Offset": "0", "X-HTTP-Method-Override": method}
        return client.post(address, data=MP4, content_type=PIECES, headers=headers)

    assert post("PATCH").headers["Location"] == f"/jobs/{id_of(address)}"
    assert jobs.exists(id_of(address))
    assert post("DELETE").status_code == 204
    assert not jobs.exists(id_of(address))


def test_no_other_address_takes_its_method_from_a_header(client: FlaskClient, send: Send, jobs: Jobs) -> None:
    job_id = json_of(send())["id"]

    assert client.post(f"/jobs/{job_id}", headers={"X-HTTP-Method-Override": "DELETE"}).status_code == 405
    assert jobs.exists(job_id)


def test_an_upload_expires_a_while_after_its_last_piece(
    make_app: MakeApp, jobs: Jobs, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make_app(upload_hours=1).test_client()
    begun = client.post("/uploads", headers={**TUS, "Upload-Length": str(len(MP4))})
    left = parsedate_to_datetime(begun.headers["Upload-Expires"]).timestamp() - time.time()
    assert 3590 < left <= 3600
    key = f"upload:{id_of(begun.headers['Location'])}"
    jobs.redis.expire(key, 5)

    headers = {**TUS, "Upload-Offset": "0", "Content-Type": PIECES}
    assert "Upload-Expires" in client.patch(begun.headers["Location"], data=MP4[:10], headers=headers).headers
    assert jobs.redis.ttl(key) > 3590

    jobs.redis.pexpire(key, 1)
    time.sleep(0.01)
    assert head(client, begun.headers["Location"]).status_code == 404


def test_the_sweep_removes_an_upload_once_it_has_expired(
    app: Flask, begin: Begin, go_on: Go, jobs: Jobs, files: Files
) -> None:
    address = begin()
    go_on(address, 0, MP4[:HALF])
    upload_id, partials = id_of(address), app.extensions[EXTENSION].uploads
    long_ago = time.time() - ORPHAN_SECONDS - 60
    os.utime(files.incoming(upload_id), (long_ago, long_ago))

    assert files.sweep(partials.exists) == []
    jobs.redis.delete(f"upload:{upload_id}")
    assert files.sweep(partials.exists) == [upload_id]


def test_without_room_an_upload_does_not_begin(make_app: MakeApp, jobs: Jobs, files: Files) -> None:
    client = make_app(spare_bytes=10**18).test_client()

    assert is_problem(client.post("/uploads", headers={**TUS, "Upload-Length": "9"}), 507, "room")
    assert nothing_left(files, jobs)


def test_a_full_disk_keeps_what_was_received(
    client: FlaskClient, begin: Begin, go_on: Go, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = begin()
    go_on(address, 0, MP4[:HALF])
    with monkeypatch.context() as full:
        full.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=-1))
        assert is_problem(go_on(address, HALF, MP4[HALF:]), 507, "room")

    assert offset(client, address) == HALF
    assert "Location" in go_on(address, HALF, MP4[HALF:]).headers


def test_without_redis_nothing_begins(make_app: MakeApp, jobs: Jobs, files: Files) -> None:
    client = make_app(redis_url=NOWHERE).test_client()

    assert is_problem(client.post("/uploads", headers={**TUS, "Upload-Length": "9"}), 503, "queue")
    assert nothing_left(files, jobs)


def test_redis_lost_with_the_last_byte_loses_no_video(
    client: FlaskClient, begin: Begin, go_on: Go, jobs: Jobs, *, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(*_: object, **__: object) -> None:
        raise ConnectionError

    address = begin()
    with monkeypatch.context() as outage:
        outage.setattr(Jobs, "create", unreachable)
        assert is_problem(go_on(address, 0, MP4), 503, "queue")

    assert head(client, address).headers["Location"] == f"/jobs/{id_of(address)}"
    assert files.source(id_of(address)).read_bytes() == MP4
    assert jobs.redis.xlen(SPLIT) == 1


def test_a_disk_that_fails_with_the_last_byte_loses_no_video(
    client: FlaskClient, begin: Begin, go_on: Go, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    address = begin()
    with monkeypatch.context() as failing:
        failing.setattr(os, "fsync", broken)
        assert is_problem(go_on(address, 0, MP4), 500, "stored")

    assert "Location" in go_on(address, len(MP4), b"").headers
    assert jobs.redis.xlen(SPLIT) == 1


def test_a_job_that_failed_at_once_is_found(client: FlaskClient, begin: Begin, go_on: Go, standin: StandIn) -> None:
    address = begin()
    go_on(address, 0, MP4)
    standin.begin()
    standin.fail("The file holds no video, only sound.")
    standin.files.erase(id_of(address))

    assert head(client, address).headers["Location"] == f"/jobs/{id_of(address)}"


def test_many_requests_that_finish_at_once_make_one_job(app: Flask, begin: Begin, jobs: Jobs, files: Files) -> None:
    address = begin()
    files.incoming(id_of(address)).write_bytes(MP4)  # as after a crash that followed the last byte
    answers: list[TestResponse] = []
    threads = [threading.Thread(target=lambda: answers.append(head(app.test_client(), address))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {answer.headers.get("Location") for answer in answers} == {f"/jobs/{id_of(address)}"}
    assert len(answers) == 8
    assert jobs.redis.xlen(SPLIT) == 1
