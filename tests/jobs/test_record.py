"""The job record on a real server: every way to the end of a job, each of them twice."""

from pathlib import Path

import pytest
from redis import Redis

from jobs.errors import JobGone, LeaseLost
from jobs.queue import Entry, Queue
from jobs.record import DEAD, PREDICT, SPLIT, TOMBSTONE_SECONDS, Jobs
from shotlens.shots.heads import MOVEMENT, SCALE
from shotlens.shots.shot import CameraMotion, Prediction, Shot, Video
from testkit.waiting import fall_silent

JOB = "0" * 24
VIDEO = Video(duration=2.0, fps=25.0, width=64, height=48, frames=50)
MODEL = {"name": "test", "sha256": "0"}
LEASE = 60.0


def shot(index: int) -> Shot:
    frames = tuple(Path(f"{index}/{k}.jpg") for k in range(8))
    path = (CameraMotion(0.12, 0.01, -0.02, 0.003, 0.0, 0.9),)
    return Shot(index, index * 10, index * 10 + 10, index * 0.4, index * 0.4 + 0.4, frames, path)


def prediction() -> Prediction:
    return Prediction({name: 0.25 for name in MOVEMENT.names}, {name: 0.2 for name in SCALE.names})


def take(redis: Redis, stream: str) -> tuple[Queue, Entry]:
    queue = Queue(redis, stream, LEASE)
    queue.make_group()
    entry = queue.take(block=None)
    assert entry
    return queue, entry


def cut_two_shots(redis: Redis, jobs: Jobs) -> None:
    jobs.create(JOB, "ad.mp4", 1000)
    queue, entry = take(redis, SPLIT)
    jobs.begin(queue, entry)
    jobs.publish(queue, entry, [shot(0)], 0.5, VIDEO)
    jobs.publish(queue, entry, [shot(1)], 1.0)
    jobs.finish_split(queue, entry, VIDEO, 2)


def predict_next(redis: Redis, jobs: Jobs) -> None:
    queue, entry = take(redis, PREDICT)
    indexes = range(int(entry.fields["first"]), int(entry.fields["last"]))
    jobs.finish_predict(queue, entry, {index: prediction() for index in indexes}, MODEL)


def state(jobs: Jobs) -> str:
    job = jobs.get(JOB)
    assert job
    return job.state


def test_a_job_goes_from_queued_to_done(redis: Redis, jobs: Jobs) -> None:
    jobs.create(JOB, "ad.mp4", 1000)
    assert state(jobs) == "queued"
    queue, entry = take(redis, SPLIT)
    jobs.begin(queue, entry)
    assert state(jobs) == "splitting"
    jobs.publish(queue, entry, [shot(0)], 0.4, VIDEO)
    jobs.finish_split(queue, entry, VIDEO, 1, "cut short")
    assert state(jobs) == "predicting"
    predict_next(redis, jobs)
    job = jobs.get(JOB)
    assert job
    assert (job.state, job.video, job.model, job.warning) == ("done", VIDEO, MODEL, "cut short")
    assert jobs.shots(JOB, Path()) == [shot(0)]
    assert jobs.predictions(JOB) == {0: prediction()}
    assert (redis.xlen(SPLIT), redis.xlen(PREDICT)) == (0, 0)


def test_a_finished_job_expires_with_its_shots_and_predictions(redis: Redis, jobs: Jobs) -> None:
    cut_two_shots(redis, jobs)
    assert redis.ttl(f"job:{JOB}") == -1
    predict_next(redis, jobs)
    predict_next(redis, jobs)
    for key in (f"job:{JOB}", f"job:{JOB}:shots", f"job:{JOB}:predictions"):
        assert 0 < redis.ttl(key) <= 3600


def test_the_last_prediction_may_come_before_the_cutting_ends(redis: Redis, jobs: Jobs) -> None:
    jobs.create(JOB, "ad.mp4", 1000)
    queue, entry = take(redis, SPLIT)
    jobs.begin(queue, entry)
    jobs.publish(queue, entry, [shot(0)], 0.9, VIDEO)
    predict_next(redis, jobs)
    assert state(jobs) == "splitting"
    jobs.finish_split(queue, entry, VIDEO, 1)
    assert state(jobs) == "done"


def test_a_second_delivery_of_the_cutting_writes_the_same(redis: Redis, jobs: Jobs) -> None:
    jobs.create(JOB, "ad.mp4", 1000)
    queue, entry = take(redis, SPLIT)
    jobs.begin(queue, entry)
    jobs.publish(queue, entry, [shot(0)], 0.5, VIDEO)
    fall_silent(queue, entry, LEASE)
    cut_again, second = take(redis, SPLIT)
    assert second.attempts == 2
    jobs.begin(cut_again, second)
    jobs.publish(cut_again, second, [shot(0), shot(1)], 1.0, VIDEO)
    jobs.finish_split(cut_again, second, VIDEO, 2)
    predict_next(redis, jobs)
    assert state(jobs) == "predicting"
    predict_next(redis, jobs)
    assert state(jobs) == "done"
    assert [one.index for one in jobs.shots(JOB, Path())] == [0, 1]


def test_a_worker_that_lost_its_lease_writes_nothing(redis: Redis, jobs: Jobs) -> None:
    jobs.create(JOB, "ad.mp4", 1000)
    stalled, entry = take(redis, SPLIT)
    fall_silent(stalled, entry, LEASE)
    take(redis, SPLIT)
    for change in (
        lambda: jobs.begin(stalled, entry),
        lambda: jobs.publish(stalled, entry, [shot(0)], 0.5, VIDEO),
        lambda: jobs.finish_split(stalled, entry, VIDEO, 1),
        lambda: jobs.fail(stalled, entry, "wrong"),
        lambda: jobs.bury(stalled, entry, "wrong"),
    ):
        with pytest.raises(LeaseLost):
            change()
    assert state(jobs) == "queued"
    assert jobs.shots(JOB, Path()) == []
    assert (redis.xlen(SPLIT), redis.xlen(PREDICT), redis.xlen(DEAD)) == (1, 0, 0)


def test_finishing_twice_is_refused_the_second_time(redis: Redis, jobs: Jobs) -> None:
    jobs.create(JOB, "ad.mp4", 1000)
    queue, entry = take(redis, SPLIT)
    jobs.begin(queue, entry)
    jobs.publish(queue, entry, [shot(0)], 0.9, VIDEO)
    jobs.finish_split(queue, entry, VIDEO, 1)
    with pytest.raises(LeaseLost):
        jobs.finish_split(queue, entry, VIDEO, 1)
    predictor, predict = take(redis, PREDICT)
    jobs.finish_predict(predictor, predict, {0: prediction()}, MODEL)
    with pytest.raises(LeaseLost):
        jobs.finish_predict(predictor, predict, {0: prediction()}, MODEL)
    assert state(jobs) == "done"


def test_a_permanent_error_fails_the_job_at_once(redis: Redis, jobs: Jobs) -> None:
    jobs.create(JOB, "ad.mp4", 1000)
    queue, entry = take(redis, SPLIT)
    jobs.begin(queue, entry)
    jobs.fail(queue, entry, "This is not a video.")
    job = jobs.get(JOB)
    assert job
    assert (job.state, job.error) == ("failed", "This is not a video.")
    assert (redis.xlen(SPLIT), redis.xlen(DEAD)) == (0, 0)
    assert redis.ttl(f"job:{JOB}") > 0


def test_a_dead_letter_names_its_reason_and_can_be_started_again(redis: Redis, jobs: Jobs) -> None:
    jobs.create(JOB, "ad.mp4", 1000)
    queue, entry = take(redis, SPLIT)
    jobs.begin(queue, entry)
    jobs.publish(queue, entry, [shot(0)], 0.5, VIDEO)
    jobs.bury(queue, entry, "the worker died each time.")
    [(letter, fields)] = jobs.dead()
    assert (fields["job"], fields["stream"], fields["reason"]) == (JOB, SPLIT, "the worker died each time.")
    assert state(jobs) == "failed"

    assert jobs.requeue(letter)
    assert not jobs.requeue(letter)
    job = jobs.get(JOB)
    assert job
    assert (job.state, job.error, job.finished) == ("queued", None, None)
    assert redis.ttl(f"job:{JOB}") == -1
    assert jobs.shots(JOB, Path()) == []
    assert jobs.dead() == []
    _, again = take(redis, SPLIT)
    assert again.fields["job"] == JOB


def test_a_deleted_job_is_gone_for_its_workers(redis: Redis, jobs: Jobs) -> None:
    jobs.create(JOB, "ad.mp4", 1000)
    queue, entry = take(redis, SPLIT)
    jobs.begin(queue, entry)
    jobs.publish(queue, entry, [shot(0)], 0.5, VIDEO)
    jobs.delete(JOB)
    assert not jobs.exists(JOB)
    assert state(jobs) == "cancelled"
    assert 0 < redis.ttl(f"job:{JOB}") <= TOMBSTONE_SECONDS
    with pytest.raises(JobGone):
        jobs.publish(queue, entry, [shot(1)], 0.6)
    predictor, predict = take(redis, PREDICT)
    with pytest.raises(JobGone):
        jobs.finish_predict(predictor, predict, {0: prediction()}, MODEL)
    assert (redis.xlen(SPLIT), redis.xlen(PREDICT)) == (0, 0)
    assert redis.keys(f"job:{JOB}:*") == []


def test_no_record_reads_as_none(jobs: Jobs) -> None:
    assert jobs.get(JOB) is None
    assert not jobs.exists(JOB)


def test_a_range_of_shots_can_be_read_alone(redis: Redis, jobs: Jobs) -> None:
    cut_two_shots(redis, jobs)
    assert jobs.shots(JOB, Path(), range(1, 2)) == [shot(1)]
    assert jobs.shots(JOB, Path(), range(1, 5)) == [shot(1)]
