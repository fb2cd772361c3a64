"""The loop of both workers, as real processes that are killed, stopped and made to hang."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest
from redis import Redis

from jobs.names import SPLIT
from jobs.queue import Queue
from jobs.record import Jobs
from jobs.worker import DEADLINE_EXIT, backoff
from testkit.waiting import until

ROOT = Path(__file__).resolve().parents[2]
# A worker that does what the file name of the job says, and logs each start and end in a list on the server.
# It keeps its priority: on a machine full of tests, its heartbeat would miss such a short lease.
SCRIPT = """
import os, sys, time
import jobs.worker
from jobs.errors import HandedBack
from shotlens.shots.errors import PermanentError
from jobs.queue import Queue, connect
from jobs.names import SPLIT
from jobs.record import Jobs
from jobs.settings import WorkerSettings
from shotlens.shots.shot import Video
from jobs.worker import Worker, start

jobs.worker._lower_priority = lambda: None
url, deadline = sys.argv[1], float(sys.argv[2])
redis = connect(url)
settings = WorkerSettings(redis_url=url, lease=1.0, heartbeat=0.1, grace=5.0)
jobs = Jobs(redis, 3600)
queue = Queue(redis, SPLIT, settings.lease)
queue.make_group()
worker = Worker(queue, jobs, settings, deadline)

def work(claim):
    name, _, seconds = jobs.get(claim.job).filename.partition(" ")
    redis.rpush("log", f"start {name}")
    if name == "crash":
        os.kill(os.getpid(), 9)
    if name == "bad":
        raise PermanentError("This is not a video.")
    if name == "flaky":
        raise RuntimeError("no luck")
    until = time.monotonic() + float(seconds)
    while time.monotonic() < until:
        time.sleep(0.05)
        worker.heartbeat.check(claim)
        if worker.stopping and until > worker.stop_at:
            raise HandedBack("stopping")
    jobs.begin(claim)
    jobs.finish_cutting(claim, Video(1, 25, 8, 8, 25), 0)
    redis.rpush("log", f"end {name}")

def handle(claims):
    for claim in claims:
        worker.settle(claim, lambda: work(claim))

redis.rpush("ready", os.getpid())
sys.exit(start("test", lambda: worker.run(handle)))
"""


StartWorker = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def worker(redis: Redis, redis_url: str) -> Iterator[StartWorker]:
    """Start worker processes that end with the test."""
    started: list[subprocess.Popen[bytes]] = []

    def start(deadline: float = 60.0) -> "subprocess.Popen[bytes]":
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        process = subprocess.Popen([sys.executable, "-c", SCRIPT, redis_url, str(deadline)], env=environment)
        started.append(process)
        assert until(lambda: redis.lpop("ready"))
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def job_id(number: int) -> str:
    return f"{number:024x}"


def state(jobs: Jobs, number: int) -> str:
    job = jobs.get(job_id(number))
    assert job
    return job.state


def log(redis: Redis) -> list[str]:
    return cast(list[str], redis.lrange("log", 0, -1))


def test_another_worker_does_the_job_of_a_killed_one(redis: Redis, jobs: Jobs, worker: StartWorker) -> None:
    jobs.create(job_id(1), "long 2", 1)
    first = worker()
    assert until(lambda: log(redis) == ["start long"])
    first.send_signal(signal.SIGKILL)
    worker()
    assert until(lambda: state(jobs, 1) == "done")
    assert log(redis) == ["start long", "start long", "end long"]


def test_a_heartbeat_keeps_a_long_job_from_running_twice(redis: Redis, jobs: Jobs, worker: StartWorker) -> None:
    jobs.create(job_id(1), "long 2.5", 1)  # longer than two leases
    worker()
    worker()
    assert until(lambda: state(jobs, 1) == "done")
    assert log(redis) == ["start long", "end long"]


def test_three_crashes_end_in_a_dead_letter_and_not_in_a_fourth(redis: Redis, jobs: Jobs, worker: StartWorker) -> None:
    jobs.create(job_id(1), "crash", 1)
    for _ in range(3):
        assert worker().wait(60) == -signal.SIGKILL
    jobs.create(job_id(2), "good 0", 1)
    survivor = worker()
    assert until(lambda: state(jobs, 1) == "failed" and state(jobs, 2) == "done")
    assert survivor.poll() is None
    assert log(redis).count("start crash") == 3
    [(_, letter)] = jobs.dead()
    assert (letter["job"], letter["attempts"]) == (job_id(1), "4")


def test_a_stopped_worker_hands_long_work_back_at_once(redis: Redis, jobs: Jobs, worker: StartWorker) -> None:
    jobs.create(job_id(1), "long 100", 1)
    first = worker()
    assert until(lambda: log(redis) == ["start long"])
    first.send_signal(signal.SIGTERM)
    assert first.wait(60) == 0
    claim = Queue(redis, SPLIT, lease=1.0).take(block=None)
    assert claim
    assert claim.attempts == 1  # a stop does not count as a failure of the job


def test_a_stopped_worker_finishes_work_that_fits_its_grace(redis: Redis, jobs: Jobs, worker: StartWorker) -> None:
    jobs.create(job_id(1), "short 0.6", 1)
    jobs.create(job_id(2), "next 0", 1)
    first = worker()
    assert until(lambda: log(redis) == ["start short"])
    first.send_signal(signal.SIGTERM)
    assert first.wait(60) == 0
    assert log(redis) == ["start short", "end short"]
    assert (state(jobs, 1), state(jobs, 2)) == ("done", "queued")


def test_a_worker_ends_itself_when_work_outlasts_its_deadline(redis: Redis, jobs: Jobs, worker: StartWorker) -> None:
    jobs.create(job_id(1), "wedged 60", 1)
    assert worker(deadline=0.5).wait(60) == DEADLINE_EXIT
    assert redis.xlen(SPLIT) == 1


def test_a_permanent_error_is_tried_once(redis: Redis, jobs: Jobs, worker: StartWorker) -> None:
    jobs.create(job_id(1), "bad", 1)
    worker()
    assert until(lambda: state(jobs, 1) == "failed")
    assert log(redis) == ["start bad"]
    assert jobs.dead() == []


def test_a_temporary_error_is_retried_with_a_delay_and_given_up_after_three_attempts(
    redis: Redis, jobs: Jobs, worker: StartWorker
) -> None:
    jobs.create(job_id(1), "flaky", 1)
    process = worker()
    assert until(lambda: state(jobs, 1) == "failed")
    assert process.poll() is None
    assert log(redis) == ["start flaky"] * 3
    [(_, letter)] = jobs.dead()
    assert "no luck" in letter["reason"]


def test_backoff_doubles() -> None:
    assert [backoff(attempt) for attempt in (1, 2, 3)] == [2.0, 4.0, 8.0]
