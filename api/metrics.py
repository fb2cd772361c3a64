"""GET /metrics: the state of the service in the text format of Prometheus. What is read lies in `jobs/metrics.py`."""

from collections.abc import Iterator, Mapping

from flask import Blueprint, Response
from prometheus_client import generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, SummaryMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from api.openapi.operation import Answer, Operation
from api.services import services
from jobs.metrics import Metrics, read

blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
@Operation(
    "metrics",
    "operation",
    [Answer(200, "What waits and what was done, in Prometheus' text format.", media_types=["text/plain"])],
)
def metrics() -> Response:
    """Tell what waits and what was done, for a scraper."""
    text = generate_latest(_Families(read(services().redis)))
    return Response(text, content_type=CONTENT_TYPE_PLAIN_0_0_4)


class _Families(Collector):
    """One reading as the families that Prometheus knows."""

    def __init__(self, found: Metrics) -> None:
        self._found = found

    def collect(self) -> Iterator[Metric]:
        """Give the families, as prometheus_client asks for them."""
        found = self._found
        queues = found.queues.items()
        yield _gauge("queue_entries", "Pieces of work that wait or are in hand.", {s: q.entries for s, q in queues})
        yield _gauge("queue_in_hand", "Those of them that a worker has.", {s: q.in_hand for s, q in queues})
        yield _gauge("queue_oldest_seconds", "Age of the oldest of them.", {s: q.oldest for s, q in queues})
        yield GaugeMetricFamily("shotlens_dead_letters", "Work that failed its last attempt.", found.dead)
        yield _counter("jobs", "Jobs that ended.", "outcome", found.jobs)
        yield _counter("failures", "Jobs that failed.", "reason", found.failures)
        yield _counter("shots", "Shots that came through a stage.", "stage", found.shots)
        yield CounterMetricFamily("shotlens_video_seconds", "Length of the videos that were cut.", found.video_seconds)
        stages = SummaryMetricFamily("shotlens_stage_seconds", "What a stage of a job takes.", labels=["stage"])
        for name, stage in found.stages.items():
            stages.add_metric([name], stage.jobs, stage.seconds)
        yield stages


def _gauge(name: str, meaning: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(f"shotlens_{name}", meaning, labels=["stream"])
    for stream, value in values.items():
        family.add_metric([stream], value)
    return family


def _counter(name: str, meaning: str, label: str, values: Mapping[str, int]) -> Metric:
    family = CounterMetricFamily(f"shotlens_{name}", meaning, labels=[label])
    for value, count in values.items():
        family.add_metric([value], count)
    return family
