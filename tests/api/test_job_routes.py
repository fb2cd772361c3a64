"""/jobs/<id>: results as they come, frames, the video by ranges, deletion."""

import pytest
from flask.testing import FlaskClient

from jobs.record import Jobs
from shotlens.storage.files import Files
from testkit.standin import JPEG, MP4, StandIn
from tests.api.conftest import Send, json_of

UNKNOWN = ["0" * 24, "nope", "..%2f..%2fetc", "0" * 23 + "%0a", "A" * 24, "%00"]


def test_shots_and_predictions_appear_as_they_come(client: FlaskClient, send: Send, standin: StandIn) -> None:
    address = send().headers["Location"]
    standin.begin()
    assert json_of(client.get(address))["state"] == "splitting"

    standin.publish(0, progress=0.4)
    half = client.get(address)
    assert half.headers["Retry-After"] == "1"
    assert json_of(half)["video"]["width"] == 1920
    assert [shot["movement"] for shot in json_of(half)["shots"]] == [None]
    assert 0 < json_of(half)["progress"] < 0.5

    standin.predict_next()
    assert json_of(client.get(address))["shots"][0]["movement"]["label"] == "static"

    standin.publish(1)
    standin.finish_cutting(2)
    assert json_of(client.get(address))["state"] == "predicting"
    standin.predict_next()
    done = json_of(client.get(address))
    assert (done["state"], done["progress"], done["summary"]["shots"]) == ("done", 1, 2)


def test_a_cached_finished_job_is_not_sent_again(client: FlaskClient, send: Send, standin: StandIn) -> None:
    address = send().headers["Location"]
    assert "ETag" not in client.get(address).headers
    standin.whole()

    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert "Retry-After" not in first.headers
    assert (again.status_code, again.data) == (304, b"")


def test_a_failed_job_is_returned_with_its_reason(client: FlaskClient, send: Send, standin: StandIn) -> None:
    address = send().headers["Location"]
    standin.begin()
    standin.fail("The file holds no video, only sound.")

    response = client.get(address)

    assert response.status_code == 200
    assert json_of(response)["state"] == "failed"
    assert json_of(response)["error"] == "The file holds no video, only sound."


@pytest.mark.parametrize("job_id", UNKNOWN)
@pytest.mark.parametrize("rest", ["", "/video", "/shots/0/frames/0.jpg", "/shots/0/camera"])
def test_an_unknown_job_is_not_found(client: FlaskClient, job_id: str, rest: str) -> None:
    response = client.get(f"/jobs/{job_id}{rest}")

    assert response.status_code == 404
    assert response.content_type == "application/problem+json"
    assert json_of(response)["detail"].endswith(".")


def test_a_browser_may_keep_a_frame_forever(client: FlaskClient, send: Send, standin: StandIn) -> None:
    address = send().headers["Location"]
    standin.whole(shots=1)

    with client.get(f"{address}/shots/0/frames/7.jpg") as frame:
        assert frame.data == JPEG
        assert frame.content_type == "image/jpeg"
        assert "immutable" in frame.headers["Cache-Control"]
    for missing in ("0/frames/8", "1/frames/0", "0/frames/-1", "x/frames/0"):
        response = client.get(f"{address}/shots/{missing}.jpg")
        assert (response.status_code, response.content_type) == (404, "application/problem+json")


def test_the_whole_video_is_returned(client: FlaskClient, send: Send) -> None:
    address = send(filename='a "quoted" ü.mp4').headers["Location"]
    with client.get(f"{address}/video") as video:
        assert video.data == MP4
        assert video.content_type == "video/mp4"
        assert video.headers["Accept-Ranges"] == "bytes"
        assert "sandbox" in video.headers["Content-Security-Policy"]
        assert video.headers["Content-Disposition"].startswith("inline")
    with client.head(f"{address}/video") as head:
        assert head.content_length == len(MP4)


@pytest.mark.parametrize(
    ("wanted", "part"),
    [("bytes=0-9", MP4[:10]), ("bytes=100-", MP4[100:]), ("bytes=-5", MP4[-5:]), ("bytes=4-99999", MP4[4:])],
)
def test_a_range_of_the_video_is_returned(client: FlaskClient, send: Send, wanted: str, part: bytes) -> None:
    address = send().headers["Location"]
    with client.get(f"{address}/video", headers={"Range": wanted}) as video:
        assert (video.status_code, video.data) == (206, part)
        assert video.headers["Content-Range"].endswith(f"/{len(MP4)}")


def test_a_range_beyond_the_end_is_refused(client: FlaskClient, send: Send) -> None:
    address = send().headers["Location"]
    response = client.get(f"{address}/video", headers={"Range": "bytes=99999-"})

    assert (response.status_code, response.content_type) == (416, "application/problem+json")
    assert response.headers["Content-Range"] == f"bytes */{len(MP4)}"


@pytest.mark.parametrize("cut", [False, True])
def test_a_deleted_job_leaves_nothing(
    client: FlaskClient, send: Send, standin: StandIn, *, jobs: Jobs, files: Files, cut: bool
) -> None:
    address = send().headers["Location"]
    job_id = standin.whole(shots=1) if cut else address.rpartition("/")[2]

    assert client.delete(address).status_code == 204

    assert not files.folder(job_id).exists()
    assert not jobs.exists(job_id)
    for gone in (client.get(address), client.delete(address), client.get(f"{address}/video")):
        assert (gone.status_code, gone.content_type) == (404, "application/problem+json")


def test_a_job_that_was_never_made_cannot_be_deleted(client: FlaskClient) -> None:
    for job_id in UNKNOWN:
        assert client.delete(f"/jobs/{job_id}").status_code == 404
