"""Every response has a request id, and the job that a request creates keeps it."""

import pytest
from flask.testing import FlaskClient
from redis import Redis

from jobs.names import SPLIT
from tests.api.conftest import NOWHERE, MakeApp, Send, json_of
from tests.conftest import entries


@pytest.mark.parametrize("sent", ["a", "7f.0-B_", "x" * 64])
def test_the_clients_own_id_is_returned(client: FlaskClient, sent: str) -> None:
    assert client.get("/", headers={"X-Request-Id": sent}).headers["X-Request-Id"] == sent


@pytest.mark.parametrize("sent", ["", "x" * 65, "a b", "ü", '"}', "a\tb"])
def test_an_invalid_id_is_replaced(client: FlaskClient, sent: str) -> None:
    answered = client.get("/", headers={"X-Request-Id": sent}).headers["X-Request-Id"]

    assert answered != sent
    assert answered.isalnum()


def test_errors_have_ids_too_and_all_differ(make_app: MakeApp) -> None:
    client = make_app(redis_url=NOWHERE).test_client()
    answers = [client.get(address) for address in ("/nothing", "/predict", "/readyz", "/jobs/" + "0" * 24)]

    assert len({answer.headers["X-Request-Id"] for answer in answers}) == len(answers)


def test_a_job_and_its_entry_keep_the_id_of_the_request(send: Send, redis: Redis) -> None:
    job_id = json_of(send(**{"X-Request-Id": "from-me"}))["id"]

    assert redis.hget(f"job:{job_id}", "request") == "from-me"
    [fields] = entries(redis, SPLIT)
    assert fields["request"] == "from-me"
