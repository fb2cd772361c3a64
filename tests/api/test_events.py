"""GET /jobs/<id>/events: what is told, in which order, and how a stream goes on where it broke off."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.request import urlopen

import pytest
import requests
from flask.testing import FlaskClient

from api.jobs import events
from api.jobs.events import Seen
from jobs.record import Jobs
from shotlens.storage.files import Files
from testkit.standin import Api, StandIn

Event = tuple[str, dict, str | None]  # name, data, id


def read(text: str) -> list[Event]:
    """Read a stream as the standard says (HTML, server-sent events), without comments and `retry`."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if "data" in fields:
            found.append((fields.get("event", "message"), json.loads(fields["data"]), fields.get("id")))
    return found


def told(found: list[Event], name: str) -> list[dict]:
    return [data for event, data, _ in found if event == name]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "POLL_SECONDS", 0.01)


def test_a_finished_job_is_told_whole_and_the_stream_ends(client: FlaskClient, send: Send, standin: StandIn) -> None:
    address = send().headers["Location"]
    standin.whole(shots=3)

    response = client.get(f"{address}/events")
    found = read(response.text)

    assert response.content_type == "text/event-stream"
    assert [shot["index"] for shot in told(found, "shot")] == [0, 1, 2]
    assert told(found, "shot") == client.get(address).json["shots"]
    assert told(found, "state") == [{"state": "done", "progress": 1, "error": None}]
    assert [data["progress"] for data in told(found, "progress")] == [1]


def test_shots_and_states_are_told_as_they_come(client: FlaskClient, send: Send, standin: StandIn) -> None:
    address = send().headers["Location"]

    def work() -> None:
        time.sleep(0.2)
        standin.whole(shots=3)

    worker = threading.Thread(target=work)
    worker.start()
    found = read(client.get(f"{address}/events").text)
    worker.join()

    states = [data["state"] for data in told(found, "state")]
    assert (states[0], states[-1]) == ("queued", "done")
    assert sorted(shot["index"] for shot in told(found, "shot")) == [0, 1, 2]
    assert all(shot["scale"]["label"] == "MS" for shot in told(found, "shot"))
    progress = [data["progress"] for data in told(found, "progress")]
    assert progress == sorted(progress)


def test_a_stream_goes_on_behind_the_last_event_that_is_known(client: FlaskClient, send: Send, standin: StandIn) -> None:
    address = send().headers["Location"]
    standin.whole(shots=3)
    whole = read(client.get(f"{address}/events").text)

    for number, (_, _, last) in enumerate(event for event in whole if event[2]):
        rest = client.get(f"{address}/events", headers={"Last-Event-ID": last or ""})
        assert [event for event in read(rest.text) if event[2]] == [event for event in whole if event[2]][number + 1 :]
    assert rest.status_code == 204


@pytest.mark.parametrize("last", ["", "x", "done", "/", "done/9-", "queued/" + "1," * 3000 + "1", "queued/0-999999999"])
def test_an_id_from_nowhere_does_no_harm(client: FlaskClient, send: Send, standin: StandIn, last: str) -> None:
    address = send().headers["Location"]
    standin.whole(shots=1)

    response = client.get(f"{address}/events", headers={"Last-Event-ID": last})

    assert response.status_code == 200
    assert told(read(response.text), "state")[-1]["state"] == "done"


def test_a_failed_and_a_deleted_job_end_their_streams(client: FlaskClient, send: Send, standin: StandIn) -> None:
    failed = send().headers["Location"]
    standin.begin()
    standin.fail("The file holds no video, only sound.")
    deleted = send().headers["Location"]
    stream = client.get(f"{deleted}/events", buffered=False)
    texts = stream.iter_encoded()
    first = next(texts) + next(texts)
    client.delete(deleted)

    assert told(read(client.get(f"{failed}/events").text), "state")[-1]["error"].startswith("The file holds no video")
    rest = read((first + b"".join(texts)).decode())
    assert [data["state"] for data in told(rest, "state")] == ["queued", "cancelled"]


def test_an_open_stream_is_closed_after_a_while_and_says_that_it_lives(client: FlaskClient, send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "STREAM_SECONDS", 0.5)
    monkeypatch.setattr(events, "ALIVE_SECONDS", 0.05)
    address = send().headers["Location"]

    text = client.get(f"{address}/events").text

    assert text.startswith("retry: ")
    assert ": still here" in text
    assert [data["state"] for data in told(read(text), "state")] == ["queued"]


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
            assert [shot["index"] for shot in told(read(text), "shot")] == [0, 1]
            assert told(read(text), "state")[-1]["state"] == "done"


def test_what_is_seen_is_written_and_read_again() -> None:
    seen = Seen("predicting")
    for index in (4, 0, 1, 9, 3, 1, 2):
        seen.add(index)

    assert seen.write() == "predicting/0-4,9"
    assert Seen.read(seen.write()) == seen
    assert seen.lacks({0, 4, 5, 9, 10}) == [5, 10]
    assert seen.count == 6
