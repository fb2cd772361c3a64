"""All errors are problem documents, and all responses have the security headers."""

import pytest
from flask.testing import FlaskClient

from api.services import Services
from jobs.record import Jobs
from tests.api.conftest import NOWHERE, MakeApp, json_of

MEMBERS = {"type", "title", "status", "detail"}


@pytest.mark.parametrize(
    ("method", "address", "allowed"),
    [
        ("GET", "/predict", {"POST", "OPTIONS"}),
        ("POST", "/", {"GET", "HEAD", "OPTIONS"}),
        ("PUT", "/jobs/" + "0" * 24, {"GET", "HEAD", "DELETE", "OPTIONS"}),
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
def test_an_unknown_address_is_a_problem(client: FlaskClient, address: str) -> None:
    response = client.get(address, headers={"Accept": "text/html"})

    assert response.content_type == "application/problem+json"
    assert set(json_of(response)) == MEMBERS
    assert (json_of(response)["status"], json_of(response)["title"]) == (404, "Not Found")


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
