"""Every answer has an id, and the job that a request brings keeps it."""

import pytest
from flask.testing import FlaskClient
from redis import Redis

from tests.api.conftest import NOWHERE, MakeApp, Send


@pytest.mark.parametrize("sent", ["a", "7f.0-B_", "x" * 64])
def test_the_clients_own_id_is_answered(client: FlaskClient, sent: str) -> None:
    assert client.get("/", headers={"X-Request-Id": sent}).headers["X-Request-Id"] == sent


@pytest.mark.parametrize("sent", ["", "x" * 65, "a b", "ü", '"}', "a\tb"])
def test_a_strangers_text_is_replaced(client: FlaskClient, sent: str) -> None:
    answered = client.get("/", headers={"X-Request-Id": sent}).headers["X-Request-Id"]

    assert answered != sent
    assert answered.isalnum()


def test_errors_have_an_id_too_and_no_two_the_same(make_app: MakeApp) -> None:
    client = make_app(redis_url=NOWHERE).test_client()
    answers = [client.get(address) for address in ("/nothing", "/predict", "/readyz", "/jobs/" + "0" * 24)]

    assert len({answer.headers["X-Request-Id"] for answer in answers}) == len(answers)


def test_a_job_and_its_work_know_the_request(send: Send, redis: Redis) -> None:
    job_id = send(**{"X-Request-Id": "from-me"}).json["id"]

    assert redis.hget(f"job:{job_id}", "request") == "from-me"
    [(_, entry)] = redis.xrange("split")
    assert entry["request"] == "from-me"
