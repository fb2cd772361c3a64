"""The model worker as a real process: one batch from several jobs, and a job with broken frames that fails alone."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from jobs.names import PREDICT, SPLIT
from jobs.queue import Queue
from jobs.record import VERSION, Jobs
from shotlens.predicting.weights import SHIPPED
from shotlens.shots.shot import CameraMotion, Shot, Video, frames_of
from shotlens.storage.files import Files, new_job_id
from testkit.dump import replay
from testkit.standin import JPEG
from testkit.waiting import until
from tests.conftest import entries

pytestmark = pytest.mark.service

ROOT = Path(__file__).resolve().parents[2]
VIDEO = Video(duration=6.0, fps=25.0, width=64, height=36, frames=150)


@pytest.fixture
def worker(redis_url: str, redis: Redis, files: Files) -> Iterator["subprocess.Popen[bytes]"]:
    environment = {**os.environ, "SHOTLENS_REDIS_URL": redis_url, "SHOTLENS_DATA": str(files.data)}
    process = subprocess.Popen([sys.executable, "-m", "model"], cwd=ROOT, env=environment)
    yield process
    process.terminate()
    assert process.wait(60) == 0


def cut_job(jobs: Jobs, files: Files, count: int, broken: bool = False) -> str:
    """Make a job as the cutting worker leaves it, with `count` shots that wait for predictions; return its id."""
    job_id = new_job_id()
    jobs.create(job_id, "ad.mp4", 1)
    queue = Queue(jobs.redis, SPLIT, 60)
    claim = queue.take(block=None)
    assert claim
    jobs.begin(claim)
    store = files.frames(job_id)
    for index in range(count):
        first = index * 25
        for frame in frames_of(first):
            store.write(frame, b"no picture" if broken else JPEG)
        path = (CameraMotion(0.12, 0.0, 0.0, 0.01, 0.0, 0.9),) * 8
        jobs.publish(claim, [Shot(first, first + 25, float(index), index + 1.0, frames_of(first), path)], 0.5, VIDEO)
    jobs.finish_cutting(claim, VIDEO, count)
    return job_id


def wait_until_finished(jobs: Jobs, job_id: str) -> str:
    deadline = time.monotonic() + 300
    while (job := jobs.get(job_id)) and job.state not in ("done", "failed"):
        assert time.monotonic() < deadline, job
        time.sleep(0.05)
    assert job
    return job.state


def test_a_job_with_a_broken_frame_fails_alone(
    jobs: Jobs, files: Files, worker: "subprocess.Popen[bytes]", capfd: pytest.CaptureFixture[str]
) -> None:
    good, damaged, other = (cut_job(jobs, files, 3, broken) for broken in (False, True, False))
    assert [wait_until_finished(jobs, job_id) for job_id in (good, other, damaged)] == ["done", "done", "failed"]
    for job_id in (good, other):
        assert set(jobs.predictions(job_id)) == {0, 25, 50}
        job = jobs.get(job_id)
        assert job
        assert job.model
        assert job.model["name"] == SHIPPED.stem
    failed = jobs.get(damaged)
    assert failed
    assert failed.error
    assert "is not a picture" in failed.error
    assert jobs.redis.xlen(PREDICT) == 0
    assert worker.poll() is None


def test_an_entry_of_version_1_is_dropped_and_its_job_starts_again(
    redis: Redis, jobs: Jobs, request: pytest.FixtureRequest
) -> None:
    replay(redis)
    half_cut, half_predicted, queued = (f"{number:024x}" for number in (4, 5, 6))
    old = entries(redis, PREDICT)
    assert {fields["job"] for fields in old} == {half_cut, half_predicted}
    assert {name for fields in old for name in fields} == {"job", "request", "first", "last"}
    request.getfixturevalue("worker")
    assert until(lambda: redis.xlen(PREDICT) == 0, 300)
    for job_id in (half_cut, half_predicted):
        job = jobs.get(job_id)
        assert job
        assert (job.version, job.state, jobs.counts(job_id)) == (VERSION, "queued", (0, 0))
    assert sorted(fields["job"] for fields in entries(redis, SPLIT)) == [half_cut, half_predicted, queued]
