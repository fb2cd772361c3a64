"""GET /jobs/<id>/events: which events are sent, in which order, and how a broken stream is resumed."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.request import urlopen

import pytest
import requests
from flask.testing import FlaskClient

from api.jobs import events
from api.jobs.events import StreamPosition
from jobs.record import Jobs
from jobs.waiting import CACHE_SECONDS
from shotlens.storage.files import Files
from testkit.standin import Api, StandIn
from tests.api.conftest import Send, json_of

Event = tuple[str, dict[str, Any], str | None]  # name, data, id


def read(text: str) -> list[Event]:
    """Read a stream as the standard says (HTML, server-sent events), without comments and `retry`."""
    stream = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if "data" in fields:
            stream.append((fields.get("event", "message"), json.loads(fields["data"]), fields.get("id")))
    return stream


def data_of(stream: list[Event], name: str) -> list[dict[str, Any]]:
    """Return the data of the events of this name."""
    return [data for event, data, _ in stream if event == name]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "POLL_SECONDS", 0.01)


def test_the_stream_of_a_finished_job_tells_everything_and_ends(
    client: FlaskClient, send: Send, standin: StandIn
) -> None:
    address = send().headers["Location"]
    standin.whole(shots=3)

    response = client.get(f"{address}/events")
    stream = read(response.text)

    assert response.content_type == "text/event-stream"
    assert [shot["index"] for shot in data_of(stream, "shot")] == [0, 1, 2]
    assert data_of(stream, "shot") == json_of(client.get(address))["shots"]
    assert data_of(stream, "state") == [{"state": "done", "progress": 1, "error": None}]
    assert [data["progress"] for data in data_of(stream, "progress")] == [1]


def test_shots_and_states_are_sent_as_they_come(client: FlaskClient, send: Send, standin: StandIn) -> None:
    address = send().headers["Location"]

    def work() -> None:
        time.sleep(0.2)
        standin.whole(shots=3)

    worker = threading.Thread(target=work)
    worker.start()
    stream = read(client.get(f"{address}/events").text)
    worker.join()

    states = [data["state"] for data in data_of(stream, "state")]
    assert (states[0], states[-1]) == ("queued", "done")
    assert sorted(shot["index"] for shot in data_of(stream, "shot")) == [0, 1, 2]
    assert all(shot["scale"]["label"] == "MS" for shot in data_of(stream, "shot"))
    progress = [data["progress"] for data in data_of(stream, "progress")]
    assert progress == sorted(progress)


def test_a_queued_job_is_told_its_place(client: FlaskClient, send: Send, standin: StandIn) -> None:
    _, second = (json_of(send())["id"] for _ in range(2))

    def work() -> None:
        time.sleep(0.2)
        standin.begin()  # the first
        time.sleep(2 * CACHE_SECONDS)
        standin.whole()

    worker = threading.Thread(target=work)
    worker.start()
    stream = read(client.get(f"/jobs/{second}/events").text)
    worker.join()

    assert data_of(stream, "place") == [
        {"progress": 0.0, "queue_position": 2, "wait_seconds": None},
        {"progress": 0.0, "queue_position": 1, "wait_seconds": None},
    ]


def test_a_stream_resumes_after_the_last_event_that_the_client_has(
    client: FlaskClient, send: Send, standin: StandIn
) -> None:
    address = send().headers["Location"]
    standin.whole(shots=3)
    whole = read(client.get(f"{address}/events").text)

    for number, (_, _, last) in enumerate(event for event in whole if event[2]):
        rest = client.get(f"{address}/events", headers={"Last-Event-ID": last or ""})
        assert [event for event in read(rest.text) if event[2]] == [event for event in whole if event[2]][number + 1 :]
    assert rest.status_code == 204


@pytest.mark.parametrize("last", ["", "x", "done", "/", "done/9-", "queued/" + "1," * 3000 + "1", "queued/0-999999999"])
def test_an_invalid_last_event_id_does_no_harm(client: FlaskClient, send: Send, standin: StandIn, last: str) -> None:
    address = send().headers["Location"]
    standin.whole(shots=1)

    response = client.get(f"{address}/events", headers={"Last-Event-ID": last})

    assert response.status_code == 200
    assert data_of(read(response.text), "state")[-1]["state"] == "done"


def test_a_failed_and_a_deleted_job_end_their_streams(client: FlaskClient, send: Send, standin: StandIn) -> None:
    failed = send().headers["Location"]
    standin.begin()
    standin.fail("The file holds no video, only sound.")
    deleted = send().headers["Location"]
    stream = client.get(f"{deleted}/events", buffered=False)
    texts = stream.iter_encoded()
    first = next(texts) + next(texts)
    client.delete(deleted)

    assert data_of(read(client.get(f"{failed}/events").text), "state")[-1]["error"].startswith(
        "The file holds no video"
    )
    rest = read((first + b"".join(texts)).decode())
    assert [data["state"] for data in data_of(rest, "state")] == ["queued", "cancelled"]


def test_an_open_stream_sends_signs_of_life_and_is_closed_after_a_while(
    client: FlaskClient, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "STREAM_SECONDS", 0.5)
    monkeypatch.setattr(events, "KEEPALIVE_SECONDS", 0.05)
    address = send().headers["Location"]

    text = client.get(f"{address}/events").text

    assert text.startswith("retry: ")
    assert ": still here" in text
    assert [data["state"] for data in data_of(read(text), "state")] == ["queued"]


def test_an_unknown_job_has_no_events(client: FlaskClient) -> None:
    assert client.get(f"/jobs/{'0' * 24}/events").status_code == 404


def test_many_streams_leave_room_for_other_requests(served: Api, jobs: Jobs) -> None:
    files = Files(served.files.data)
    jobs.create("0" * 24, "ad.mp4", 1)
    standin = StandIn(jobs, files)

    def stream(_: int) -> str:
        return requests.get(f"{served.url}/jobs/{'0' * 24}/events", timeout=60).text

    with ThreadPoolExecutor(64) as clients:
        texts = clients.map(stream, range(64))
        time.sleep(1.0)
        with urlopen(f"{served.url}/healthz", timeout=20) as response:  # the streams go on for longer
            assert response.status == 200
        standin.whole(shots=2)
        for text in texts:
            assert [shot["index"] for shot in data_of(read(text), "shot")] == [0, 1]
            assert data_of(read(text), "state")[-1]["state"] == "done"


def test_what_was_seen_is_written_and_read_back() -> None:
    seen = StreamPosition("predicting")
    for index in (4, 0, 1, 9, 3, 1, 2):
        seen.add(index)

    assert seen.event_id() == "predicting/0-4,9"
    assert StreamPosition.parse(seen.event_id()) == seen
    assert seen.missing({0, 4, 5, 9, 10}) == [5, 10]
    assert seen.shot_count == 6
