"""Access: open until the first key is made, then only with a key, and refused while Redis is down."""

import pytest
from flask.testing import FlaskClient
from redis import Redis

from api.http.access import CACHE_SECONDS
from jobs.access_keys import AccessKeys
from testkit.standin import MP4
from testkit.waiting import until
from tests.api.conftest import FORM, NOWHERE, MakeApp, form, json_of

JOB = "/jobs/" + "0" * 24


@pytest.fixture
def keys(redis: Redis) -> AccessKeys:
    return AccessKeys(redis)


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def test_without_keys_everyone_has_access(client: FlaskClient) -> None:
    assert client.get("/").status_code == 200
    assert client.get(JOB).status_code == 404


@pytest.mark.parametrize(
    ("method", "address"),
    [("GET", JOB), ("DELETE", JOB), ("GET", JOB + "/video"), ("GET", JOB + "/shots/0/frames/0.jpg"),
     ("POST", "/predict"), ("GET", "/"), ("GET", "/nothing"), ("PUT", JOB)],
)  # fmt: skip
def test_once_there_is_a_key_requests_without_one_are_refused(
    client: FlaskClient, keys: AccessKeys, method: str, address: str
) -> None:
    keys.add("anna")
    response = client.open(address, method=method)

    assert (response.status_code, response.content_type) == (401, "application/problem+json")
    assert "Authorization: Bearer" in json_of(response)["detail"]
    scheme = "Basic" if address == "/" else "Bearer"
    assert response.headers["WWW-Authenticate"] == f'{scheme} realm="Shotlens"'


@pytest.mark.parametrize("address", [JOB, "/nothing"])
def test_a_browser_asks_a_person_for_the_key_wherever_they_go(
    client: FlaskClient, keys: AccessKeys, address: str
) -> None:
    key, _ = keys.add("anna")
    response = client.get(address, headers={"Accept": "text/html,*/*;q=0.8"})

    assert (response.status_code, response.mimetype) == (401, "text/html")
    assert response.headers["WWW-Authenticate"] == 'Basic realm="Shotlens"'
    assert client.get(address, headers={"Accept": "text/html"}, auth=("", key)).status_code == 404


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/static/icon.svg"])
def test_health_and_static_files_need_no_key(client: FlaskClient, keys: AccessKeys, address: str) -> None:
    keys.add("anna")
    with client.get(address) as response:
        assert response.status_code == 200


def test_a_key_is_accepted_as_a_bearer_token_or_as_a_password(client: FlaskClient, keys: AccessKeys) -> None:
    key, _ = keys.add("anna")

    assert client.get(JOB, headers=bearer(key)).status_code == 404
    assert client.get("/", auth=("whoever", key)).status_code == 200


@pytest.mark.parametrize("header", ["Bearer sl_00000000_" + "0" * 48, "Basic eDp5", "Basic ?", "Bearer", "Digest a=b"])
def test_any_other_authorization_is_refused(client: FlaskClient, keys: AccessKeys, header: str) -> None:
    keys.add("anna")

    assert client.get(JOB, headers={"Authorization": header}).status_code == 401


def test_a_revoked_key_is_refused_within_a_second_even_if_it_was_the_last(
    client: FlaskClient, keys: AccessKeys
) -> None:
    shown, key = keys.add("anna")
    assert client.get(JOB, headers=bearer(shown)).status_code == 404
    keys.revoke(key.id)

    assert until(lambda: client.get(JOB, headers=bearer(shown)).status_code == 401, CACHE_SECONDS + 1)
    assert "revoked" in json_of(client.get(JOB, headers=bearer(shown)))["detail"]
    assert client.get(JOB).status_code == 401


def test_requests_are_refused_while_redis_is_down(make_app: MakeApp) -> None:
    client = make_app(redis_url=NOWHERE).test_client()

    assert client.get("/").status_code == 503
    assert client.get(JOB).status_code == 503
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}, 202),
        ({"Origin": "http://localhost"}, 202),
        ({}, 202),
    ],
)
def test_another_page_cannot_upload_with_the_key_that_the_browser_remembers(
    client: FlaskClient, keys: AccessKeys, headers: dict[str, str], status: int
) -> None:
    key, _ = keys.add("anna")
    response = client.post("/predict", data=form(MP4), content_type=FORM, headers=headers, auth=("", key))

    assert response.status_code == status
