"""PATCH /jobs/<id>: a job is kept for good, and let go."""

import time

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from testkit.standin import StandIn
from tests.api.conftest import Send, json_of


@pytest.fixture
def job(send: Send, standin: StandIn) -> str:
    """The address of a job that is done."""
    address = send().headers["Location"]
    standin.whole()
    return address


def kept(response: TestResponse) -> tuple[bool, bool]:
    """Return whether a job is kept, and whether it expires."""
    assert response.status_code == 200
    return json_of(response)["kept"], json_of(response)["expires"] is not None


def test_a_finished_job_says_when_it_expires(client: FlaskClient, job: str) -> None:
    assert json_of(client.get(job))["expires"] == pytest.approx(time.time() + 3600, abs=60)  # as `jobs` keeps them
    assert json_of(client.get("/jobs"))["jobs"][0]["expires"] == json_of(client.get(job))["expires"]


def test_a_job_is_kept_and_let_go(client: FlaskClient, job: str) -> None:
    assert kept(client.patch(job, json={"kept": True})) == (True, False)
    assert kept(client.get(job)) == (True, False)
    assert kept(client.patch(job, json={"kept": False})) == (False, True)


def test_the_etag_changes_so_that_no_browser_shows_the_old_answer(client: FlaskClient, job: str) -> None:
    before = client.get(job).headers["ETag"]
    after = client.patch(job, json={"kept": True}).headers["ETag"]
    assert client.get(job, headers={"If-None-Match": before}).status_code == 200
    assert client.get(job, headers={"If-None-Match": after}).status_code == 304


def test_a_correction_of_what_was_shown_before_is_still_accepted(client: FlaskClient, job: str) -> None:
    before = client.get(job).headers["ETag"]
    client.patch(job, json={"kept": True})
    response = client.patch(f"{job}/shots/0", json={"scale": "CS"}, headers={"If-Match": before})
    assert response.status_code == 200
    again = client.patch(f"{job}/shots/0", json={"scale": "CS"}, headers={"If-Match": before})
    assert again.status_code == 412


def test_a_corrected_job_does_not_expire(client: FlaskClient, job: str) -> None:
    corrected = client.patch(f"{job}/shots/0", json={"scale": "CS"}, headers={"If-Match": "*"})
    assert kept(corrected) == (False, False)
    assert kept(client.post(f"{job}/undo", headers={"If-Match": "*"})) == (False, True)


@pytest.mark.parametrize("body", [{}, {"kept": 1}, {"kept": None}, {"kept": True, "name": "x"}, []])
def test_another_body_is_refused(client: FlaskClient, job: str, body: object) -> None:
    response = client.patch(job, json=body)
    assert (response.status_code, response.content_type) == (422, "application/problem+json")
    assert kept(client.get(job)) == (False, True)


def test_an_unknown_job_cannot_be_kept(client: FlaskClient) -> None:
    for job_id in ("0" * 24, "nope"):
        assert client.patch(f"/jobs/{job_id}", json={"kept": True}).status_code == 404
