"""Workers are killed at random moments: no job may be lost, and no result may differ."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs.names import DEAD, PREDICT, SPLIT
from jobs.record import Jobs
from shotlens.shots.heads import HEADS
from shotlens.shots.shot import FRAMES_PER_SHOT
from shotlens.storage.files import Files, new_job_id
from testkit.videos import shots, write_video

ROOT = Path(__file__).resolve().parents[2]
JOBS = 6
KILLS = ["process_video", "model", "process_video", "model"]  # twice each, as the third crash of an entry is its last
ROUNDS = int(os.environ.get("CHAOS_ROUNDS", "1"))  # `make chaos` runs many
LEASE = {"SHOTLENS_LEASE": "2", "SHOTLENS_HEARTBEAT": "0.4"}


class Crew:
    """One cutting and one model worker, each started again when it is killed."""

    def __init__(self, redis_url: str, data: Path) -> None:
        self._environment = {**os.environ, **LEASE, "SHOTLENS_REDIS_URL": redis_url, "SHOTLENS_DATA": str(data)}
        self._workers = {module: self._start(module) for module in ("process_video", "model")}

    def kill(self, module: str) -> None:
        self._workers[module].kill()
        self._workers[module].wait()
        self._workers[module] = self._start(module)

    def stop(self) -> list[int]:
        for worker in self._workers.values():
            worker.send_signal(signal.SIGTERM)
        return [worker.wait(60) for worker in self._workers.values()]

    def _start(self, module: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen([sys.executable, "-m", module], cwd=ROOT, env=self._environment)


@pytest.fixture
def crew(redis_url: str, jobs: Jobs, files: Files) -> Iterator[Crew]:
    crew = Crew(redis_url, files.data)
    yield crew
    # A worker that was started a moment ago may have no handler yet.
    assert set(crew.stop()) <= {0, -signal.SIGTERM}


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_kills_at_any_moment_lose_no_job(crew: Crew, jobs: Jobs, files: Files, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    lengths = [30, 20, 45, 12, 60]
    video = write_video(tmp_path / "a.mp4", shots(lengths, 640, 360))
    ids = [new_job_id() for _ in range(JOBS)]
    for job_id in ids:
        files.incoming(job_id).write_bytes(video.read_bytes())
        files.accept(job_id)
        jobs.create(job_id, "a.mp4", video.stat().st_size)

    for module in chance.sample(KILLS, len(KILLS)):
        time.sleep(chance.uniform(0.3, 8))
        crew.kill(module)

    deadline = time.monotonic() + 600
    while any((job := jobs.get(job_id)) and job.state != "done" for job_id in ids):
        assert time.monotonic() < deadline, [jobs.get(job_id) for job_id in ids]
        assert jobs.redis.xlen(DEAD) == 0, jobs.dead()
        time.sleep(0.2)

    for job_id in ids:
        cut, store = jobs.shots(job_id), files.frames(job_id)
        assert [shot.end_frame - shot.start_frame for shot in cut] == lengths
        assert {first: set(heads) for first, heads in jobs.predictions(job_id).items()} == {
            shot.start_frame: set(HEADS) for shot in cut
        }
        assert all(store.holds(frame) for shot in cut for frame in shot.frames)
        assert len(list(store.folder.rglob("*"))) == len(lengths) * (FRAMES_PER_SHOT + 1)
    assert (jobs.redis.xlen(SPLIT), jobs.redis.xlen(PREDICT)) == (0, 0)
