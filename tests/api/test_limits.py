"""Rate limits, by key or by address; what a page loads by itself does not count."""

import pytest
from flask.testing import FlaskClient
from redis import Redis

from api.http.limits import client_of
from jobs.access_keys import AccessKeys
from testkit.standin import StandIn
from tests.api.conftest import MakeApp, Send, json_of

JOB = "/jobs/" + "0" * 24


@pytest.fixture
def limited(make_app: MakeApp, redis: Redis) -> FlaskClient:
    """A client that may ask three times a minute."""
    return make_app(rate_limit=3).test_client()


def statuses(client: FlaskClient, count: int, address: str = JOB, **headers: str) -> list[int]:
    return [client.get(address, headers=headers).status_code for _ in range(count)]


def test_every_response_says_how_many_requests_are_left(limited: FlaskClient) -> None:
    answers = [limited.get(address).headers for address in (JOB, "/", JOB + "/video")]

    assert [answer["RateLimit-Limit"] for answer in answers] == ["3"] * 3
    assert [answer["RateLimit-Remaining"] for answer in answers] == ["2", "1", "0"]
    assert all(1 <= int(answer["RateLimit-Reset"]) <= 61 for answer in answers)
    assert not any("Retry-After" in answer for answer in answers)


def test_one_request_too_many_is_refused_with_the_time_to_retry(limited: FlaskClient) -> None:
    assert statuses(limited, 3) == [404] * 3
    response = limited.get(JOB)

    assert (response.status_code, response.content_type) == (429, "application/problem+json")
    assert "Retry-After" in json_of(response)["detail"]
    assert response.headers["Retry-After"] == response.headers["RateLimit-Reset"]
    assert response.headers["RateLimit-Remaining"] == "0"


def test_page_resources_and_health_checks_do_not_count(limited: FlaskClient) -> None:
    frame, camera = JOB + "/shots/0/frames/0.jpg", JOB + "/shots/0/camera"
    for address in (frame, camera, "/healthz", "/readyz", "/static/icons.svg", "/static/icon.svg"):
        for _ in range(4):
            with limited.get(address) as response:
                assert response.status_code in (200, 404)
                assert "RateLimit-Limit" not in response.headers
    assert statuses(limited, 1) == [404]


def test_each_key_has_its_own_limit(limited: FlaskClient, redis: Redis) -> None:
    one, other = (f"Bearer {AccessKeys(redis).add(name)[0]}" for name in ("anna", "bert"))

    assert statuses(limited, 4, Authorization=one) == [404, 404, 404, 429]
    assert statuses(limited, 1, Authorization=other) == [404]


def test_a_forged_address_does_not_make_another_client(limited: FlaskClient) -> None:
    for number in range(3):
        limited.get(JOB, headers={"X-Forwarded-For": f"10.0.0.{number}"})

    assert statuses(limited, 1) == [429]


def test_behind_a_proxy_each_client_has_its_own_limit(make_app: MakeApp, redis: Redis) -> None:
    client = make_app(rate_limit=3, proxies=1).test_client()

    # The proxy wrote only the last address; the client wrote those before it.
    assert statuses(client, 4, **{"X-Forwarded-For": "10.0.0.9, 10.0.0.1"}) == [404, 404, 404, 429]
    assert statuses(client, 1, **{"X-Forwarded-For": "10.0.0.9, 10.0.0.2"}) == [404]


def test_a_limit_of_zero_is_no_limit(make_app: MakeApp, redis: Redis) -> None:
    assert statuses(make_app(rate_limit=0).test_client(), 5) == [404] * 5


def test_a_running_job_may_still_be_polled_every_second(client: FlaskClient, send: Send, standin: StandIn) -> None:
    send()
    response = client.get(f"/jobs/{standin.begin()}")

    assert response.headers["Retry-After"] == "1"
    assert response.headers["RateLimit-Limit"] == "1200"


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", "local"),
        ("no address", "no address"),
    ],
)
def test_an_ipv6_host_is_one_client_by_all_its_addresses(address: str, client: str) -> None:
    assert client_of(address) == client
