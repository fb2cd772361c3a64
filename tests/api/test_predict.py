"""POST /predict with a video that is accepted, and waiting for its result."""

import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import ConnectionError

from api.server.body import CHUNK_BYTES
from api.uploads import predict
from jobs.names import SPLIT
from jobs.record import Jobs
from shotlens.storage.files import Files
from testkit.standin import MP4, StandIn
from tests.api.conftest import FORM, LIMIT, Send, form, json_of
from tests.conftest import entries


def test_a_video_is_stored_and_queued(send: Send, jobs: Jobs, files: Files) -> None:
    response = send()

    assert response.status_code == 202
    job_id = json_of(response)["id"]
    assert response.headers["Location"] == f"/jobs/{job_id}"
    assert response.headers["Retry-After"] == "1"
    assert json_of(response)["state"] == "queued"
    assert json_of(response)["filename"] == "ad.mp4"
    assert files.source(job_id).read_bytes() == MP4
    assert [fields["job"] for fields in entries(jobs.redis, SPLIT)] == [job_id]
    assert not list(files.data.glob("incoming/*"))


@pytest.mark.parametrize("missing", range(0, 200, 20))
def test_a_form_is_read_whole_wherever_a_piece_of_it_ends(send: Send, files: Files, missing: int) -> None:
    video = MP4 + b"\r\n--the" * ((CHUNK_BYTES - missing - len(MP4)) // 7)

    assert files.source(json_of(send(video))["id"]).read_bytes() == video


def test_a_job_that_is_done_at_once_is_still_answered_with_202(
    send: Send, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = Jobs.create

    def create_and_finish(jobs: Jobs, *args: Any, **options: Any) -> str:
        job_id = create(jobs, *args, **options)
        standin.whole()
        return job_id

    monkeypatch.setattr(Jobs, "create", create_and_finish)
    response = send()

    assert (response.status_code, json_of(response)["state"]) == (202, "done")
    assert response.headers["Location"] == f"/jobs/{json_of(response)['id']}"


def test_the_video_is_written_once(send: Send, files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    """A video larger than any buffer arrives whole although no temporary file can be made."""
    monkeypatch.setattr(tempfile, "tempdir", "/nonexistent")
    video = MP4 + bytes(LIMIT - len(MP4))

    response = send(video)

    assert response.status_code == 202
    assert files.source(json_of(response)["id"]).read_bytes() == video


def test_a_waiting_client_gets_the_result(send: Send, standin: StandIn) -> None:
    worker = threading.Thread(target=standin.whole)
    worker.start()

    response = send(Prefer="wait=15")

    worker.join()
    assert response.status_code == 200
    assert response.headers["Preference-Applied"] == "wait=15"
    assert json_of(response)["state"] == "done"
    assert json_of(response)["progress"] == 1
    assert json_of(response)["model"]["name"] == "stand-in"
    shot = json_of(response)["shots"][1]
    assert (shot["start_frame"], shot["end_frame"], shot["end_timecode"]) == (50, 100, "00:00:04:00")
    assert (shot["movement"]["label"], shot["scale"]["label"], shot["scale"]["confidence"]) == ("static", "MS", 0.8)
    assert shot["frames"] == [f"/jobs/{json_of(response)['id']}/shots/1/frames/{k}.jpg" for k in range(8)]
    assert json_of(response)["summary"]["average_shot_length"] == 2


def test_after_the_wait_the_response_says_where_to_ask(send: Send) -> None:
    response = send(Prefer="respond-async, wait=1")

    assert response.status_code == 202
    assert response.headers["Preference-Applied"] == "wait=1"
    assert response.headers["Location"] == f"/jobs/{json_of(response)['id']}"


def test_a_job_that_fails_during_the_wait_is_a_problem(send: Send, standin: StandIn) -> None:
    def work() -> None:
        standin.begin()
        standin.fail("The file holds no video, only sound.")

    worker = threading.Thread(target=work)
    worker.start()
    response = send(Prefer="wait=15")
    worker.join()

    assert response.status_code == 422
    assert response.content_type == "application/problem+json"
    assert json_of(response)["detail"] == "The file holds no video, only sound."
    assert len(json_of(response)["job"]) == 24


def test_a_job_that_is_deleted_during_the_wait_is_gone(send: Send, standin: StandIn, jobs: Jobs) -> None:
    worker = threading.Thread(target=lambda: jobs.delete(standin.begin()))
    worker.start()
    response = send(Prefer="wait=15")
    worker.join()

    assert response.status_code == 410
    assert response.content_type == "application/problem+json"


def test_the_address_is_returned_even_if_the_queue_stops_answering(
    send: Send, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(*_: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(Jobs, "get", unreachable)
    response = send(Prefer="wait=5")

    assert response.status_code == 503
    assert response.headers["Location"] == f"/jobs/{json_of(response)['job']}"
    assert files.source(json_of(response)["job"]).exists()


def test_when_too_many_clients_wait_the_next_is_answered_at_once(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(predict, "_waiting", threading.BoundedSemaphore(1))
    predict._waiting.acquire()

    response = send(Prefer="wait=15")

    assert response.status_code == 202
    assert "Preference-Applied" not in response.headers


def test_a_service_that_stops_lets_its_waiting_clients_go(app: Flask, send: Send) -> None:
    app.config["STOPPING"] = lambda: True
    began = time.monotonic()

    assert send(Prefer="wait=15").status_code == 202
    assert time.monotonic() - began < 14


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("", None),
        ("wait=7", 7),
        ("WAIT = 7", 7),
        ('wait="7"', 7),
        ("respond-async, wait=7; x=y", 7),
        ("wait=0", 0),
        ("wait=100000", 300),
        ("wait=" + "9" * 5000, 300),
        ("wait=-1", None),
        ("wait=1.5", None),
        ("wait=soon", None),
        ("wait=²", None),
        ("wait", None),
        ("waiting=7", None),
    ],
)
def test_prefer_is_read_as_the_rfc_says(header: str, seconds: int | None) -> None:
    assert predict.preferred_wait(header, 300) == seconds


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("ad.mp4", "ad.mp4"),
        ("../../../etc/cron.d/ad.mp4", "ad.mp4"),
        ("C:\\\\videos\\\\ad.mp4", "ad.mp4"),
        ("Straßenfilm 映画 🎬.mkv", "Straßenfilm 映画 🎬.mkv"),
        ("<script>alert(1)<script>.mp4", "<script>alert(1)<script>.mp4"),
        ("a\tb\x07\x7f\u202egpj.mp4", "abgpj.mp4"),
        ("می‌خواهم 3.04\u202fPM 👨‍👩‍👧.mp4", "می‌خواهم 3.04\u202fPM 👨‍👩‍👧.mp4"),
        ("हिन्दी ภาพที่ e\u0301.mp4", "हिन्दी ภาพที่ e\u0301.mp4"),
        ("x" * 10_000 + ".mp4", "x" * 255),
        ("..", ".."),
        ("/", "video"),
        ("", "video"),
    ],
)
def test_a_filename_is_only_data(send: Send, client: FlaskClient, files: Files, sent: str, stored: str) -> None:
    response = send(filename=sent)

    assert response.status_code == 202
    assert json_of(response)["filename"] == stored
    folder = files.folder(json_of(response)["id"])
    assert [path.name for path in folder.iterdir()] == ["source"]
    assert sorted(path.name for path in Path(files.data).iterdir()) == ["incoming", "jobs"]


def test_a_filename_need_not_be_utf_8(client: FlaskClient) -> None:
    body = form(MP4, "caf@.mp4").replace(b"@", b"\xe9")
    assert json_of(client.post("/predict", data=body, content_type=FORM))["filename"] == "caf\ufffd.mp4"
    raw = client.post("/predict?filename=caf%E9.mp4", data=MP4, content_type="video/mp4")
    assert json_of(raw)["filename"].endswith(".mp4")


def test_quotes_and_newlines_in_a_filename_stay_data(client: FlaskClient, send: Send) -> None:
    response = send(filename="a%22; filename=%22b%0D%0ASet-Cookie: x=y.mp4")
    with client.get(f"/jobs/{json_of(response)['id']}/video") as video:
        assert video.status_code == 200
        assert "Set-Cookie" not in video.headers
        assert "\n" not in video.headers["Content-Disposition"]
