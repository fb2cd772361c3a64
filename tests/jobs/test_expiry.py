"""When finished jobs are deleted, which never are, and how records of earlier versions end."""

import time
from dataclasses import replace

import pytest
from redis import Redis

from jobs.edit_log import EditLog
from jobs.expiry import delete_expired, keep
from jobs.names import INDEX, job_keys
from jobs.record import Jobs
from shotlens.shots.edits import LabelEdit
from shotlens.shots.job import Job
from shotlens.storage.files import Files, new_job_id
from testkit.dump import replay
from testkit.standin import StandIn

EDIT = LabelEdit(shot=0, labels={"scale": "CS"})
CORRECTED_ONCE = f"{1:024x}"  # of version 1
FAILED = f"{2:024x}"


@pytest.fixture
def edits(redis: Redis) -> EditLog:
    return EditLog(redis, keep_seconds=3600)


@pytest.fixture
def standin(jobs: Jobs, files: Files) -> StandIn:
    return StandIn(jobs, files)


def made(standin: StandIn) -> Job:
    """Make a job that is done."""
    standin.jobs.create(new_job_id(), "ad.mp4", 100)
    return read(standin.jobs, standin.whole())


def read(jobs: Jobs, job_id: str) -> Job:
    job = jobs.get(job_id)
    assert job
    return job


def age(jobs: Jobs, job: Job) -> None:
    """Let a job expire just now."""
    assert read(jobs, job.id).expires
    jobs.redis.hset(job_keys(job.id).record, "expires", str(time.time() - 1))


def test_a_finished_job_is_deleted_when_its_time_is_over_and_not_before(jobs: Jobs, standin: StandIn) -> None:
    job = made(standin)
    assert job.expires
    assert job.finished
    assert job.expires - job.finished == pytest.approx(3600, abs=0.01)
    assert list(delete_expired(jobs)) == []
    age(jobs, job)
    assert list(delete_expired(jobs)) == [job.id]
    assert not jobs.exists(job.id)
    assert jobs.redis.keys("job:*:*") == []
    assert jobs.redis.zrange(INDEX, 0, -1) == []
    assert list(delete_expired(jobs)) == []


def test_a_failed_job_expires_and_a_running_one_does_not(jobs: Jobs, standin: StandIn) -> None:
    failed, running = new_job_id(), new_job_id()
    for job_id in (failed, running):
        jobs.create(job_id, "ad.mp4", 100)
        standin.begin()
        if job_id == failed:
            standin.fail("This is not a video.")
    assert read(jobs, running).expires is None
    age(jobs, read(jobs, failed))
    assert list(delete_expired(jobs)) == [failed]


def test_a_job_that_is_kept_never_expires_until_it_is_let_go(jobs: Jobs, standin: StandIn) -> None:
    job = made(standin)
    age(jobs, job)
    assert keep(jobs, job.id, True)
    assert (read(jobs, job.id).kept, read(jobs, job.id).expires) == (True, None)
    assert list(delete_expired(jobs)) == []
    assert keep(jobs, job.id, False)
    assert read(jobs, job.id).expires == pytest.approx(time.time() + 3600, abs=60)
    assert not read(jobs, job.id).kept


def test_a_running_job_can_be_kept(jobs: Jobs, standin: StandIn) -> None:
    job_id = new_job_id()
    jobs.create(job_id, "ad.mp4", 100)
    keep(jobs, job_id, True)
    standin.whole()
    assert (read(jobs, job_id).state, read(jobs, job_id).expires) == ("done", None)


def test_a_job_that_is_gone_cannot_be_kept(jobs: Jobs) -> None:
    job_id = new_job_id()
    assert not keep(jobs, job_id, True)
    jobs.create(job_id, "ad.mp4", 100)
    jobs.delete(job_id)
    assert not keep(jobs, job_id, True)
    assert jobs.redis.hgetall(job_keys(job_id).record) == {"state": "cancelled"}


def test_a_corrected_job_never_expires_until_the_last_correction_is_undone(
    jobs: Jobs, standin: StandIn, edits: EditLog
) -> None:
    job = made(standin)
    age(jobs, job)
    once = edits.append(job, EDIT, 1)
    assert once == read(jobs, job.id)
    assert once.expires is None
    twice = edits.append(once, EDIT, 1)
    assert twice
    assert list(delete_expired(jobs)) == []
    undone = edits.undo(twice, 1)
    assert undone
    assert undone.expires is None
    undone = edits.undo(undone, 1)
    assert undone == read(jobs, job.id)
    assert undone
    redone = edits.redo(undone, 1)
    assert redone
    assert redone.expires is None
    assert undone.expires == pytest.approx(time.time() + 3600, abs=60)


def test_an_undone_correction_does_not_let_a_kept_job_go(jobs: Jobs, standin: StandIn, edits: EditLog) -> None:
    job = made(standin)
    keep(jobs, job.id, True)
    corrected = edits.append(job, EDIT, 1)
    assert corrected
    undone = edits.undo(corrected, 1)
    assert undone == replace(read(jobs, job.id), kept=False)
    assert undone.expires is None


def test_expiry_of_earlier_versions_is_taken_over_from_redis(redis: Redis, jobs: Jobs) -> None:
    replay(redis)
    left = redis.pttl(job_keys(FAILED).record) / 1000
    assert left > 0
    assert list(delete_expired(jobs)) == []
    assert redis.pttl(job_keys(FAILED).record) == -1
    assert read(jobs, FAILED).expires == pytest.approx(time.time() + left, abs=60)


def test_a_job_that_was_corrected_in_an_earlier_version_does_not_expire_any_more(redis: Redis, jobs: Jobs) -> None:
    replay(redis)
    assert redis.pttl(job_keys(CORRECTED_ONCE).edits) > 0
    list(delete_expired(jobs))
    assert [redis.pttl(key) for key in job_keys(CORRECTED_ONCE) if redis.exists(key)] == [-1, -1, -1, -1]
    assert read(jobs, CORRECTED_ONCE).expires is None


def test_a_job_that_redis_has_deleted_itself_is_reported_once(redis: Redis, jobs: Jobs) -> None:
    replay(redis)
    redis.delete(*job_keys(FAILED))
    assert list(delete_expired(jobs)) == [FAILED]
    assert list(delete_expired(jobs)) == []
