"""Scripts from other origins: allowed only from the origins that the operator names."""

import pytest
from flask.testing import FlaskClient
from pydantic import ValidationError
from redis import Redis

from api.settings import ApiSettings
from jobs.access_keys import AccessKeys
from tests.api.conftest import MakeApp

OURS, OTHER = "https://film.example", "https://film.example.evil"
JOB = "/jobs/" + "0" * 24
ASKS = {"Access-Control-Request-Method": "DELETE", "Access-Control-Request-Headers": "authorization"}


@pytest.fixture
def opened(make_app: MakeApp, redis: Redis) -> FlaskClient:
    AccessKeys(redis).add("anna")
    return make_app(cors_origins=f"http://localhost:3000 {OURS}").test_client()


def test_by_default_no_other_origin_is_allowed(client: FlaskClient) -> None:
    answers = [client.get(JOB, headers={"Origin": OURS}), client.options(JOB, headers={"Origin": OURS, **ASKS})]

    assert not [name for answer in answers for name, _ in answer.headers if name.startswith("Access-Control")]


def test_a_preflight_needs_no_key(opened: FlaskClient) -> None:
    response = opened.options(JOB, headers={"Origin": OURS, **ASKS})

    assert response.status_code == 204
    assert response.headers["Access-Control-Allow-Origin"] == OURS
    assert "DELETE" in response.headers["Access-Control-Allow-Methods"]
    assert {"Authorization", "Content-Type", "Upload-Offset"} <= set(
        response.headers["Access-Control-Allow-Headers"].split(", ")
    )


def test_a_script_may_read_the_response_and_its_headers_even_of_an_error(opened: FlaskClient) -> None:
    response = opened.get(JOB, headers={"Origin": OURS})

    assert response.status_code == 401
    assert response.headers["Access-Control-Allow-Origin"] == OURS
    shown = set(response.headers["Access-Control-Expose-Headers"].split(", "))
    assert {"Location", "ETag", "RateLimit-Remaining", "Retry-After", "X-Request-Id", "Upload-Offset"} <= shown
    assert "Origin" in response.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in response.headers


@pytest.mark.parametrize("origin", [OTHER, "http://film.example", "null", OURS.upper(), "*"])
def test_any_other_origin_is_not_allowed(opened: FlaskClient, origin: str) -> None:
    for response in (opened.get(JOB, headers={"Origin": origin}), opened.options(JOB, headers={"Origin": origin})):
        assert "Access-Control-Allow-Origin" not in response.headers
        assert "Origin" in response.headers["Vary"]


@pytest.mark.parametrize("value", ["*", "film.example", "https://film.example/", "https://*.example"])
def test_a_setting_that_is_not_an_exact_origin_is_refused(value: str) -> None:
    with pytest.raises(ValidationError):
        ApiSettings(cors_origins=value)
