"""The same bytes again: a new job is made, and names the earlier one."""

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from jobs.record import Jobs
from shotlens.storage.files import Files
from testkit.standin import MP4, StandIn
from tests.api.conftest import Send, json_of

OTHER = MP4[:-7] + b"another"  # as long
TUS = {"Tus-Resumable": "1.0.0"}


def upload(client: FlaskClient, *pieces: bytes) -> str:
    """Upload a video resumably, in pieces; return the address of its job."""
    headers = {**TUS, "Upload-Length": str(sum(map(len, pieces)))}
    address, offset = client.post("/uploads", headers=headers).headers["Location"], 0
    for piece in pieces:
        response = client.patch(
            address,
            data=piece,
            content_type="application/offset+octet-stream",
            headers={**TUS, "Upload-Offset": str(offset)},
        )
        offset += len(piece)
    return response.headers["Location"]


def earlier(response: TestResponse) -> str | None:
    duplicate_of: str | None = json_of(response)["duplicate_of"]
    return duplicate_of


def test_the_answer_names_the_earlier_job_and_makes_a_new_one(client: FlaskClient, send: Send) -> None:
    first, again, other = send(), send(filename="copy.mp4"), send(OTHER)

    assert (earlier(first), earlier(again), earlier(other)) == (None, json_of(first)["id"], None)
    assert json_of(again)["id"] != json_of(first)["id"]
    assert earlier(client.get(again.headers["Location"])) == json_of(first)["id"]
    assert [job["duplicate_of"] for job in json_of(client.get("/jobs"))["jobs"]] == [None, json_of(first)["id"], None]


def test_the_latest_of_several_is_named(send: Send) -> None:
    _, second, third = (json_of(send()) for _ in range(3))

    assert third["duplicate_of"] == second["id"]


@pytest.mark.parametrize("pieces", [[MP4], [MP4[:1000], MP4[1000:]]])
def test_it_does_not_matter_how_the_bytes_come(client: FlaskClient, send: Send, pieces: list[bytes]) -> None:
    raw = json_of(client.post("/predict", data=MP4, content_type="video/mp4"))
    resumed = json_of(client.get(upload(client, *pieces)))

    assert resumed["duplicate_of"] == raw["id"]
    assert earlier(send()) == resumed["id"]


def test_a_video_that_is_cut_in_another_way_is_no_duplicate(client: FlaskClient, send: Send) -> None:
    first = send()
    other = client.post("/predict?min_shot=1", data=MP4, content_type="video/mp4")

    assert earlier(other) is None
    assert earlier(send()) == json_of(first)["id"]


def test_the_same_sketch_is_not_enough(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shotlens.storage.files.BLOCK_BYTES", 8)
    changed = bytearray(MP4)
    changed[100] ^= 1
    first, other, again = send(), send(bytes(changed)), send()

    assert (earlier(first), earlier(other), earlier(again)) == (None, None, json_of(first)["id"])


def test_a_job_whose_video_is_not_there_any_more_is_not_offered(send: Send, files: Files) -> None:
    files.source(json_of(send())["id"]).unlink()

    assert earlier(send()) is None


def test_a_job_that_failed_or_is_gone_is_not_offered(client: FlaskClient, send: Send, standin: StandIn) -> None:
    send()
    standin.begin()
    standin.fail("The file holds no video, only sound.")
    second = send()
    assert earlier(second) is None
    third = send()
    assert earlier(third) == json_of(second)["id"]

    client.delete(second.headers["Location"])

    assert earlier(client.get(third.headers["Location"])) is None
    assert json_of(client.get("/jobs"))["jobs"][0]["duplicate_of"] is None


def test_deleted_jobs_leave_no_trace_of_their_bytes(client: FlaskClient, send: Send, jobs: Jobs) -> None:
    address = send().headers["Location"]
    assert len(jobs.redis.keys("same:*")) == 1
    client.delete(address)

    assert jobs.redis.keys("same:*") == []
