"""The log of the API: one line of JSON per response, none for health checks, and one per deletion."""

import json
import os
import subprocess
import sys

import pytest
import requests
from flask.testing import FlaskClient
from redis import Redis

from jobs.access_keys import AccessKeys
from shotlens.storage.files import Files
from testkit.service import ROOT, free_port
from testkit.waiting import until
from tests.api.conftest import Send

pytestmark = pytest.mark.service


def test_an_answer_is_one_line_with_the_id_of_its_request(redis_url: str, redis: Redis, files: Files) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    variables = {"REDIS_URL": redis_url, "SHOTLENS_DATA": str(files.data), "SHOTLENS_PORT": str(port)}
    process = subprocess.Popen(
        [sys.executable, "-m", "api"],
        cwd=ROOT,
        env={**os.environ, **variables, "SHOTLENS_HOST": "127.0.0.1"},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert until(lambda: _answers(url))
    answer = requests.get(f'{url}/jobs/"\n{{?a=b', headers={"X-Request-Id": "mine"}, timeout=60)
    process.terminate()
    output, _ = process.communicate(timeout=60)

    lines = [json.loads(line) for line in output.splitlines()]
    assert all({"time", "level", "service", "event"} <= set(line) for line in lines)
    assert {line["service"] for line in lines} == {"api"}
    [line] = [line for line in lines if line["event"] == "answered"]
    assert (line["request"], line["method"], line["status"]) == ("mine", "GET", answer.status_code)
    assert (line["path"], line["client"]) == ('/jobs/"\n{', "127.0.0.1")
    assert (line["bytes"], line["level"]) == (len(answer.content), "info")
    assert line["seconds"] >= 0


def test_a_deletion_by_hand_is_a_line_with_who_and_why(
    client: FlaskClient, send: Send, redis: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    open_to_all = send().headers["Location"]
    client.delete(open_to_all)
    with_key = send().headers["Location"]
    token, _ = AccessKeys(redis).add("anna")
    assert until(lambda: client.get("/").status_code == 401)
    client.delete(with_key, headers={"Authorization": f"Bearer {token}"})

    messages = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    deleted = [message for message in messages if message["event"] == "deleted"]
    assert [(line["job"], line["why"], line["who"]) for line in deleted] == [
        (open_to_all.rpartition("/")[2], "by hand", "127.0.0.1"),
        (with_key.rpartition("/")[2], "by hand", "anna"),
    ]


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/healthz", timeout=60).ok
    except requests.ConnectionError:
        return False
