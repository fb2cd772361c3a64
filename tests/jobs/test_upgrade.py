"""Records of version 1, as version 0.1.0 left them in Redis: finished jobs lose nothing, others start again.

Jobs 1 to 6: done and corrected; failed; dead; being cut, claimed by a worker; cut, and waiting for predictions; queued.
Upload 7 is unfinished, and there is one access key.
"""

import time

import pytest
from redis import Redis

from jobs.access_keys import AccessKeys
from jobs.claim import GROUP
from jobs.errors import LeaseLost
from jobs.names import NETWORK, PREDICT, SPLIT, job_keys, predict_stream
from jobs.queue import Queue
from jobs.record import VERSION, Jobs
from jobs.upgrade import upgrade
from jobs.uploads import PartialUploads
from shotlens.storage.files import Files
from testkit.dump import replay
from testkit.standin import StandIn
from tests.conftest import entries

DONE, FAILED, DEAD, CUTTING, PREDICTING, QUEUED, UPLOAD = (f"{number:024x}" for number in range(1, 8))


@pytest.fixture
def old(redis: Redis) -> Redis:
    """The server with the records of version 1."""
    replay(redis)
    return redis


def test_a_finished_job_keeps_its_shots_and_predictions(old: Redis, jobs: Jobs) -> None:
    upgrade(old, DONE)
    job = jobs.get(DONE)
    assert job
    assert (job.version, job.state, job.heads, job.revision) == (VERSION, "done", ("movement", "scale"), 3)
    assert job.model == {"name": "stand-in", "sha256": "0" * 64}
    assert [(shot.start_frame, shot.end_frame) for shot in jobs.shots(DONE)] == [(0, 50), (50, 100), (100, 150)]
    assert [len(shot.camera_path) for shot in jobs.shots(DONE, camera=True)] == [1, 1, 1]
    assert [str(shot.frames[7]) for shot in jobs.shots(DONE)] == ["0/7.jpg", "1/7.jpg", "2/7.jpg"]
    assert jobs.predictions(DONE)[100]["movement"].uncertain
    assert jobs.predictions(DONE)[100]["scale"].label == "MS"
    for key in job_keys(DONE):
        assert old.pttl(key) == -1
    assert job.expires is None  # it was corrected


def test_a_failed_job_keeps_its_expiry(old: Redis, jobs: Jobs) -> None:
    left = old.pttl(job_keys(FAILED).record) / 1000
    upgrade(old, FAILED)
    job = jobs.get(FAILED)
    assert job
    assert job.expires == pytest.approx(time.time() + left, abs=60)


def test_an_upgrade_is_made_once(old: Redis, jobs: Jobs) -> None:
    upgrade(old, DONE)
    shots, predictions = jobs.shots(DONE, camera=True), jobs.predictions(DONE)
    upgrade(old, DONE)
    assert (jobs.shots(DONE, camera=True), jobs.predictions(DONE)) == (shots, predictions)
    upgrade(old, "f" * 24)
    assert jobs.get("f" * 24) is None


def test_unfinished_jobs_start_again_and_finish(old: Redis, jobs: Jobs, files: Files) -> None:
    for job_id in (CUTTING, PREDICTING, QUEUED):
        upgrade(old, job_id)
        job = jobs.get(job_id)
        assert job
        assert (job.state, job.progress, jobs.counts(job_id)) == ("queued", 0.0, (0, 0))
    for fields in entries(old, PREDICT):
        assert "shots" not in fields  # of version 1
    standin = StandIn(jobs, files)
    old.delete(PREDICT)  # the model worker drops these entries
    standin.predict.make_group()
    assert {standin.whole(2) for _ in range(3)} == {CUTTING, PREDICTING, QUEUED}
    for job_id in (CUTTING, PREDICTING, QUEUED):
        job = jobs.get(job_id)
        assert job
        assert (job.state, jobs.counts(job_id)) == ("done", (2, 4))
    assert old.xlen(SPLIT) == 0


def test_a_worker_of_version_1_loses_the_job_that_it_holds(old: Redis, jobs: Jobs) -> None:
    [pending] = old.xpending_range(SPLIT, GROUP, "-", "+", 10)
    claim = Queue(old, SPLIT, lease=0).take(block=None)  # in place of the worker that holds it
    assert claim
    assert (claim.id, claim.job) == (pending["message_id"], CUTTING)
    upgrade(old, CUTTING)
    with pytest.raises(LeaseLost):
        jobs.begin(claim)


def test_the_options_of_a_queued_job_are_kept(old: Redis, jobs: Jobs) -> None:
    upgrade(old, QUEUED)
    job = jobs.get(QUEUED)
    assert job
    assert job.options.min_shot == 1.0


def test_a_dead_letter_can_be_started_again(old: Redis, jobs: Jobs, files: Files) -> None:
    [(letter, fields)] = jobs.dead()
    assert (fields["job"], jobs.requeue(letter)) == (DEAD, True)
    job = jobs.get(DEAD)
    assert job
    assert (job.version, job.state) == (VERSION, "queued")
    failed = jobs.get(FAILED)
    assert failed
    assert (failed.state, failed.error) == ("failed", "This is not a video.")


def test_access_keys_and_unfinished_uploads_do_not_change(old: Redis) -> None:
    assert [key.name for key in AccessKeys(old).all().values()] == ["anna"]
    upload = PartialUploads(old).get(UPLOAD)
    assert upload
    assert (upload.length, upload.filename) == (4096, "half.mp4")


def test_the_streams_keep_their_names() -> None:
    assert predict_stream(NETWORK) == PREDICT == "predict"
