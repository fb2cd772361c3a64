"""`shotlens dead`: jobs that failed their last attempt are listed and can be started again."""

import pytest
from redis import Redis

from jobs.__main__ import main
from jobs.names import SPLIT
from jobs.queue import Queue
from jobs.record import Jobs
from shotlens.storage.files import new_job_id


def bury_one(redis: Redis, jobs: Jobs) -> str:
    job_id = new_job_id()
    jobs.create(job_id, "ad.mp4", 1)
    queue = Queue(redis, SPLIT, 60)
    claim = queue.take(block=None)
    assert claim
    jobs.bury(claim, "the worker died each time.")
    return job_id


def test_dead_letters_are_listed_and_started_again(
    redis: Redis, redis_url: str, jobs: Jobs, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REDIS_URL", redis_url)
    ids = [bury_one(redis, jobs) for _ in range(2)]
    assert main(["dead"]) == 0
    listed = capsys.readouterr().out
    assert all(job_id in listed for job_id in ids)
    assert "the worker died each time." in listed

    assert main(["dead", "--requeue", listed.split()[0]]) == 0
    assert main(["dead", "--requeue", "all"]) == 0
    assert capsys.readouterr().out == "1 of 1 started again.\n1 of 1 started again.\n"
    assert redis.xlen(SPLIT) == 2
    assert main(["dead"]) == 0
    assert capsys.readouterr().out == "There are no dead letters.\n"
    assert main(["dead", "--requeue", "0-1"]) == 1


def test_the_command_fails_with_a_message_without_redis(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:9/0")
    assert main(["dead"]) == 1
    assert "No Redis server answers" in capsys.readouterr().err
