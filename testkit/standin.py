"""For tests of the API and of the page: a stand-in for both workers, and the API under a real gunicorn."""

import os
import signal
import subprocess
import sys
import time
from base64 import b64decode
from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from jobs.claim import Claim
from jobs.names import PREDICT, SPLIT
from jobs.queue import Queue
from jobs.record import Jobs
from shotlens.shots.shot import CameraMotion, Prediction, Predictions, Shot, Transition, Video, frames_of
from shotlens.storage.files import Files
from testkit.service import children, free_port

ROOT = Path(__file__).resolve().parent.parent
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + b"\x00\x00\x10\x00mdat" + bytes(range(256)) * 16
VIDEO = Video(duration=6.0, fps=25.0, width=1920, height=1080, frames=150)
MODEL = {"name": "stand-in", "sha256": "0" * 64}
PREDICTIONS: Predictions = {
    "movement": Prediction({"static": 0.7, "motion": 0.1, "push": 0.15, "pull": 0.05}, uncertain=True),
    "scale": Prediction({"ECS": 0.02, "CS": 0.08, "MS": 0.8, "FS": 0.06, "LS": 0.04}),
}
LENGTH = 50  # frames of each shot
# 64 x 36 pixels
JPEG = b64decode(
    "/9j/4AAQSkZJRgABAgAAAQABAAD/2wBDAAgwMDkwOUJCQkJCQk5ITlFRUU5OTk5RUVFXV1dmZmZXV1dRUVdXYGBmZm9yb2lpZmlycnh4eJCQio"
    "qoqK7Pz/n/xABaAAEAAgMBAQAAAAAAAAAAAAAABgMHBAIBBQEBAQEAAwEAAAAAAAAAAAAAAAUCBAYBAxABAQEAAAAAAAAAAAAAAAAAAAIBEQEB"
    "AAAAAAAAAAAAAAAAAAAAAf/AABEIACQAQAMBEgACEgADEgD/2gAMAwEAAhEDEQA/AIcK4lgAAAAAAAD60q5cCt1zIzErlXKFW6rRmJLjnEZ7VN"
    "4xGO/Dp4AAAAAAAA35V44tarkRmJVKuUOt1WjMSnHGIlaqrGYxQO9DqQAAAAAAAA2cMfGlfWESWSUalU4RJ5eSi17VSEf/2Q=="
)


class StandIn:
    """Changes the record as the two workers would, one step per call."""

    def __init__(self, jobs: Jobs, files: Files) -> None:
        self.jobs = jobs
        self.files = files
        self.split = Queue(jobs.redis, SPLIT, lease=60)
        self.predict = Queue(jobs.redis, PREDICT, lease=60)
        self.split.make_group()
        self.predict.make_group()
        self.claim: Claim | None = None  # on the job that is being cut

    def begin(self) -> str:
        """Claim the next job and start to cut it; return its id."""
        self.claim = _take(self.split)
        self.jobs.begin(self.claim)
        return self.claim.job

    def publish(self, index: int, progress: float = 0.5) -> None:
        """Publish one shot of two seconds with its frames; every shot but the first opens with a dissolve."""
        path = (CameraMotion(0.125, 0.01, 0.0, 0.0, 0.0, 0.9),)
        opening: Transition = "dissolve" if index else "cut"
        first, end = LENGTH * index, LENGTH * (index + 1)
        self.write_frames(first)
        self.publish_shot(Shot(first, end, 2.0 * index, 2.0 * (index + 1), frames_of(first), path, opening), progress)

    def publish_shot(self, shot: Shot, progress: float = 0.5) -> None:
        """Publish this shot, whose frames are already written."""
        assert self.claim
        self.jobs.publish(self.claim, [shot], progress, VIDEO)

    def write_frames(self, first: int) -> None:
        """Write the eight frames of the shot with this first frame, all of them the same picture."""
        assert self.claim
        store = self.files.frames(self.claim.job)
        for frame in frames_of(first):
            store.write(frame, JPEG)

    def finish_cutting(self, shots: int, video: Video = VIDEO) -> None:
        """Finish the cutting."""
        assert self.claim
        self.jobs.finish_cutting(self.claim, video, shots)

    def predict_next(self) -> None:
        """Claim the next group of shots and predict it."""
        claim = _take(self.predict)
        first_frames = map(int, claim.fields["shots"].split(","))
        self.jobs.finish_predict(claim, dict.fromkeys(first_frames, PREDICTIONS), MODEL)

    def fail(self, error: str) -> None:
        """Fail the job that is being cut."""
        assert self.claim
        self.jobs.fail(self.claim, error)

    def whole(self, shots: int = 3) -> str:
        """Process one job from start to end; return its id."""
        job_id = self.begin()
        for index in range(shots):
            self.publish(index)
        self.finish_cutting(shots)
        for _ in range(shots):
            self.predict_next()
        return job_id


class Api:
    """`python -m api` in a process of its own, on a free port of the loopback interface."""

    def __init__(self, redis_url: str, data: Path, **settings: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.files = Files(data)
        self._start: Callable[[], subprocess.Popen[str]] = partial(start_api, redis_url, data, self.port, **settings)
        self.process = self._start()

    def __enter__(self) -> "Api":
        deadline = time.monotonic() + 60
        while not self._answers():
            assert self.process.poll() is None and time.monotonic() < deadline, "the API does not start"
            time.sleep(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=60)

    def kill(self) -> None:
        """Kill it with its workers, as a power cut would."""
        pids = [self.process.pid, *children(self.process.pid)]  # killed first: it would restart its workers
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        self.process.communicate(timeout=60)

    def restarted(self) -> "Api":
        """Start it again after `kill`, at the same address and on the same data."""
        self.process = self._start()
        return self

    def clear(self) -> None:
        """Erase what earlier tests left in the data folder."""
        for path in [*self.files.data.glob("jobs/*"), *self.files.data.glob("incoming/*")]:
            self.files.erase(path.name)

    def _answers(self) -> bool:
        try:
            with urlopen(f"{self.url}/healthz", timeout=20) as response:
                return bool(response.status == 200)
        except (URLError, ConnectionError, TimeoutError):
            return False


def start_api(redis_url: str, data: Path, port: int, **settings: str) -> "subprocess.Popen[str]":
    """Start the API without waiting for it; `settings` are environment variables."""
    variables = {"REDIS_URL": redis_url, "SHOTLENS_DATA": str(data), "SHOTLENS_HOST": "127.0.0.1"}
    env = {**os.environ, **variables, "SHOTLENS_PORT": str(port), **settings}
    command = [sys.executable, "-m", "api", "--access-logfile", os.devnull, "--log-level", "warning"]
    return subprocess.Popen(command, cwd=ROOT, env=env, text=True, stderr=subprocess.PIPE)


def _take(queue: Queue) -> Claim:
    claim = queue.take(block=5)
    assert claim, f"no entry arrived on {queue.stream}"
    return claim
