"""The names of the streams and of the Redis keys of a job. The modules that write them describe their contents."""

from typing import NamedTuple

SPLIT, PREDICT, DEAD, WEBHOOKS = "split", "predict", "dead", "webhooks"
METRICS = "metrics"
INDEX = "jobs"
NETWORK = "shotlens"  # the network that predicts movement and scale


class JobKeys(NamedTuple):
    """The Redis keys of one job."""

    record: str
    shots: str
    paths: str
    predictions: str
    edits: str


def job_keys(job_id: str) -> JobKeys:
    """Return the Redis keys of a job."""
    record = f"job:{job_id}"
    return JobKeys(record, *(f"{record}:{part}" for part in JobKeys._fields[1:]))


def same_key(sketch: str) -> str:
    """Return the Redis key of the jobs whose video has this sketch."""
    return f"same:{sketch}"


def predict_stream(network: str) -> str:
    """Return the stream whose entries request the heads of a network."""
    return PREDICT if network == NETWORK else f"{PREDICT}:{network}"
