"""Places in the queue, and the guess of when each turn comes."""

import pytest
from redis import Redis

from jobs.names import SPLIT
from jobs.queue import Queue
from jobs.record import Jobs
from jobs.waiting import CACHE_SECONDS, Places, read_places
from shotlens.shots.job import Job, Place
from shotlens.shots.shot import Video

A, B, C, D, E = (f"{number:024x}" for number in range(5))
VIDEO = Video(duration=2.0, fps=25.0, width=64, height=48, frames=50)


@pytest.fixture
def queued(jobs: Jobs) -> None:
    """Four videos of a megabyte, of which the first two are in hand, and half of the first is done."""
    for job_id in (A, B, C, D):
        jobs.create(job_id, "ad.mp4", 1_000_000)
    for job_id, progress in ((A, 0.5), (B, 0.0)):
        claim = Queue(jobs.redis, SPLIT, lease=60).take(block=None)
        assert claim
        assert claim.job == job_id
        jobs.begin(claim)
        jobs.publish(claim, [], progress, VIDEO)


def at(jobs: Jobs, job_id: str) -> Job:
    job = jobs.get(job_id)
    assert job
    return job


@pytest.mark.usefixtures("queued")
def test_only_what_waits_has_a_place_and_without_a_pace_no_time(redis: Redis) -> None:
    assert read_places(redis) == {C: Place(1, None), D: Place(2, None)}


@pytest.mark.usefixtures("queued")
def test_each_worker_takes_the_next_video_when_it_is_done(redis: Redis) -> None:
    redis.hset("pace", mapping={"bytes": "500000", "seconds": "5"})  # 100 kB a second
    assert read_places(redis) == {C: Place(1, 5.0), D: Place(2, 10.0)}


def test_no_time_is_guessed_while_nobody_works(redis: Redis, jobs: Jobs) -> None:
    redis.hset("pace", mapping={"bytes": "500000", "seconds": "5"})
    jobs.create(A, "ad.mp4", 1_000_000)
    assert read_places(redis) == {A: Place(1, None)}


def test_the_pace_is_that_of_the_last_videos(redis: Redis, jobs: Jobs) -> None:
    for job_id in (A, B):
        jobs.create(job_id, "ad.mp4", 1_000_000)
        claim = Queue(redis, SPLIT, lease=60).take(block=None)
        assert claim
        jobs.begin(claim)
        redis.hincrbyfloat(f"job:{job_id}", "started", -10)
        jobs.finish_cutting(claim, VIDEO, 0)
    number, seconds = (float(text or 0) for text in redis.hmget("pace", ["bytes", "seconds"]))
    assert number == pytest.approx(1_900_000)
    assert seconds == pytest.approx(19, abs=1)


@pytest.mark.usefixtures("queued")
def test_places_are_read_once_a_second_but_a_new_job_has_one_at_once(
    redis: Redis, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr("jobs.waiting.time.monotonic", lambda: now)
    places = Places(redis)
    assert places.of(at(jobs, D)) == Place(2, None)
    jobs.delete(C)
    assert places.of(at(jobs, D)) == Place(2, None)
    now += CACHE_SECONDS
    assert places.of(at(jobs, D)) == Place(1, None)
    jobs.create(E, "ad.mp4", 1)
    assert places.of(at(jobs, E)) == Place(2, None)
    assert places.of(at(jobs, A)) is None
