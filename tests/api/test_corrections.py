"""Corrections over HTTP: what they change, which are refused, and that simultaneous ones do not mix."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from jobs.record import Jobs
from testkit.standin import PREDICTIONS, StandIn
from tests.api.conftest import Send, json_of

Correct = Callable[..., TestResponse]


@pytest.fixture
def job(send: Send, standin: StandIn) -> str:
    """The address of a job that is done: three shots of 50 frames and two seconds, MS and static."""
    address = send().headers["Location"]
    standin.whole()
    return address


@pytest.fixture
def correct(client: FlaskClient, job: str) -> Correct:
    """Send a correction of the job as it is now, or of the version with the ETag `seen`."""

    def ask(rest: str, body: object = None, seen: str | None = None, method: str = "POST") -> TestResponse:
        named = {"If-Match": seen or client.get(job).headers["ETag"]}
        return client.open(f"{job}{rest}", method=method, json=body, headers=named)

    return ask


@pytest.fixture
def label(correct: Correct) -> Correct:
    def ask(shot: int, body: object, seen: str | None = None) -> TestResponse:
        return correct(f"/shots/{shot}", body, seen, "PATCH")

    return ask


def bounds(response: TestResponse) -> list[tuple[int, int, int]]:
    return [(shot["index"], shot["start_frame"], shot["end_frame"]) for shot in json_of(response)["shots"]]


def test_a_corrected_label_stands_beside_the_prediction_and_is_counted(label: Correct) -> None:
    response = label(1, {"scale": "CS"})

    shot = json_of(response)["shots"][1]
    assert response.status_code == 200
    assert (shot["corrected"], shot["edited"]) == ({"scale": "CS"}, False)
    assert (shot["scale"]["label"], shot["scale"]["confidence"]) == ("MS", PREDICTIONS["scale"].probabilities["MS"])
    assert json_of(response)["summary"]["scale"] == {"MS": 2, "CS": 1}
    assert json_of(response)["summary"]["movement"] == {"static": 3}


def test_the_response_is_the_job_as_it_is_returned_from_then_on(client: FlaskClient, job: str, label: Correct) -> None:
    response = label(1, {"scale": "CS", "movement": "push"})
    shown = client.get(job)

    assert response.data == shown.data
    assert response.headers["ETag"] == shown.headers["ETag"]
    again = client.get(job, headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_null_removes_a_corrected_label(label: Correct) -> None:
    label(1, {"scale": "CS", "movement": "push"})
    assert json_of(label(1, {"scale": None}))["shots"][1]["corrected"] == {"movement": "push"}
    assert json_of(label(1, {"movement": None}))["shots"][1]["corrected"] is None


def test_a_shot_is_split_at_a_frame(client: FlaskClient, correct: Correct) -> None:
    response = correct("/shots/1/split", {"frame": 75})

    assert bounds(response) == [(0, 0, 50), (1, 50, 75), (2, 75, 100), (3, 100, 150)]
    first, second = json_of(response)["shots"][1:3]
    assert (first["end"], second["start"], second["start_timecode"]) == (3.0, 3.0, "00:00:03:00")
    assert [first["transition"], second["transition"]] == ["dissolve", "cut"]
    assert [shot["edited"] for shot in json_of(response)["shots"]] == [False, True, True, False]
    assert json_of(response)["summary"]["average_shot_length"] == 1.5
    for shot in json_of(response)["shots"]:
        for frame in set(shot["frames"]):
            with client.get(frame) as stored:
                assert stored.status_code == 200
    assert json_of(response)["shots"][3]["frames"][0].endswith("/shots/2/frames/0.jpg")


def test_a_shot_is_merged_with_the_following_one(correct: Correct) -> None:
    response = correct("/shots/1/merge")

    assert bounds(response) == [(0, 0, 50), (1, 50, 150)]
    merged = json_of(response)["shots"][1]
    assert (merged["start"], merged["end"], merged["edited"]) == (2.0, 6.0, True)
    assert len(merged["frames"]) == 8


def test_the_boundary_between_two_shots_is_moved(client: FlaskClient, job: str, correct: Correct) -> None:
    response = correct("/shots/1/move", {"frame": 53})

    assert bounds(response) == [(0, 0, 53), (1, 53, 100), (2, 100, 150)]
    first, second, _ = json_of(response)["shots"]
    assert (first["end"], second["start"], second["start_timecode"]) == (2.12, 2.12, "00:00:02:03")
    assert [first["transition"], second["transition"]] == ["cut", "dissolve"]
    assert [shot["edited"] for shot in json_of(response)["shots"]] == [True, True, False]
    assert response.data == client.get(job).data
    assert client.get(f"{job}/shots/1/camera").status_code == 200


def test_how_a_shot_opens_is_set_and_restored(correct: Correct) -> None:
    for kind, edited in (("cut", True), ("fade", True), (None, False)):
        shot = json_of(correct("/shots/1/transition", {"transition": kind}))["shots"][1]
        assert (shot["transition"], shot["edited"]) == (kind or "dissolve", edited)
        assert (shot["start_frame"], shot["end_frame"]) == (50, 100)


def test_corrections_are_undone_one_by_one(client: FlaskClient, job: str, correct: Correct, label: Correct) -> None:
    seen = [json_of(client.get(job))]
    seen.append(json_of(label(1, {"scale": "CS"})))
    seen.append(json_of(correct("/shots/1/split", {"frame": 75})))
    seen.append(json_of(correct("/shots/0/merge")))

    for before in reversed(seen[:-1]):
        assert json_of(correct("/undo")) | {"expires": None} == before | {"expires": None}
    response = correct("/undo")
    assert (response.status_code, response.content_type) == (409, "application/problem+json")
    assert "nothing to undo" in json_of(response)["detail"]


def test_undone_corrections_are_redone_until_another_is_made(correct: Correct, label: Correct) -> None:
    done = [label(1, {"scale": "CS"}).json, correct("/shots/1/split", {"frame": 75}).json]
    for _ in done:
        correct("/undo")
    assert [correct("/redo").json for _ in done] == done
    correct("/undo")
    moved = correct("/shots/2/move", {"frame": 99}).json
    response = correct("/redo")
    assert (response.status_code, response.content_type) == (409, "application/problem+json")
    assert "nothing to redo" in json_of(response)["detail"]
    correct("/undo")
    assert correct("/redo").json == moved


def test_the_list_of_jobs_counts_the_corrected_shots(client: FlaskClient, correct: Correct) -> None:
    def listed() -> int:
        [job] = json_of(client.get("/jobs"))["jobs"]
        return int(job["shots"])

    assert listed() == 3
    counts = []
    for rest, body in (("/shots/1/split", {"frame": 75}), ("/shots/0/merge", None), ("/shots/0/merge", None)):
        correct(rest, body)
        counts.append(listed())
    for rest in ("/undo", "/undo", "/redo"):
        correct(rest)
        counts.append(listed())
    assert counts == [4, 3, 2, 3, 4, 3]


def test_a_correction_made_in_place_of_an_undone_one_has_another_etag(label: Correct, correct: Correct) -> None:
    seen = label(1, {"scale": "CS"}).headers["ETag"]
    correct("/undo")
    label(1, {"scale": "FS"})

    assert label(1, {"movement": "push"}, seen).status_code == 412


def test_a_correction_of_an_outdated_job_is_refused(client: FlaskClient, job: str, label: Correct) -> None:
    seen = client.get(job).headers["ETag"]
    label(1, {"scale": "CS"})
    response = label(1, {"scale": "FS"}, seen)

    assert (response.status_code, response.content_type) == (412, "application/problem+json")
    assert "load it again" in json_of(response)["detail"]
    assert json_of(client.get(job))["shots"][1]["corrected"] == {"scale": "CS"}


def test_of_many_simultaneous_corrections_exactly_one_succeeds(app: Flask, client: FlaskClient, job: str) -> None:
    named = {"If-Match": client.get(job).headers["ETag"]}

    def split(frame: int) -> int:
        return app.test_client().post(f"{job}/shots/0/split", json={"frame": frame}, headers=named).status_code

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(split, range(1, 25)))

    assert sorted(outcomes) == [200] + [412] * 23
    frame = outcomes.index(200) + 1
    assert bounds(client.get(job))[:2] == [(0, 0, frame), (1, frame, 50)]


def test_simultaneous_undos_take_back_one_correction(app: Flask, client: FlaskClient, job: str, label: Correct) -> None:
    label(0, {"scale": "CS"})
    named = {"If-Match": label(1, {"scale": "CS"}).headers["ETag"]}

    with ThreadPoolExecutor(8) as pool:
        undone = list(pool.map(lambda _: app.test_client().post(f"{job}/undo", headers=named).status_code, range(8)))

    assert sorted(undone) == [200] + [412] * 7
    assert [shot["corrected"] for shot in json_of(client.get(job))["shots"]] == [{"scale": "CS"}, None, None]


def test_an_etag_that_a_proxy_weakened_is_accepted(client: FlaskClient, job: str, label: Correct) -> None:
    assert label(1, {"scale": "CS"}, f"W/{client.get(job).headers['ETag']}").status_code == 200


@pytest.mark.parametrize("rest", ["/shots/0/merge", "/undo", "/redo"])
def test_a_correction_without_if_match_is_refused(client: FlaskClient, job: str, rest: str) -> None:
    response = client.post(f"{job}{rest}")

    assert (response.status_code, response.content_type) == (428, "application/problem+json")
    assert "If-Match" in json_of(response)["detail"]


def test_only_a_job_that_is_done_can_be_corrected(client: FlaskClient, send: Send, standin: StandIn) -> None:
    address = send().headers["Location"]
    standin.begin()
    standin.publish(0)
    running = client.patch(f"{address}/shots/0", json={"scale": "CS"}, headers={"If-Match": "*"})
    standin.fail("The file holds no video, only sound.")
    failed = client.post(f"{address}/undo", headers={"If-Match": "*"})

    assert [running.status_code, failed.status_code] == [409, 409]
    assert json_of(running)["detail"].endswith("this one is splitting.")
    assert json_of(failed)["detail"].endswith("this one is failed.")


@pytest.mark.parametrize(
    ("rest", "method", "body", "status", "message"),
    [
        ("/shots/1", "PATCH", {"scale": "XXL"}, 422, "'ECS', 'CS', 'MS', 'FS' or 'LS'"),
        ("/shots/1", "PATCH", {"movement": "pan"}, 422, "'static', 'motion', 'push' or 'pull'"),
        ("/shots/1", "PATCH", {"mood": "gloomy"}, 422, "There is no member 'mood' here, only scale and movement."),
        ("/shots/1", "PATCH", {}, 422, "Say which label is right"),
        ("/shots/1", "PATCH", ["CS"], 422, "not an object"),
        ("/shots/1", "PATCH", {"scale": "C" * 5000}, 413, "4096 bytes"),
        ("/shots/3", "PATCH", {"scale": "CS"}, 404, "There is no shot with index 3: the job has 3, counted from 0."),
        (
            "/shots/99999999999999999999",
            "PATCH",
            {"scale": "CS"},
            404,
            "There is no shot with index 99999999999999999999",
        ),
        ("/shots/1/split", "POST", {"frame": 50}, 422, "may begin with frame 51 to 99"),
        ("/shots/1/split", "POST", {"frame": 100}, 422, "may begin with frame 51 to 99"),
        ("/shots/1/split", "POST", {"frame": "75"}, 422, "should be a valid integer"),
        ("/shots/1/split", "POST", {"frame": True}, 422, "should be a valid integer"),
        ("/shots/1/split", "POST", {}, 422, "The member 'frame' is missing: first frame of the second part"),
        ("/shots/2/merge", "POST", None, 422, "The last shot cannot be merged"),
        ("/shots/1/move", "POST", {"frame": 0}, 422, "may begin with frame 1 to 99"),
        ("/shots/0/move", "POST", {"frame": 1}, 422, "The first shot opens the video"),
        ("/shots/1/transition", "POST", {"transition": "wipe"}, 422, "'cut', 'dissolve' or 'fade'"),
        ("/shots/1/transition", "POST", {}, 422, "The member 'transition' is missing"),
        ("/shots/x/merge", "POST", None, 404, "nothing at this address"),
    ],
)
def test_an_invalid_correction_is_refused_with_what_is_allowed(
    correct: Correct, client: FlaskClient, job: str, rest: str, method: str, *, body: object, status: int, message: str
) -> None:
    before = client.get(job)
    response = correct(rest, body, method=method)

    assert (response.status_code, response.content_type) == (status, "application/problem+json")
    assert message in json_of(response)["detail"]
    assert client.get(job).headers["ETag"] == before.headers["ETag"]


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b'{"scale": ', "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[" * 4000, "application/json", 400),
        (b'{"scale": "CS"}', "text/plain", 415),
        (b"scale=CS", "application/x-www-form-urlencoded", 415),
    ],
)
def test_a_body_that_is_not_json_is_refused(
    client: FlaskClient, job: str, content: bytes, media_type: str, status: int
) -> None:
    response = client.patch(f"{job}/shots/1", data=content, content_type=media_type, headers={"If-Match": "*"})

    assert (response.status_code, response.content_type) == (status, "application/problem+json")


def test_an_unknown_job_cannot_be_corrected(client: FlaskClient) -> None:
    for job_id in ("0" * 24, "nope"):
        response = client.post(f"/jobs/{job_id}/undo", headers={"If-Match": "*"})
        assert (response.status_code, response.content_type) == (404, "application/problem+json")


def test_corrections_are_stored_beside_the_result(jobs: Jobs, job: str, label: Correct) -> None:
    key = f"job:{job.rpartition('/')[2]}"
    label(1, {"scale": "CS"})

    edit = jobs.redis.lindex(f"{key}:edits", 0)
    assert edit and json.loads(edit) == {"kind": "label", "shot": 1, "labels": {"scale": "CS"}}


def test_a_deleted_job_leaves_no_corrections(client: FlaskClient, jobs: Jobs, job: str, label: Correct) -> None:
    label(1, {"scale": "CS"})
    client.delete(job)

    assert jobs.redis.keys("job:*:*") == []


def test_the_number_of_corrections_is_limited(
    monkeypatch: pytest.MonkeyPatch, label: Correct, correct: Correct
) -> None:
    monkeypatch.setattr("api.jobs.corrections.MAX_EDITS", 1)
    label(1, {"scale": "CS"})

    assert label(1, {"scale": "FS"}).status_code == 409
    assert correct("/undo").status_code == 200
