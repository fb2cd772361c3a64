"""The result of a job is cached until the job changes."""

import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api.jobs.result_cache import MAX_CHARACTERS, MAX_JOBS, MAX_SHOTS, ResultCache
from api.services import Services
from jobs.record import Jobs
from shotlens.shots.job import Job
from shotlens.shots.result import JobResult, ShotResult
from shotlens.shots.shot import Shot
from testkit.standin import StandIn
from tests.api.conftest import Send, json_of

ROW = ShotResult.model_construct(
    index=0,
    start_frame=0,
    end_frame=1,
    start=0.0,
    end=0.04,
    start_timecode="00:00:00:00",
    end_timecode="00:00:00:01",
    transition="cut",
    frames=[],
)
JOB = Job("0" * 24, "splitting", 0.5, None, None, "ad.mp4", 10, None, None, 0.0, None, 1.0)


def test_a_result_is_returned_again_for_its_version_only() -> None:
    cache = ResultCache()
    assert cache.get("a", 1) is None
    assert cache.keep("a", 1, "first") == "first"
    assert [cache.get("a", 1), cache.get("a", 2), cache.get("b", 1)] == ["first", None, None]


def test_only_a_few_small_results_are_kept() -> None:
    cache = ResultCache()
    for number in range(MAX_JOBS + 1):
        cache.keep(str(number), 1, "text")
    assert [cache.get(job, 1) for job in ("1", "0")] == ["text", None]
    cache.keep("large", 1, "x" * (MAX_CHARACTERS + 1))
    assert cache.get("large", 1) is None


def test_simultaneous_requests_build_the_result_once(
    app: Flask, send: Send, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = json_of(send())["id"]
    standin.whole()
    built: list[str] = []
    write = Services.result

    def counted(self: Services, job: Job) -> JobResult:
        built.append(job.id)
        time.sleep(0.05)
        return write(self, job)

    monkeypatch.setattr(Services, "result", counted)
    threads = [threading.Thread(target=lambda: app.test_client().get(f"/jobs/{job_id}")) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert built == [job_id]


def test_each_change_of_a_job_is_seen_at_once(client: FlaskClient, send: Send, standin: StandIn) -> None:
    job_id = json_of(send())["id"]
    seen = []

    def look() -> None:
        answer = json_of(client.get(f"/jobs/{job_id}"))
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
    standin.finish_cutting(2)
    look()
    standin.predict_next()
    look()
    assert seen[0][0] == "queued"
    assert [counts for _, *counts in seen] == [[0, 0], [0, 0], [1, 0], [2, 0], [2, 1], [2, 1], [2, 2]]
    assert seen[-1][0] == "done"


def test_no_shot_of_a_running_job_is_read_twice(
    client: FlaskClient, send: Send, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = json_of(send())["id"]
    asked: list[list[int] | None] = []
    read = Jobs.shots

    def counted(self: Jobs, job: str, firsts: Sequence[int] | None = None, *, camera: bool = False) -> list[Shot]:
        asked.append(None if firsts is None else list(firsts))
        return read(self, job, firsts, camera=camera)

    monkeypatch.setattr(Jobs, "shots", counted)
    standin.begin()
    steps = (partial(standin.publish, 0), partial(standin.publish, 1), standin.predict_next, standin.predict_next)
    for step in steps:
        step()
        client.get(f"/jobs/{job_id}")
    assert asked == [[0], [50]]
    running = json_of(client.get(f"/jobs/{job_id}"))
    standin.finish_cutting(2)
    done = json_of(client.get(f"/jobs/{job_id}"))
    assert asked[2:] == [None]  # all, once more, with what was corrected since
    assert running["shots"] == done["shots"]
    assert running["summary"] == done["summary"]


def test_the_shots_of_a_restarted_job_are_read_again(client: FlaskClient, send: Send, standin: StandIn) -> None:
    job_id = json_of(send())["id"]
    standin.begin()
    standin.publish(0)
    standin.publish(1)
    assert len(json_of(client.get(f"/jobs/{job_id}"))["shots"]) == 2
    standin.fail("broken")
    standin.jobs.redis.xadd("dead", {"job": job_id, "stream": "split", "reason": "broken"})
    assert all(standin.jobs.requeue(dead) for dead, _ in standin.jobs.dead())
    standin.begin()
    standin.publish(0)
    assert len(json_of(client.get(f"/jobs/{job_id}"))["shots"]) == 1


def test_only_the_shots_of_a_few_jobs_are_kept() -> None:
    cache, rows = ResultCache(), dict.fromkeys(range(MAX_SHOTS // 2), ROW)
    jobs = [replace(JOB, id=name) for name in ("a", "b", "c")]
    for job in jobs:
        cache.keep_rows(job, rows)
    assert [len(cache.rows(job)) for job in jobs] == [0, MAX_SHOTS // 2, MAX_SHOTS // 2]
    assert cache.rows(replace(jobs[2], started=2.0)) == {}
    for number in range(MAX_JOBS):
        cache.keep_rows(replace(JOB, id=str(number)), {})
    assert [len(cache.rows(job)) for job in jobs] == [0, 0, 0]
