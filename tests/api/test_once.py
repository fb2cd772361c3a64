"""Idempotency-Key: a request that is sent twice makes one job."""

import threading

import pytest
from flask.testing import FlaskClient

from jobs.names import SPLIT
from jobs.record import Jobs
from shotlens.storage.files import Files
from testkit.standin import MP4
from tests.api.conftest import LIMIT, Send, json_of, nothing_left

OTHER = MP4[:-7] + b"another"  # as long


def test_the_same_key_and_bytes_give_the_same_job(send: Send, jobs: Jobs, files: Files) -> None:
    first, again = (send(**{"Idempotency-Key": "a-key"}) for _ in range(2))

    assert (first.status_code, again.status_code) == (202, 202)
    assert json_of(again)["id"] == json_of(first)["id"]
    assert jobs.redis.xlen(SPLIT) == 1
    assert [path.name for path in files.data.glob("jobs/*")] == [json_of(first)["id"]]
    assert not list(files.data.glob("incoming/*"))


def test_the_same_key_with_other_bytes_is_refused_and_leaves_nothing_behind(
    send: Send, jobs: Jobs, files: Files
) -> None:
    first = send(**{"Idempotency-Key": "a-key"})

    response = send(OTHER, **{"Idempotency-Key": "a-key"})

    assert (response.status_code, response.content_type) == (422, "application/problem+json")
    assert "used before" in json_of(response)["detail"]
    assert jobs.redis.xlen(SPLIT) == 1
    assert [path.name for path in files.data.glob("jobs/*")] == [json_of(first)["id"]]


def test_the_same_key_with_other_options_is_refused(client: FlaskClient, jobs: Jobs) -> None:
    key = {"Idempotency-Key": "a-key"}
    client.post("/predict?detector=adaptive", data=MP4, content_type="video/mp4", headers=key)

    assert client.post("/predict", data=MP4, content_type="video/mp4", headers=key).status_code == 422


def test_a_form_and_a_raw_body_of_the_same_bytes_count_as_the_same_request(client: FlaskClient, send: Send) -> None:
    key = {"Idempotency-Key": "a-key"}
    raw = client.post("/predict", data=MP4, content_type="video/mp4", headers=key)

    assert json_of(send(**key))["id"] == json_of(raw)["id"]


def test_another_key_or_no_key_makes_a_new_job(send: Send) -> None:
    keys: list[dict[str, str]] = [{"Idempotency-Key": "a-key"}, {"Idempotency-Key": "b-key"}, {}, {}]

    assert len({json_of(send(**headers))["id"] for headers in keys}) == 4


def test_another_client_may_use_the_same_key(send: Send) -> None:
    ids = {
        json_of(send(**{"Idempotency-Key": "a-key", "Authorization": who}))["id"] for who in ("Bearer a", "Bearer b")
    }

    assert len(ids) == 2


def test_deleting_a_job_frees_its_key(client: FlaskClient, send: Send) -> None:
    first = send(**{"Idempotency-Key": "a-key"})
    client.delete(first.headers["Location"])

    assert send(OTHER, **{"Idempotency-Key": "a-key"}).status_code == 202


def test_many_simultaneous_requests_make_one_job(send: Send, jobs: Jobs) -> None:
    ids: list[str] = []
    threads = [
        threading.Thread(target=lambda: ids.append(json_of(send(**{"Idempotency-Key": "a-key"}))["id"]))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(ids), len(set(ids)), jobs.redis.xlen(SPLIT)) == (8, 1, 1)


def test_a_refused_video_with_a_key_leaves_no_thread_behind(send: Send, jobs: Jobs, files: Files) -> None:
    before = threading.active_count()

    assert send(MP4 + bytes(2 * LIMIT), **{"Idempotency-Key": "a-key"}).status_code == 413
    assert threading.active_count() == before
    assert nothing_left(files, jobs)


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "k" * 256])
def test_an_invalid_key_is_refused(send: Send, jobs: Jobs, files: Files, *, key: str) -> None:
    response = send(**{"Idempotency-Key": key})

    assert (response.status_code, "visible ASCII" in json_of(response)["detail"]) == (400, True)
    assert nothing_left(files, jobs)
