"""GET /metrics: the state of the service in Prometheus' text format. `jobs/metrics.py` reads the values."""

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
    [Answer(200, "Queues, jobs and stages in Prometheus' text format.", media_types=["text/plain"])],
)
def metrics() -> Response:
    """Report what is waiting and what has been done, for a scraper."""
    text = generate_latest(_Families(read(services().redis)))
    return Response(text, content_type=CONTENT_TYPE_PLAIN_0_0_4)


class _Families(Collector):
    """The metrics as families of Prometheus."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def collect(self) -> Iterator[Metric]:
        """Yield the families; called by prometheus_client."""
        metrics = self._metrics
        queues = metrics.queues.items()
        yield _gauge("queue_entries", "Entries that are waiting or claimed.", {s: q.entries for s, q in queues})
        yield _gauge("queue_in_hand", "Entries that are claimed by a worker.", {s: q.claimed for s, q in queues})
        yield _gauge("queue_oldest_seconds", "Age of the oldest entry.", {s: q.oldest_seconds for s, q in queues})
        yield GaugeMetricFamily("shotlens_dead_letters", "Entries whose last attempt failed.", metrics.dead)
        yield _counter("jobs", "Jobs that ended.", "outcome", metrics.jobs)
        yield _counter("failures", "Jobs that failed.", "reason", metrics.failures)
        yield _counter("shots", "Shots that completed a stage.", "stage", metrics.shots)
        seconds = metrics.video_seconds
        yield CounterMetricFamily("shotlens_video_seconds", "Playing time of the videos that were cut.", seconds)
        stages = SummaryMetricFamily("shotlens_stage_seconds", "Time that jobs spend in a stage.", labels=["stage"])
        for name, stage in metrics.stages.items():
            stages.add_metric([name], stage.jobs, stage.seconds)
        yield stages


def _gauge(name: str, description: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(f"shotlens_{name}", description, labels=["stream"])
    for stream, value in values.items():
        family.add_metric([stream], value)
    return family


def _counter(name: str, description: str, label: str, values: Mapping[str, int]) -> Metric:
    family = CounterMetricFamily(f"shotlens_{name}", description, labels=[label])
    for value, count in values.items():
        family.add_metric([value], count)
    return family
