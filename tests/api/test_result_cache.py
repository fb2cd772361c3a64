"""What was put together of a job is given again until something of the job changes."""

import threading
import time
from collections.abc import Sequence
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api.jobs.result_cache import LARGEST, MOST_KEPT, MOST_SHOTS, ResultCache
from api.services import Services
from jobs.record import Jobs
from shotlens.shots.job import Job
from shotlens.shots.result import JobResult, ShotResult
from shotlens.shots.shot import Shot
from testkit.standin import StandIn
from tests.api.conftest import Send

JOB = Job("0" * 24, "splitting", 0.5, None, None, "ad.mp4", 10, None, None, 0.0, None, 1.0)


def test_a_text_is_given_again_for_its_version_alone() -> None:
    cache = ResultCache()
    assert cache.get("a", 1) is None
    assert cache.keep("a", 1, "first") == "first"
    assert [cache.get("a", 1), cache.get("a", 2), cache.get("b", 1)] == ["first", None, None]


def test_few_and_small_texts_are_kept() -> None:
    cache = ResultCache()
    for number in range(MOST_KEPT + 1):
        cache.keep(str(number), 1, "text")
    assert [cache.get(job, 1) for job in ("1", "0")] == ["text", None]
    cache.keep("large", 1, "x" * (LARGEST + 1))
    assert cache.get("large", 1) is None


def test_many_who_ask_at_once_have_it_written_once(
    app: Flask, send: Send, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = send().json["id"]  # type: ignore[index]
    standin.whole()
    put_together: list[str] = []
    write = Services.result

    def counted(self: Services, job: Job) -> JobResult:
        put_together.append(job.id)
        time.sleep(0.05)
        return write(self, job)

    monkeypatch.setattr(Services, "result", counted)
    threads = [threading.Thread(target=lambda: app.test_client().get(f"/jobs/{job_id}")) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert put_together == [job_id]


def test_each_change_of_a_job_is_seen_at_once(client: FlaskClient, send: Send, standin: StandIn) -> None:
    job_id = send().json["id"]  # type: ignore[index]
    seen = []

    def look() -> None:
        answer = client.get(f"/jobs/{job_id}").json
        assert answer
        predicted = sum(shot["movement"] is not None for shot in answer["shots"])
        seen.append((answer["state"], len(answer["shots"]), predicted))

    look()
    standin.begin()
    look()
    standin.publish(0)
    look()
    standin.publish(1)  # the same progress again
    look()
    standin.predict_next()
    look()
    standin.finish_split(2)
    look()
    standin.predict_next()
    look()
    assert seen[0][0] == "queued"
    assert [counts for _, *counts in seen] == [[0, 0], [0, 0], [1, 0], [2, 0], [2, 1], [2, 1], [2, 2]]
    assert seen[-1][0] == "done"


def test_a_running_job_has_no_shot_read_twice(
    client: FlaskClient, send: Send, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = send().json["id"]  # type: ignore[index]
    asked: list[list[int] | None] = []
    read = Jobs.shots

    def counted(self: Jobs, job: str, firsts: Sequence[int] | None = None, *, camera: bool = False) -> list[Shot]:
        asked.append(None if firsts is None else list(firsts))
        return read(self, job, firsts, camera=camera)

    monkeypatch.setattr(Jobs, "shots", counted)
    standin.begin()
    for step in (lambda: standin.publish(0), lambda: standin.publish(1), standin.predict_next, standin.predict_next):
        step()
        client.get(f"/jobs/{job_id}")
    assert asked == [[0], [50]]
    running = client.get(f"/jobs/{job_id}").json
    standin.finish_split(2)
    done = client.get(f"/jobs/{job_id}").json
    assert asked[2:] == [None]  # all, once more, with what was corrected since
    assert running and done and running["shots"] == done["shots"]
    assert running["summary"] == done["summary"]


def test_a_job_that_is_started_anew_has_its_shots_read_anew(client: FlaskClient, send: Send, standin: StandIn) -> None:
    job_id = send().json["id"]  # type: ignore[index]
    standin.begin()
    standin.publish(0)
    standin.publish(1)
    assert len(client.get(f"/jobs/{job_id}").json["shots"]) == 2  # type: ignore[index]
    standin.fail("broken")
    standin.jobs.redis.xadd("dead", {"job": job_id, "stream": "split", "reason": "broken"})
    assert all(standin.jobs.requeue(dead) for dead, _ in standin.jobs.dead())
    standin.begin()
    standin.publish(0)
    assert len(client.get(f"/jobs/{job_id}").json["shots"]) == 1  # type: ignore[index]


def test_the_shots_of_few_jobs_are_kept() -> None:
    cache, rows = ResultCache(), dict.fromkeys(range(MOST_SHOTS // 2), ShotResult.model_construct(index=0))
    jobs = [replace(JOB, id=name) for name in ("a", "b", "c")]
    for job in jobs:
        cache.keep_rows(job, rows)
    assert [len(cache.rows(job)) for job in jobs] == [0, MOST_SHOTS // 2, MOST_SHOTS // 2]
    assert cache.rows(replace(jobs[2], started=2.0)) == {}
    for number in range(MOST_KEPT):
        cache.keep_rows(replace(JOB, id=str(number)), {})
    assert [len(cache.rows(job)) for job in jobs] == [0, 0, 0]
