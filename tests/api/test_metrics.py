"""/metrics: the state of the queues, and counters that count everything once."""

import time

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from redis import Redis

from jobs.access_keys import AccessKeys
from jobs.names import SPLIT
from jobs.queue import Queue
from jobs.record import Jobs
from shotlens.shots.errors import Cause
from shotlens.storage.files import new_job_id
from testkit.standin import MODEL, PREDICTIONS, VIDEO, StandIn
from tests.api.conftest import NOWHERE, MakeApp, Send, json_of

Samples = dict[str, float]


def scrape(client: FlaskClient) -> Samples:
    """Read every sample by its name and the value of its label."""
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response.content_type.startswith("text/plain; version=0.0.4")
    families = text_string_to_metric_families(response.text)
    return {
        " ".join([sample.name, *sample.labels.values()]): sample.value
        for family in families
        for sample in family.samples
    }


def test_a_service_that_did_nothing_shows_every_series_at_zero(client: FlaskClient) -> None:
    samples = scrape(client)

    assert set(samples.values()) == {0}
    for name in (
        "queue_entries split",
        "jobs_total done",
        "failures_total worker_died",
        "stage_seconds_sum predicting",
    ):
        assert f"shotlens_{name}" in samples


def test_waiting_and_claimed_entries_are_reported(client: FlaskClient, jobs: Jobs, standin: StandIn) -> None:
    jobs.redis.xadd(SPLIT, {"job": new_job_id()}, id=f"{int(time.time() * 1000) - 90_000}-0")
    jobs.create(new_job_id(), "b.mp4", 1)
    standin.split.take(block=None)
    samples = scrape(client)

    assert samples["shotlens_queue_entries split"] == 2
    assert samples["shotlens_queue_in_hand split"] == 1
    assert samples["shotlens_queue_oldest_seconds split"] == pytest.approx(90, abs=5)
    assert samples["shotlens_queue_entries predict"] == 0


def test_a_job_is_counted_through_its_stages(client: FlaskClient, send: Send, standin: StandIn) -> None:
    send()
    time.sleep(0.1)
    standin.whole(shots=3)
    samples = scrape(client)

    assert samples["shotlens_jobs_total done"] == 1
    assert samples["shotlens_shots_total splitting"] == samples["shotlens_shots_total predicting"] == 3
    assert samples["shotlens_video_seconds_total"] == VIDEO.duration
    assert samples["shotlens_queue_entries split"] == samples["shotlens_queue_entries predict"] == 0
    for stage in ("queued", "splitting", "predicting"):
        assert samples[f"shotlens_stage_seconds_count {stage}"] == 1
        assert 0 <= samples[f"shotlens_stage_seconds_sum {stage}"] < 10
    assert samples["shotlens_stage_seconds_sum queued"] >= 0.1


def test_a_second_delivery_is_not_counted_again(client: FlaskClient, send: Send, standin: StandIn) -> None:
    send()
    standin.begin()
    standin.publish(0)
    assert standin.claim
    standin.claim.hand_back()
    again = Queue(standin.jobs.redis, SPLIT, lease=0)
    standin.claim = again.take(block=None)
    assert standin.claim
    standin.jobs.begin(standin.claim)
    standin.publish(0)
    standin.publish(1)
    standin.finish_cutting(2)
    for _ in range(3):  # the group of the first shot was enqueued twice
        claim = standin.predict.take(block=None)
        assert claim
        firsts = map(int, claim.fields["shots"].split(","))
        standin.jobs.finish_predict(claim, dict.fromkeys(firsts, PREDICTIONS), MODEL)
    samples = scrape(client)

    assert samples["shotlens_shots_total splitting"] == samples["shotlens_shots_total predicting"] == 2
    assert samples["shotlens_jobs_total done"] == 1
    assert [samples[f"shotlens_stage_seconds_count {stage}"] for stage in ("queued", "splitting", "predicting")] == [
        1
    ] * 3


@pytest.mark.parametrize("cause", ["no_picture", "worker_died"])
def test_a_failure_is_counted_by_its_cause(client: FlaskClient, send: Send, standin: StandIn, cause: Cause) -> None:
    send()
    standin.begin()
    assert standin.claim
    if cause == "worker_died":
        standin.jobs.bury(standin.claim, "the worker died each time.", cause)
    else:
        standin.jobs.fail(standin.claim, "The file holds no video, only sound.", cause)
    samples = scrape(client)

    assert samples["shotlens_jobs_total failed"] == 1
    assert [name for name, value in samples.items() if value and "failures" in name] == [
        f"shotlens_failures_total {cause}"
    ]
    assert samples["shotlens_dead_letters"] == (cause == "worker_died")


def test_only_the_deletion_of_a_running_job_counts_as_cancelled(
    client: FlaskClient, send: Send, standin: StandIn
) -> None:
    send()
    done = standin.whole(shots=1)
    running = json_of(send())["id"]
    for job_id in (done, running, running):
        client.delete(f"/jobs/{job_id}")

    assert scrape(client)["shotlens_jobs_total cancelled"] == 1


def test_a_scraper_needs_a_key_too(client: FlaskClient, redis: Redis) -> None:
    key, _ = AccessKeys(redis).add("prometheus")

    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"Authorization": f"Bearer {key}"}).status_code == 200


def test_without_redis_there_are_no_metrics(make_app: MakeApp) -> None:
    assert make_app(redis_url=NOWHERE).test_client().get("/metrics").status_code == 503
