"""GET /jobs: all jobs, newest first, page by page."""

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from jobs import listing
from jobs.record import Jobs
from testkit.standin import StandIn
from tests.api.conftest import Send, json_of


def names(response: TestResponse) -> list[str]:
    return [job["filename"] for job in json_of(response)["jobs"]]


def test_jobs_are_listed_newest_first(client: FlaskClient, send: Send, standin: StandIn) -> None:
    send(filename="first.mp4")
    send(filename="second.mp4")
    standin.whole(shots=2)

    newest, oldest = json_of(client.get("/jobs"))["jobs"]

    assert (newest["filename"], newest["state"], newest["shots"], newest["poster"]) == ("second.mp4", "queued", 0, None)
    assert (oldest["filename"], oldest["state"], oldest["shots"], oldest["progress"]) == ("first.mp4", "done", 2, 1)
    assert oldest["created"] < oldest["finished"]
    with client.get(oldest["poster"]) as poster:
        assert poster.status_code == 200


def test_pages_follow_each_other_without_a_gap_while_jobs_come(client: FlaskClient, send: Send) -> None:
    for number in range(7):
        send(filename=f"{number}.mp4")

    first = client.get("/jobs?limit=3")
    send(filename="new.mp4")
    second = client.get(json_of(first)["next"])
    third = client.get(json_of(second)["next"])

    assert names(first) + names(second) + names(third) == [f"{number}.mp4" for number in (6, 5, 4, 3, 2, 1, 0)]
    assert json_of(third)["next"] is None


def test_jobs_beyond_one_chunk_are_listed_too(client: FlaskClient, jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "RECORDS_PER_READ", 3)
    ids = [f"{number:024x}" for number in range(10)]
    for job_id in ids:
        jobs.create(job_id, "ad.mp4", 1)

    assert [job["id"] for job in json_of(client.get("/jobs"))["jobs"]] == ids[::-1]


def test_a_page_that_read_enough_ends_with_the_place_to_continue(
    client: FlaskClient, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "MAX_RECORDS_PER_PAGE", 4)
    for number in range(6):
        jobs.create(f"{number:024x}", "needle.mp4" if number == 0 else "hay.mp4", 1)

    first = client.get("/jobs?name=needle")

    assert names(first) == []
    assert names(client.get(json_of(first)["next"])) == ["needle.mp4"]


@pytest.mark.parametrize(
    ("query", "filenames"),
    [("state=done", ["ad.mp4"]), ("state=queued", ["Film.MKV"]), ("name=film", ["Film.MKV"]), ("name=%2A", [])],
)
def test_jobs_are_filtered_by_state_and_name(
    client: FlaskClient, send: Send, standin: StandIn, *, query: str, filenames: list[str]
) -> None:
    send(filename="ad.mp4")
    send(filename="Film.MKV")
    standin.whole()

    assert names(client.get(f"/jobs?{query}")) == filenames


def test_deleted_and_expired_jobs_are_not_listed(client: FlaskClient, send: Send, jobs: Jobs) -> None:
    gone, expired, _ = (json_of(send(filename=name))["id"] for name in ("a.mp4", "b.mp4", "c.mp4"))
    client.delete(f"/jobs/{gone}")
    jobs.redis.delete(f"job:{expired}")

    assert names(client.get("/jobs")) == ["c.mp4"]


@pytest.mark.parametrize("query", ["cursor=x", "cursor=1-2", "limit=0", "limit=201", "state=new", "page=2"])
def test_an_invalid_query_is_refused_with_its_parameter(client: FlaskClient, query: str) -> None:
    response = client.get(f"/jobs?{query}")

    assert (response.status_code, response.content_type) == (422, "application/problem+json")
    assert query.partition("=")[0] in json_of(response)["detail"]
