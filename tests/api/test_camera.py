"""/jobs/<id>/shots/<n>/camera: the measured path, also of a shot that was split or merged."""

import pytest
from flask.testing import FlaskClient

from shotlens.shots.shot import CameraMotion, Shot, Video, frames_of
from testkit.standin import StandIn
from tests.api.conftest import Send, json_of

MOVED = {"seconds": 0.12, "dx": 0.01, "dy": 0.005, "log_scale": 0.0, "rotation": 0.0, "inliers": 0.9}
PUSHED = MOVED | {"dx": 0.0, "dy": 0.0, "log_scale": 0.01}


@pytest.fixture
def job(send: Send, standin: StandIn) -> str:
    """The address of a job that is done: a pan of ten intervals of three frames, a push of five, a still frame."""
    address: str = send().headers["Location"]
    standin.begin()
    planned = [(0, 30, MOVED, 10), (30, 45, PUSHED, 5), (45, 46, MOVED, 0)]
    for first, end, motion, intervals in planned:
        path = (CameraMotion(**motion),) * intervals
        standin.write_frames(first)
        standin.publish_shot(Shot(first, end, first / 25, end / 25, frames_of(first), path))
    standin.finish_cutting(len(planned), Video(46 / 25, 25, 1280, 720, 46))
    for _ in planned:
        standin.predict_next()
    return address


def correct(client: FlaskClient, address: str, body: object = None, method: str = "POST") -> None:
    assert client.open(address, method=method, json=body, headers={"If-Match": "*"}).status_code == 200


def test_the_path_is_returned_as_measured(client: FlaskClient, job: str) -> None:
    assert client.get(f"{job}/shots/0/camera").json == [MOVED] * 10
    assert client.get(f"{job}/shots/1/camera").json == [PUSHED] * 5
    assert client.get(f"{job}/shots/2/camera").json == []


@pytest.mark.parametrize("shot", ["3", "2147483647", "-1", "x"])
def test_an_unknown_shot_is_not_found(client: FlaskClient, job: str, shot: str) -> None:
    response = client.get(f"{job}/shots/{shot}/camera")

    assert (response.status_code, response.content_type) == (404, "application/problem+json")


def test_a_corrected_label_does_not_change_the_path(client: FlaskClient, job: str) -> None:
    correct(client, f"{job}/shots/0", {"movement": "pull"}, "PATCH")
    assert client.get(f"{job}/shots/1/camera").json == [PUSHED] * 5


def test_the_parts_of_a_split_shot_have_the_intervals_within_them(client: FlaskClient, job: str) -> None:
    correct(client, f"{job}/shots/0/split", {"frame": 10})

    paths = [client.get(f"{job}/shots/{shot}/camera").json for shot in range(4)]
    assert paths == [[MOVED] * 3, [MOVED] * 6, [PUSHED] * 5, []]  # the interval from frame 9 to 12 lies in neither part
    assert client.get(f"{job}/shots/4/camera").status_code == 404


def test_a_merged_shot_has_the_intervals_of_both(client: FlaskClient, job: str) -> None:
    correct(client, f"{job}/shots/0/merge")

    assert client.get(f"{job}/shots/0/camera").json == [MOVED] * 10 + [PUSHED] * 5
    assert client.get(f"{job}/shots/1/camera").json == []


def test_the_path_is_cached_until_the_job_is_corrected(client: FlaskClient, job: str) -> None:
    seen = client.get(f"{job}/shots/1/camera").headers["ETag"]
    again = {"If-None-Match": seen}

    assert seen == client.get(job).headers["ETag"]
    assert client.get(f"{job}/shots/1/camera", headers=again).status_code == 304
    correct(client, f"{job}/shots/0/split", {"frame": 10})
    assert client.get(f"{job}/shots/1/camera", headers=again).status_code == 200


def test_the_path_of_a_shot_is_returned_while_others_are_still_being_found(
    client: FlaskClient, send: Send, standin: StandIn
) -> None:
    address = send().headers["Location"]
    standin.begin()
    standin.publish(0)

    response = client.get(f"{address}/shots/0/camera")
    assert (len(json_of(response)), response.headers["Cache-Control"]) == (1, "no-store")
    assert "ETag" not in response.headers
    assert client.get(f"{address}/shots/1/camera").status_code == 404
