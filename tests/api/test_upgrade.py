"""Jobs of version 0.1.0 are answered as version 0.1.0 answered them."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from redis import Redis

from jobs.access_keys import ACCESS_KEYS
from jobs.record import Jobs
from shotlens.storage.files import Files
from testkit.dump import VERSION_1, replay
from testkit.standin import JPEG
from tests.api.conftest import json_of

ANSWERS = json.loads(VERSION_1.with_suffix(".json").read_text())
DONE = f"{1:024x}"


@pytest.fixture
def old(client: FlaskClient, redis: Redis, jobs: Jobs) -> FlaskClient:
    """A client of a service with the records of version 1, without their access key, so that no request needs one."""
    replay(redis)
    redis.delete(ACCESS_KEYS)
    return client


def as_before(value: Any, before: Any) -> Any:
    """Leave out what newer versions have added to an answer."""
    if isinstance(before, dict):
        return {name: as_before(value[name], before[name]) for name in before}
    if isinstance(before, list):
        return [as_before(*pair) for pair in zip(value, before, strict=True)]
    return value


@pytest.mark.parametrize("job_id", ANSWERS["jobs"])
def test_a_job_is_answered_as_before(old: FlaskClient, job_id: str) -> None:
    before = ANSWERS["jobs"][job_id]
    assert as_before(json_of(old.get(f"/jobs/{job_id}")), before) == before


def test_its_camera_paths_are_answered_as_before(old: FlaskClient) -> None:
    assert old.get(f"/jobs/{DONE}/shots/1/camera").json == ANSWERS["camera"]


def test_its_frames_are_found_where_they_were_written(old: FlaskClient, files: Files) -> None:
    path = files.folder(DONE) / "frames" / "1" / "3.jpg"
    path.parent.mkdir(parents=True)
    path.write_bytes(JPEG)
    with old.get(f"/jobs/{DONE}/shots/1/frames/3.jpg") as response:
        assert response.data == JPEG


def test_all_jobs_are_listed(old: FlaskClient) -> None:
    jobs = json_of(old.get("/jobs"))["jobs"]
    assert {job["filename"].removesuffix(".mp4") for job in jobs} == {
        "done", "bad", "dead", "cutting", "predicting", "queued",
    }  # fmt: skip


def test_a_job_that_was_worked_on_is_queued_again(old: FlaskClient, jobs: Jobs) -> None:
    assert json_of(old.get(f"/jobs/{4:024x}"))["state"] == "queued"
    assert json_of(old.get(f"/jobs/{5:024x}"))["shots"] == []


def test_it_is_exported_and_corrected(old: FlaskClient, files: Files) -> None:
    answer = old.get(f"/jobs/{DONE}")
    edl = old.get(f"/jobs/{DONE}/export?format=edl")
    assert edl.status_code == 200
    undone = old.post(f"/jobs/{DONE}/undo", headers={"If-Match": answer.headers["ETag"]})
    assert len(json_of(undone)["shots"]) == len(json_of(answer)["shots"]) + 1
