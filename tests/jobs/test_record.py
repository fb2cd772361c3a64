"""The job record on a real server: every way to the end of a job, and each step a second time."""

from collections.abc import Callable

import pytest
from redis import Redis

from jobs.claim import Claim
from jobs.errors import JobGone, LeaseLost
from jobs.names import DEAD, PREDICT, SPLIT, job_keys
from jobs.queue import Queue
from jobs.record import TOMBSTONE_SECONDS, Jobs
from shotlens.shots.heads import HEADS, Head, Label
from shotlens.shots.shot import CameraMotion, Prediction, Shot, Video, frames_of
from testkit.waiting import fall_silent

JOB = "0" * 24
VIDEO = Video(duration=2.0, fps=25.0, width=64, height=48, frames=50)
MODEL = {"name": "test", "sha256": "0"}
LEASE = 60.0


def shot(index: int) -> Shot:
    path = (CameraMotion(0.12, 0.01, -0.02, 0.003, 0.0, 0.9),)
    first = index * 10
    return Shot(first, first + 10, index * 0.4, index * 0.4 + 0.4, frames_of(first), path)


PREDICTIONS = {head: Prediction(dict.fromkeys(HEADS[head].names, 0.2)) for head in HEADS}


def take(redis: Redis, stream: str) -> Claim:
    queue = Queue(redis, stream, LEASE)
    queue.make_group()
    claim = queue.take(block=None)
    assert claim
    return claim


def cut_two_shots(redis: Redis, jobs: Jobs) -> None:
    jobs.create(JOB, "ad.mp4", 1000)
    claim = take(redis, SPLIT)
    jobs.begin(claim)
    jobs.publish(claim, [shot(0)], 0.5, VIDEO)
    jobs.publish(claim, [shot(1)], 1.0)
    jobs.finish_cutting(claim, VIDEO, 2)


def predict_next(redis: Redis, jobs: Jobs) -> None:
    claim = take(redis, PREDICT)
    firsts = map(int, claim.fields["shots"].split(","))
    jobs.finish_predict(claim, dict.fromkeys(firsts, PREDICTIONS), MODEL)


def state(jobs: Jobs) -> str:
    job = jobs.get(JOB)
    assert job
    return job.state


def test_a_job_goes_from_queued_to_done(redis: Redis, jobs: Jobs) -> None:
    jobs.create(JOB, "ad.mp4", 1000)
    assert state(jobs) == "queued"
    claim = take(redis, SPLIT)
    jobs.begin(claim)
    assert state(jobs) == "splitting"
    jobs.publish(claim, [shot(0)], 0.4, VIDEO)
    jobs.finish_cutting(claim, VIDEO, 1, "cut short")
    assert state(jobs) == "predicting"
    predict_next(redis, jobs)
    job = jobs.get(JOB)
    assert job
    assert (job.state, job.video, job.model, job.warning) == ("done", VIDEO, MODEL, "cut short")
    assert jobs.shots(JOB, camera=True) == [shot(0)]
    assert jobs.predictions(JOB) == {0: PREDICTIONS}
    assert (redis.xlen(SPLIT), redis.xlen(PREDICT)) == (0, 0)


def test_redis_itself_deletes_nothing_of_a_finished_job(redis: Redis, jobs: Jobs) -> None:
    cut_two_shots(redis, jobs)
    predict_next(redis, jobs)
    predict_next(redis, jobs)
    assert state(jobs) == "done"
    for key in job_keys(JOB)[:4]:
        assert redis.ttl(key) == -1


def test_the_last_prediction_may_come_before_the_end_of_the_cutting(redis: Redis, jobs: Jobs) -> None:
    jobs.create(JOB, "ad.mp4", 1000)
    claim = take(redis, SPLIT)
    jobs.begin(claim)
    jobs.publish(claim, [shot(0)], 0.9, VIDEO)
    predict_next(redis, jobs)
    assert state(jobs) == "splitting"
    jobs.finish_cutting(claim, VIDEO, 1)
    assert state(jobs) == "done"


def test_a_second_delivery_of_the_cutting_writes_the_same_shots(redis: Redis, jobs: Jobs) -> None:
    jobs.create(JOB, "ad.mp4", 1000)
    claim = take(redis, SPLIT)
    jobs.begin(claim)
    jobs.publish(claim, [shot(0)], 0.5, VIDEO)
    fall_silent(claim, LEASE)
    second = take(redis, SPLIT)
    assert second.attempts == 2
    jobs.begin(second)
    jobs.publish(second, [shot(0), shot(1)], 1.0, VIDEO)
    jobs.finish_cutting(second, VIDEO, 2)
    predict_next(redis, jobs)
    assert state(jobs) == "predicting"
    predict_next(redis, jobs)
    assert state(jobs) == "done"
    assert jobs.first_frames(JOB) == [0, 10]


def test_a_worker_that_lost_its_lease_writes_nothing(redis: Redis, jobs: Jobs) -> None:
    jobs.create(JOB, "ad.mp4", 1000)
    stalled = take(redis, SPLIT)
    fall_silent(stalled, LEASE)
    take(redis, SPLIT)
    changes: list[Callable[[], None]] = [
        lambda: jobs.begin(stalled),
        lambda: jobs.publish(stalled, [shot(0)], 0.5, VIDEO),
        lambda: jobs.finish_cutting(stalled, VIDEO, 1),
        lambda: jobs.fail(stalled, "wrong"),
        lambda: jobs.bury(stalled, "wrong"),
    ]
    for change in changes:
        with pytest.raises(LeaseLost):
            change()
    assert state(jobs) == "queued"
    assert jobs.shots(JOB) == []
    assert (redis.xlen(SPLIT), redis.xlen(PREDICT), redis.xlen(DEAD)) == (1, 0, 0)


def test_finishing_a_second_time_is_refused(redis: Redis, jobs: Jobs) -> None:
    jobs.create(JOB, "ad.mp4", 1000)
    claim = take(redis, SPLIT)
    jobs.begin(claim)
    jobs.publish(claim, [shot(0)], 0.9, VIDEO)
    jobs.finish_cutting(claim, VIDEO, 1)
    with pytest.raises(LeaseLost):
        jobs.finish_cutting(claim, VIDEO, 1)
    predict = take(redis, PREDICT)
    jobs.finish_predict(predict, {0: PREDICTIONS}, MODEL)
    with pytest.raises(LeaseLost):
        jobs.finish_predict(predict, {0: PREDICTIONS}, MODEL)
    assert state(jobs) == "done"


def test_a_permanent_error_fails_the_job_at_once(redis: Redis, jobs: Jobs) -> None:
    jobs.create(JOB, "ad.mp4", 1000)
    claim = take(redis, SPLIT)
    jobs.begin(claim)
    jobs.fail(claim, "This is not a video.")
    job = jobs.get(JOB)
    assert job
    assert (job.state, job.error) == ("failed", "This is not a video.")
    assert (redis.xlen(SPLIT), redis.xlen(DEAD)) == (0, 0)


def test_a_dead_letter_names_its_reason_and_can_be_started_again(redis: Redis, jobs: Jobs) -> None:
    jobs.create(JOB, "ad.mp4", 1000)
    claim = take(redis, SPLIT)
    jobs.begin(claim)
    jobs.publish(claim, [shot(0)], 0.5, VIDEO, poster=(0, 3))
    jobs.bury(claim, "the worker died each time.")
    [(letter, fields)] = jobs.dead()
    assert (fields["job"], fields["stream"], fields["reason"]) == (JOB, SPLIT, "the worker died each time.")
    assert state(jobs) == "failed"

    assert jobs.requeue(letter)
    assert not jobs.requeue(letter)
    job = jobs.get(JOB)
    assert job
    assert (job.state, job.error, job.finished, job.expires, job.poster) == ("queued", None, None, None, None)
    assert jobs.shots(JOB) == []
    assert jobs.dead() == []
    again = take(redis, SPLIT)
    assert again.job == JOB


def test_a_deleted_job_is_gone_for_its_workers(redis: Redis, jobs: Jobs) -> None:
    jobs.create(JOB, "ad.mp4", 1000)
    claim = take(redis, SPLIT)
    jobs.begin(claim)
    jobs.publish(claim, [shot(0)], 0.5, VIDEO)
    jobs.delete(JOB)
    assert not jobs.exists(JOB)
    assert state(jobs) == "cancelled"
    assert 0 < redis.ttl(f"job:{JOB}") <= TOMBSTONE_SECONDS
    with pytest.raises(JobGone):
        jobs.publish(claim, [shot(1)], 0.6)
    predict = take(redis, PREDICT)
    with pytest.raises(JobGone):
        jobs.finish_predict(predict, {0: PREDICTIONS}, MODEL)
    assert (redis.xlen(SPLIT), redis.xlen(PREDICT)) == (0, 0)
    assert redis.keys(f"job:{JOB}:*") == []


def test_a_missing_record_is_none(jobs: Jobs) -> None:
    assert jobs.get(JOB) is None
    assert not jobs.exists(JOB)


def test_single_shots_can_be_read(redis: Redis, jobs: Jobs) -> None:
    cut_two_shots(redis, jobs)
    assert jobs.shots(JOB, [10], camera=True) == [shot(1)]
    assert jobs.shots(JOB, [10, 20], camera=True) == [shot(1)]
    assert jobs.shots(JOB, []) == []


def test_camera_paths_are_read_on_request(redis: Redis, jobs: Jobs) -> None:
    cut_two_shots(redis, jobs)
    assert [one.camera_path for one in jobs.shots(JOB)] == [(), ()]
    assert [one.camera_path for one in jobs.shots(JOB, camera=True)] == [shot(0).camera_path, shot(1).camera_path]


def test_shots_are_in_order_whichever_was_published_first(redis: Redis, jobs: Jobs) -> None:
    jobs.create(JOB, "ad.mp4", 1000)
    claim = take(redis, SPLIT)
    jobs.begin(claim)
    for index in (2, 0, 1):
        jobs.publish(claim, [shot(index)], 0.5, VIDEO)
    assert jobs.first_frames(JOB) == [0, 10, 20]
    assert [one.start_frame for one in jobs.shots(JOB)] == [0, 10, 20]


def test_a_job_is_done_when_every_head_has_predicted_every_shot(redis: Redis, jobs: Jobs) -> None:
    jobs.create(JOB, "ad.mp4", 1000, heads=["scale", "movement"])
    claim = take(redis, SPLIT)
    jobs.begin(claim)
    jobs.publish(claim, [shot(0), shot(1)], 1.0, VIDEO)
    jobs.finish_cutting(claim, VIDEO, 2)
    predict = take(redis, PREDICT)
    assert (predict.fields["heads"], predict.fields["shots"]) == ("scale,movement", "0,10")
    scale, movement = ({first: {head: PREDICTIONS[head]} for first in (0, 10)} for head in ("scale", "movement"))
    jobs.finish_predict(predict, scale, MODEL)
    job = jobs.get(JOB)
    assert job
    assert (job.state, jobs.predicted(job), jobs.counts(JOB)) == ("predicting", set(), (2, 2))
    redis.xadd(PREDICT, {"job": JOB, "shots": "0,10", "heads": "movement"})
    jobs.finish_predict(take(redis, PREDICT), movement, MODEL)
    assert (state(jobs), jobs.predicted(job), jobs.counts(JOB)) == ("done", {0, 10}, (2, 4))


def test_heads_of_another_network_have_a_queue_of_their_own(
    redis: Redis, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    light = Head("light", "Light", (Label("bright", "Bright", ""), Label("dark", "Dark", "")), rank=2, network="lamp")
    monkeypatch.setitem(HEADS, "light", light)
    cut_two_shots(redis, jobs)
    predict_next(redis, jobs)
    predict_next(redis, jobs)
    assert state(jobs) == "predicting"
    bright = {"light": Prediction({"bright": 0.9, "dark": 0.1})}
    for first in (0, 10):
        lamp = take(redis, "predict:lamp")
        assert (lamp.fields["heads"], lamp.fields["shots"]) == ("light", str(first))
        jobs.finish_predict(lamp, {first: bright}, {"name": "lamp", "sha256": "1"}, network="lamp")
    job = jobs.get(JOB)
    assert job
    assert (job.state, job.model) == ("done", MODEL)
    assert jobs.predictions(JOB)[10] == PREDICTIONS | bright


def test_predictions_of_a_head_that_the_job_does_not_have_are_ignored(redis: Redis, jobs: Jobs) -> None:
    jobs.create(JOB, "ad.mp4", 1000, heads=["scale"])
    claim = take(redis, SPLIT)
    jobs.begin(claim)
    jobs.publish(claim, [shot(0)], 1.0, VIDEO)
    jobs.finish_cutting(claim, VIDEO, 1)
    jobs.finish_predict(take(redis, PREDICT), {0: PREDICTIONS}, MODEL)
    assert state(jobs) == "done"
    assert jobs.predictions(JOB) == {0: {"scale": PREDICTIONS["scale"]}}
