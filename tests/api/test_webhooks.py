"""Callbacks: who is called back, with what, and who never is."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest
from flask.testing import FlaskClient

from api.jobs import webhooks
from api.jobs.webhooks import Deliverer, callback_error
from api.services import EXTENSION
from jobs.names import WEBHOOKS
from jobs.record import Jobs
from shotlens.storage.files import Files
from testkit.standin import MP4, Api, StandIn
from tests.api.conftest import MakeApp, json_of, nothing_left

SECRET = "a secret"


class Receiver:
    """The server of a client: it keeps what it receives and sends the answers that the test sets."""

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
    receiver = Receiver()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


class Calling(NamedTuple):
    """A service that may call the receiver back."""

    client: FlaskClient
    deliverer: Deliverer


@pytest.fixture
def calling(make_app: MakeApp, receiver: Receiver, jobs: Jobs) -> Calling:
    app = make_app(webhook_hosts=receiver.host, webhook_secret=SECRET)
    deliverer = Deliverer(app.extensions[EXTENSION], SECRET)
    deliverer._queue.make_group()
    return Calling(app.test_client(), deliverer)


@pytest.fixture
def ended(calling: Calling, receiver: Receiver, standin: StandIn) -> Callable[[], str]:
    """Make a job with a callback and finish it; return its id."""

    def end() -> str:
        address = f"/predict?callback=http://{receiver.host}/told"
        assert calling.client.post(address, data=MP4, content_type="video/mp4").status_code == 202
        return standin.whole(shots=2)

    return end


def test_the_sender_is_called_back_when_the_job_is_done(
    calling: Calling, receiver: Receiver, ended: Callable[[], str], jobs: Jobs
) -> None:
    job_id = ended()

    assert calling.deliverer.deliver_next(block=None)

    [(headers, body)] = receiver.got
    assert {name: json.loads(body)[name] for name in ("id", "state", "shots")} == {
        "id": job_id, "state": "done", "shots": 2,
    }  # fmt: skip
    signed = f"{headers['Webhook-Id']}.{headers['Webhook-Timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()).decode()
    assert headers["Webhook-Signature"] == f"v1,{expected}"
    assert jobs.redis.xlen(WEBHOOKS) == 0
    assert not calling.deliverer.deliver_next(block=None)


def test_the_callback_of_a_failed_job_holds_the_reason(calling: Calling, receiver: Receiver, standin: StandIn) -> None:
    calling.client.post(f"/predict?callback=http://{receiver.host}/", data=MP4, content_type="video/mp4")
    standin.begin()
    standin.fail("The file holds no video, only sound.")

    calling.deliverer.deliver_next(block=None)

    assert json.loads(receiver.got[0][1])["error"] == "The file holds no video, only sound."


@pytest.mark.parametrize("answer", [(500, ""), (404, ""), (302, "http://127.0.0.1:1/elsewhere")])
def test_a_callback_that_is_not_accepted_is_repeated_later_with_the_same_id(
    calling: Calling,
    receiver: Receiver,
    ended: Callable[[], str],
    jobs: Jobs,
    monkeypatch: pytest.MonkeyPatch,
    *,
    answer: tuple[int, str],
) -> None:
    receiver.answers = [answer]
    ended()
    assert calling.deliverer.deliver_next(block=None)
    assert not calling.deliverer.deliver_next(block=None)  # not at once
    assert jobs.redis.xlen(WEBHOOKS) == 1

    monkeypatch.setattr(calling.deliverer._queue, "lease", 0.0)
    assert calling.deliverer.deliver_next(block=None)

    assert len({headers["Webhook-Id"] for headers, _ in receiver.got}) == 1
    assert (len(receiver.got), jobs.redis.xlen(WEBHOOKS)) == (2, 0)


def test_after_many_attempts_a_callback_is_given_up(
    calling: Calling, receiver: Receiver, ended: Callable[[], str], jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "MAX_ATTEMPTS", 3)
    monkeypatch.setattr(calling.deliverer._queue, "lease", 0.0)
    receiver.answers = [(500, "")] * 9
    ended()

    while calling.deliverer.deliver_next(block=None):
        pass

    assert (len(receiver.got), jobs.redis.xlen(WEBHOOKS)) == (3, 0)


def test_a_callback_that_is_answered_with_gone_is_not_repeated(
    calling: Calling, receiver: Receiver, ended: Callable[[], str], jobs: Jobs
) -> None:
    receiver.answers = [(410, "")]
    ended()

    calling.deliverer.deliver_next(block=None)

    assert jobs.redis.xlen(WEBHOOKS) == 0


def test_a_deleted_job_calls_nobody_back(
    calling: Calling, receiver: Receiver, ended: Callable[[], str], jobs: Jobs
) -> None:
    calling.client.delete(f"/jobs/{ended()}")

    calling.deliverer.deliver_next(block=None)

    assert (receiver.got, jobs.redis.xlen(WEBHOOKS)) == ([], 0)


@pytest.mark.service
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
def test_only_hosts_that_the_operator_named_are_called_back(url: str, says: str | None) -> None:
    reason = callback_error(url, frozenset({"good.example", "good.example:8443"}))

    assert reason is None if says is None else says in (reason or "")


def test_a_callback_that_is_not_allowed_is_refused_before_the_upload(
    client: FlaskClient, jobs: Jobs, files: Files
) -> None:
    response = client.post("/predict?callback=http://127.0.0.1/", data=MP4, content_type="video/mp4")

    assert (response.status_code, "calls nobody back" in json_of(response)["detail"]) == (422, True)
    assert nothing_left(files, jobs)
