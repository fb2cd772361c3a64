"""The cutting worker as a real process: what it publishes, and what it leaves on disk when a job ends early."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from redis import Redis

from jobs.names import METRICS, PREDICT, SPLIT
from jobs.queue import Queue
from jobs.record import Jobs
from jobs.uploads import PartialUpload, PartialUploads
from shotlens.shots.job import Job
from shotlens.shots.options import JobOptions
from shotlens.storage.files import Files, new_job_id
from testkit.standin import StandIn
from testkit.videos import shots, write_sound, write_video
from testkit.waiting import until
from tests.conftest import entries

pytestmark = pytest.mark.service

ROOT = Path(__file__).resolve().parents[2]
LONG = [40] * 30  # shots, of 960 x 540: some seconds of work


@pytest.fixture
def worker(redis_url: str, redis: Redis, files: Files) -> Iterator["subprocess.Popen[bytes]"]:
    environment = {
        **os.environ,
        "SHOTLENS_REDIS_URL": redis_url,
        "SHOTLENS_DATA": str(files.data),
        "SHOTLENS_GRACE": "0",
    }
    process = subprocess.Popen([sys.executable, "-m", "process_video"], cwd=ROOT, env=environment)
    yield process
    process.kill()
    process.wait()


@pytest.fixture(scope="module")
def long_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_video(tmp_path_factory.mktemp("long") / "a.mp4", shots(LONG, 960, 540))


def accept(jobs: Jobs, files: Files, video: Path, options: JobOptions | None = None) -> str:
    job_id = new_job_id()
    files.incoming(job_id).write_bytes(video.read_bytes())
    files.accept(job_id)
    jobs.create(job_id, video.name, video.stat().st_size, options=options)
    return job_id


def wait_for(jobs: Jobs, job_id: str, condition: Callable[[Job], object], seconds: float = 60.0) -> Job:
    deadline = time.monotonic() + seconds
    while not ((job := jobs.get(job_id)) and condition(job)):
        assert time.monotonic() < deadline, job
        time.sleep(0.02)
    return job


def cut_half(jobs: Jobs, files: Files, video: Path) -> str:
    """Make a job that is being cut, with its first shots published; return its id."""
    job_id = accept(jobs, files, video)
    wait_for(jobs, job_id, lambda job: jobs.shots(job_id))
    return job_id


@pytest.mark.usefixtures("worker")
def test_shots_are_published_while_the_rest_is_being_cut(jobs: Jobs, files: Files, long_video: Path) -> None:
    job_id = cut_half(jobs, files, long_video)
    job = jobs.get(job_id)
    assert job
    assert job.state == "splitting"
    assert 0 < job.progress < 1
    assert jobs.redis.xlen(PREDICT) > 0
    wait_for(jobs, job_id, lambda job: job.state == "predicting")
    assert [shot.end_frame - shot.start_frame for shot in jobs.shots(job_id)] == LONG
    groups = [fields["shots"].split(",") for fields in entries(jobs.redis, PREDICT)]
    assert [int(first) for group in groups for first in group] == jobs.first_frames(job_id)
    assert max(map(len, groups)) <= 16


@pytest.mark.usefixtures("worker")
def test_a_job_is_cut_with_its_options(jobs: Jobs, files: Files, tmp_path: Path) -> None:
    video = write_video(tmp_path / "a.mp4", shots([20, 8, 30]))
    job_id = accept(jobs, files, video, JobOptions(min_shot=0.5))
    wait_for(jobs, job_id, lambda job: job.state == "predicting")
    assert [shot.start_frame for shot in jobs.shots(job_id)] == [0, 20]


@pytest.mark.usefixtures("worker")
def test_a_bad_video_fails_and_leaves_nothing_on_disk(jobs: Jobs, files: Files, tmp_path: Path) -> None:
    job_id = accept(jobs, files, write_sound(tmp_path / "a.mp4"))
    job = wait_for(jobs, job_id, lambda job: job.state == "failed")
    assert job.error
    assert "no video stream" in job.error
    assert jobs.redis.hget(METRICS, "failures:no_picture") == "1"
    deadline = time.monotonic() + 60
    while files.folder(job_id).exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_an_upload_that_may_still_continue_is_not_swept(
    jobs: Jobs, files: Files, redis: Redis, request: pytest.FixtureRequest
) -> None:
    valid, expired = new_job_id(), new_job_id()
    PartialUploads(redis).save(PartialUpload(valid, 100, "a.mp4", "", JobOptions()), 60)
    for job_id in (valid, expired):
        files.incoming(job_id).write_bytes(b"half a vid")
        os.utime(files.incoming(job_id), (0, 0))
    request.getfixturevalue("worker")
    assert until(lambda: not files.incoming(expired).exists())
    assert files.incoming(valid).exists()


def test_an_expired_job_is_deleted_with_its_files_and_a_line_in_the_log(
    jobs: Jobs, files: Files, request: pytest.FixtureRequest, capfd: pytest.CaptureFixture[str]
) -> None:
    standin = StandIn(jobs, files)
    ids = [new_job_id() for _ in range(2)]
    for job_id in ids:
        files.source(job_id).parent.mkdir(parents=True)
        files.source(job_id).touch()
        jobs.create(job_id, "a.mp4", 1)
        standin.whole(shots=1)
    expired, valid = ids
    jobs.redis.hset(f"job:{expired}", "expires", str(time.time() - 1))
    request.getfixturevalue("worker")
    assert until(lambda: not files.folder(expired).exists())
    assert files.folder(valid).exists()
    lines: list[dict[str, str]] = []
    deadline = time.monotonic() + 60
    while not lines:
        assert time.monotonic() < deadline
        lines = [json.loads(line) for line in capfd.readouterr().err.splitlines() if '"deleted"' in line]
        time.sleep(0.02)
    assert [(line["event"], line["job"], line["why"]) for line in lines] == [("deleted", expired, "expired")]


@pytest.mark.usefixtures("worker")
def test_a_poster_is_chosen_while_the_video_is_cut(jobs: Jobs, files: Files, tmp_path: Path) -> None:
    black = np.zeros((120, 160, 3), np.uint8)
    video = write_video(tmp_path / "a.mp4", [black] * 20 + shots([20, 30])[20:])
    job_id = accept(jobs, files, video)
    job = wait_for(jobs, job_id, lambda job: job.state == "predicting")
    assert job.poster
    assert job.poster[0] == 1


@pytest.mark.usefixtures("worker")
def test_work_on_a_deleted_job_ends_and_leaves_nothing(jobs: Jobs, files: Files, long_video: Path) -> None:
    job_id = cut_half(jobs, files, long_video)
    jobs.delete(job_id)
    files.erase(job_id)
    deadline = time.monotonic() + 60
    while jobs.redis.xlen(SPLIT) or files.folder(job_id).exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    time.sleep(0.5)
    assert not files.folder(job_id).exists()


def test_a_stopped_worker_hands_the_video_back_at_once(
    worker: "subprocess.Popen[bytes]", jobs: Jobs, files: Files, long_video: Path
) -> None:
    job_id = cut_half(jobs, files, long_video)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(60) == 0
    claim = Queue(jobs.redis, SPLIT, lease=60).take(block=None)
    assert claim
    assert (claim.job, claim.attempts) == (job_id, 1)
    assert files.source(job_id).exists()
