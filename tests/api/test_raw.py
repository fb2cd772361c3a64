"""POST /predict with the video as the whole body and the options in the address."""

import http.client
import socket

import pytest
from flask.testing import FlaskClient

from jobs.record import Jobs
from shotlens.storage.files import Files
from testkit.standin import MP4, Api
from tests.api.conftest import json_of, nothing_left


def test_a_raw_body_is_stored_and_queued(client: FlaskClient, files: Files) -> None:
    response = client.post("/predict?filename=..%2Fan%20ad.mp4", data=MP4, content_type="video/mp4")

    assert (response.status_code, json_of(response)["filename"]) == (202, "an ad.mp4")
    assert files.source(json_of(response)["id"]).read_bytes() == MP4


def test_a_raw_body_without_a_filename_gets_a_default_one(client: FlaskClient) -> None:
    assert json_of(client.post("/predict", data=MP4, content_type="video/x-matroska"))["filename"] == "video"


def test_options_are_kept_with_the_job(client: FlaskClient, jobs: Jobs) -> None:
    response = client.post("/predict?detector=adaptive&min_shot=0.5", data=MP4, content_type="video/mp4")

    assert json_of(response)["options"] == {"detector": "adaptive", "min_shot": 0.5}
    job = jobs.get(json_of(response)["id"])
    assert job and (job.options.detector, job.options.min_shot) == ("adaptive", 0.5)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("detector=best", "'detector'"),
        ("min_shot=-1", "'min_shot'"),
        ("min_shot=nan", "'min_shot'"),
        ("min_shot=61", "'min_shot'"),
        ("min_shot=soon", "'min_shot'"),
        ("speed=9", "There is no parameter 'speed' here, only detector, min_shot, callback and filename."),
    ],
)
def test_invalid_options_are_refused_by_name(
    client: FlaskClient, jobs: Jobs, files: Files, *, query: str, says: str
) -> None:
    response = client.post(f"/predict?{query}", data=MP4, content_type="video/mp4")

    assert (response.status_code, response.content_type) == (422, "application/problem+json")
    assert says in json_of(response)["detail"]
    assert nothing_left(files, jobs)


@pytest.mark.parametrize(
    ("header", "body"),
    [
        (f"Content-Length: {len(MP4)}", MP4[:-100]),
        ("Transfer-Encoding: chunked", b"%x\r\n%s\r\n" % (len(MP4), MP4)),
        ("Transfer-Encoding: chunked", b"%x\r\n%s" % (len(MP4), MP4[:-100])),
    ],
)
def test_a_raw_body_that_breaks_off_leaves_nothing(served: Api, jobs: Jobs, header: str, body: bytes) -> None:
    head = f"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: video/mp4\r\n{header}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", served.port), timeout=60) as client:
        client.sendall(head.encode() + body)
        client.shutdown(socket.SHUT_WR)
        answer = client.recv(4096)

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert nothing_left(served.files, jobs)


def test_a_raw_body_may_come_in_chunks_of_unknown_number(served: Api) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
    pieces = (MP4[start : start + 1000] for start in range(0, len(MP4), 1000))
    connection.request("POST", "/predict", pieces, {"Content-Type": "video/mp4"}, encode_chunked=True)
    response = connection.getresponse()
    location = response.getheader("Location") or ""
    connection.close()

    assert response.status == 202
    assert served.files.source(location.rpartition("/")[2]).read_bytes() == MP4


@pytest.mark.parametrize("apart", [False, True])
def test_what_follows_a_raw_body_is_the_next_request(served: Api, apart: bool) -> None:
    head = f"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: video/mp4\r\nContent-Length: {len(MP4)}\r\n\r\n"
    following = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", served.port), timeout=60) as client:
        for part in (head.encode(), MP4 + following) if apart else (head.encode() + MP4 + following,):
            client.sendall(part)
        answers = b"".join(iter(lambda: client.recv(4096), b""))

    first, _, second = answers.partition(b"HTTP/1.1 200 ")
    assert first.startswith(b"HTTP/1.1 202 ") and second
    job_id = first.partition(b"Location: /jobs/")[2][:24].decode()
    assert served.files.source(job_id).read_bytes() == MP4


@pytest.mark.parametrize(
    ("path", "header"),
    [
        (b"/predict?filename=caf\xe9.mp4", b"Content-Type: video/mp4"),
        (b"/predict?filename=caf%E9.mp4", b"Content-Type: video/mp4"),
        (b"/predict?filename=%ED%A0%80.mp4", b"Content-Type: video/mp4"),
        (b"/predict?filename=a.mp4", b"Content-Type: video/mp4\r\nX-Request-Id: \xe9\r\nIf-Match: \xe9"),
        (b"/jobs?name=caf\xe9", b"Content-Type: video/mp4"),
    ],
)
def test_bytes_that_are_not_utf_8_are_no_fault_of_the_service(served: Api, path: bytes, header: bytes) -> None:
    method = b"GET" if path.startswith(b"/jobs") else b"POST"
    with socket.create_connection(("127.0.0.1", served.port)) as connection:
        length = b"Content-Length: %d" % len(MP4)
        connection.sendall(
            method + b" " + path + b" HTTP/1.1\r\nHost: localhost\r\n%s\r\n%s\r\n\r\n" % (header, length)
        )
        connection.sendall(MP4)
        response = http.client.HTTPResponse(connection)
        response.begin()
        assert response.status < 500, response.read()
