"""All errors are problem documents, and all responses have the security headers."""

import pytest
from flask.testing import FlaskClient

from api.services import Services
from jobs.record import Jobs
from tests.api.conftest import NOWHERE, MakeApp, json_of

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
MEMBERS = {"type", "title", "status", "detail"}


@pytest.mark.parametrize(
    ("method", "address", "allowed"),
    [
        ("GET", "/predict", {"POST", "OPTIONS"}),
        ("POST", "/", {"GET", "HEAD", "OPTIONS"}),
        ("PUT", "/jobs/" + "0" * 24, {"GET", "HEAD", "DELETE", "PATCH", "OPTIONS"}),
        ("DELETE", "/healthz", {"GET", "HEAD", "OPTIONS"}),
    ],
)
def test_a_wrong_method_is_refused_with_the_allowed_ones(
    client: FlaskClient, method: str, address: str, allowed: set[str]
) -> None:
    response = client.open(address, method=method)

    assert response.status_code == 405
    assert set(response.headers["Allow"].split(", ")) == allowed
    assert response.content_type == "application/problem+json"
    assert method in json_of(response)["detail"]


@pytest.mark.parametrize("address", ["/nothing", "/static/nothing.js", "/static/../app.py"])
@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "image/avif,image/webp,*/*;q=0.8"])
def test_an_unknown_address_is_a_problem(client: FlaskClient, address: str, accept: str | None) -> None:
    response = client.get(address, headers={"Accept": accept} if accept else {})

    assert response.content_type == "application/problem+json"
    assert set(json_of(response)) == MEMBERS
    assert (json_of(response)["status"], json_of(response)["title"]) == (404, "Not Found")


@pytest.mark.parametrize(
    ("address", "status", "sentence"),
    [
        ("/nothing", 404, "There is nothing at this address: check how it is spelt."),
        ("/videos/mistyped", 404, "There is no video with this id: it was never uploaded, was deleted, or has"),
        (f"/jobs/{'0' * 24}", 404, "There is no video with this id"),
        ("/predict", 405, "This address does not accept GET, only POST."),
    ],
)
def test_a_person_at_a_browser_gets_the_sentence_on_a_page_with_a_way_back(
    client: FlaskClient, jobs: Jobs, address: str, status: int, sentence: str
) -> None:
    response = client.get(address, headers={"Accept": BROWSER})

    assert (response.status_code, response.mimetype) == (status, "text/html")
    assert f"<h1>{sentence}" in response.text
    assert '<a class="button main" href="/">' in response.text
    assert "Accept" in response.headers["Vary"]


def test_what_an_address_says_is_no_html_on_the_page(client: FlaskClient, jobs: Jobs) -> None:
    response = client.get("/jobs?<script>=1", headers={"Accept": BROWSER})

    assert response.status_code == 422
    assert "&lt;script&gt;" in response.text
    assert "<script>=" not in response.text


def test_a_page_says_that_the_queue_does_not_answer(make_app: MakeApp) -> None:
    response = make_app(redis_url=NOWHERE).test_client().get("/", headers={"Accept": BROWSER})

    assert (response.status_code, response.mimetype) == (503, "text/html")
    assert "The job queue does not answer." in response.text
    assert response.headers["Retry-After"]


def test_an_internal_error_is_a_problem_without_its_traceback(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(Services, "find", broken)
    response = client.get("/jobs/" + "0" * 24)

    assert (response.status_code, response.content_type) == (500, "application/problem+json")
    assert set(json_of(response)) == MEMBERS
    assert "secret" not in response.text


def test_without_redis_the_response_asks_to_retry(make_app: MakeApp) -> None:
    response = make_app(redis_url=NOWHERE).test_client().get("/jobs/" + "0" * 24)

    assert (response.status_code, response.content_type) == (503, "application/problem+json")
    assert response.headers["Retry-After"]


@pytest.mark.parametrize("address", ["/", "/healthz", "/nothing", "/static/icon.svg", "/jobs/" + "0" * 24])
def test_every_answer_carries_the_security_headers(client: FlaskClient, address: str, jobs: Jobs) -> None:
    with client.get(address) as response:
        assert "default-src 'self'" in response.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "no-referrer"
