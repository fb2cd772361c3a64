"""Callbacks: who is told, by what, and who never is."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from flask.testing import FlaskClient

from api.jobs import webhooks
from api.jobs.webhooks import Deliverer, refusal
from api.services import KEY
from jobs.names import WEBHOOKS
from jobs.record import Jobs
from shotlens.storage.files import Files
from testkit.standin import MP4, Api, StandIn
from tests.api.conftest import MakeApp, nothing_left

SECRET = "a secret"


class Receiver:
    """Somebody's server: keeps what it is sent, and answers as it is told."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[tuple[int, str]] = []  # status, Location
        self.came = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((dict(self.headers), body))
                status, location = receiver.answers.pop(0) if receiver.answers else (204, "")
                self.send_response(status)
                if location:
                    self.send_header("Location", location)
                self.end_headers()
                receiver.came.set()

            def log_message(self, *_: object) -> None:
                """Print nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def calling(make_app: MakeApp, receiver: Receiver, jobs: Jobs) -> tuple[FlaskClient, Deliverer]:
    app = make_app(webhook_hosts=receiver.host, webhook_secret=SECRET)
    deliverer = Deliverer(app.extensions[KEY], SECRET)
    deliverer._queue.make_group()
    return app.test_client(), deliverer


@pytest.fixture
def ended(calling: tuple[FlaskClient, Deliverer], receiver: Receiver, standin: StandIn) -> Callable[[], str]:
    """Make a job that calls back, and do it."""

    def end() -> str:
        address = f"/predict?callback=http://{receiver.host}/told"
        assert calling[0].post(address, data=MP4, content_type="video/mp4").status_code == 202
        return standin.whole(shots=2)

    return end


def test_the_sender_is_told_when_the_job_is_done(calling: Calling, receiver: Receiver, ended: Callable[[], str], jobs: Jobs) -> None:
    job_id = ended()

    assert calling[1].once(block=None)

    [(headers, body)] = receiver.got
    assert {name: json.loads(body)[name] for name in ("id", "state", "shots")} == {
        "id": job_id, "state": "done", "shots": 2,
    }  # fmt: skip
    signed = f"{headers['Webhook-Id']}.{headers['Webhook-Timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()).decode()
    assert headers["Webhook-Signature"] == f"v1,{expected}"
    assert jobs.redis.xlen(WEBHOOKS) == 0
    assert not calling[1].once(block=None)


def test_a_failed_job_is_told_with_its_reason(calling: Calling, receiver: Receiver, standin: StandIn) -> None:
    calling[0].post(f"/predict?callback=http://{receiver.host}/", data=MP4, content_type="video/mp4")
    standin.begin()
    standin.fail("The file holds no video, only sound.")

    calling[1].once(block=None)

    assert json.loads(receiver.got[0][1])["error"] == "The file holds no video, only sound."


@pytest.mark.parametrize("answer", [(500, ""), (404, ""), (302, "http://127.0.0.1:1/elsewhere")])
def test_who_does_not_take_it_is_called_again_later_with_the_same_id(
    calling: Calling, receiver: Receiver, ended: Callable[[], str], jobs: Jobs, monkeypatch: pytest.MonkeyPatch, *, answer: tuple[int, str]
) -> None:
    receiver.answers = [answer]
    ended()
    assert calling[1].once(block=None)
    assert not calling[1].once(block=None)  # not at once
    assert jobs.redis.xlen(WEBHOOKS) == 1

    monkeypatch.setattr(calling[1]._queue, "lease", 0.0)
    assert calling[1].once(block=None)

    assert len({headers["Webhook-Id"] for headers, _ in receiver.got}) == 1
    assert (len(receiver.got), jobs.redis.xlen(WEBHOOKS)) == (2, 0)


def test_after_many_attempts_it_is_given_up(calling: Calling, receiver: Receiver, ended: Callable[[], str], jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "ATTEMPTS", 3)
    monkeypatch.setattr(calling[1]._queue, "lease", 0.0)
    receiver.answers = [(500, "")] * 9
    ended()

    while calling[1].once(block=None):
        pass

    assert (len(receiver.got), jobs.redis.xlen(WEBHOOKS)) == (3, 0)


def test_who_says_gone_is_not_called_again(calling: Calling, receiver: Receiver, ended: Callable[[], str], jobs: Jobs) -> None:
    receiver.answers = [(410, "")]
    ended()

    calling[1].once(block=None)

    assert jobs.redis.xlen(WEBHOOKS) == 0


def test_of_a_deleted_job_nobody_is_told(calling: Calling, receiver: Receiver, ended: Callable[[], str], jobs: Jobs) -> None:
    calling[0].delete(f"/jobs/{ended()}")

    calling[1].once(block=None)

    assert (receiver.got, jobs.redis.xlen(WEBHOOKS)) == ([], 0)


def test_the_service_itself_calls_back(receiver: Receiver, redis_url: str, jobs: Jobs, tmp_path: Path) -> None:
    settings = {"SHOTLENS_WEBHOOK_HOSTS": receiver.host, "SHOTLENS_WEBHOOK_SECRET": SECRET, "SHOTLENS_SPARE_BYTES": "0"}
    with Api(redis_url, tmp_path / "data", **settings):
        standin = StandIn(jobs, Files(tmp_path / "data"))
        jobs.create("0" * 24, "ad.mp4", 1, callback=f"http://{receiver.host}/told")
        standin.whole(shots=1)
        assert receiver.came.wait(60)

    assert json.loads(receiver.got[0][1])["state"] == "done"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("https://evil.example/", "'evil.example'"),
        ("https://good.example.evil.example/", "allows good.example and good.example:8443"),
        ("https://good.example:9/x", None),
        ("https://good.example:8443/x", None),
        ("https://user:password@good.example/", "https://host/path"),
        ("https://good.example@evil.example/", "https://host/path"),
        ("https://good.example/#part", "https://host/path"),
        ("ftp://good.example/", "https://host/path"),
        ("file:///etc/passwd", "https://host/path"),
        ("//good.example/", "https://host/path"),
        ("http://[::1", "https://host/path"),
        ("http://good.example:x/", "https://host/path"),
        ("", "https://host/path"),
    ],
)
def test_only_hosts_that_the_operator_named_are_called(url: str, says: str | None) -> None:
    found = refusal(url, frozenset({"good.example", "good.example:8443"}))

    assert found is None if says is None else says in (found or "")


def test_a_callback_that_is_not_allowed_is_refused_before_the_upload(client: FlaskClient, jobs: Jobs, files: Files) -> None:
    response = client.post("/predict?callback=http://127.0.0.1/", data=MP4, content_type="video/mp4")

    assert (response.status_code, "calls nobody back" in response.json["detail"]) == (422, True)
    assert nothing_left(files, jobs)
