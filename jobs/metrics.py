"""What waits and what has been done, read from Redis: any process that reads it reports for all of them.

Redis keys:
    metrics   hash  jobs:<outcome>, failures:<cause>, shots:<stage>, video_seconds, seconds:<stage> (total) and
                    ends:<stage> (number of jobs): counters, which only the scripts in `jobs/lua/` increment

They count within the script that makes the change, so that repeated deliveries are counted once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from redis import Redis

from jobs.claim import GROUP
from jobs.names import DEAD, METRICS, SPLIT, predict_stream
from jobs.queue import make_group
from shotlens.shots.errors import Cause
from shotlens.shots.heads import HEADS

OUTCOMES = ("done", "failed", "cancelled")
STAGES = ("queued", "splitting", "predicting")


@dataclass(frozen=True, slots=True)
class QueueState:
    """The current state of one queue."""

    entries: int  # waiting or claimed
    claimed: int
    oldest_seconds: float  # age of the oldest entry; 0 if there is none


@dataclass(frozen=True, slots=True)
class StageTime:
    """The time that jobs have spent in one stage."""

    seconds: float  # of all jobs together
    jobs: int


@dataclass(frozen=True, slots=True)
class Metrics:
    """The current state of the queues, and counters since Redis was set up."""

    queues: Mapping[str, QueueState]  # by stream
    dead: int  # dead letters
    jobs: Mapping[str, int]  # by outcome
    failures: Mapping[str, int]  # by cause
    stages: Mapping[str, StageTime]
    shots: Mapping[str, int]  # by the stage that they have completed
    video_seconds: float  # playing time of the videos that were cut


def read(redis: "Redis") -> Metrics:
    """Read all metrics. Raises RedisError."""
    streams = list(dict.fromkeys([SPLIT, *(predict_stream(head.network) for head in HEADS.values())]))
    for stream in streams:
        make_group(redis, stream)  # XPENDING fails without it
    with redis.pipeline(transaction=True) as pipe:
        pipe.time()
        pipe.hgetall(METRICS)
        pipe.xlen(DEAD)
        for stream in streams:
            pipe.xlen(stream)
            pipe.xpending(stream, GROUP)
            pipe.xrange(stream, count=1)
        (now, _), fields, dead, *replies = pipe.execute()
    counters = {name: float(value) for name, value in fields.items()}

    def by_label(kind: str, labels: tuple[str, ...]) -> dict[str, int]:
        return {label: int(counters.get(f"{kind}:{label}", 0)) for label in labels}

    ends = by_label("ends", STAGES)
    return Metrics(
        queues={stream: _queue_state(now, *replies[3 * k : 3 * k + 3]) for k, stream in enumerate(streams)},
        dead=dead,
        jobs=by_label("jobs", OUTCOMES),
        failures=by_label("failures", get_args(Cause)),
        stages={stage: StageTime(counters.get(f"seconds:{stage}", 0.0), ends[stage]) for stage in STAGES},
        shots=by_label("shots", STAGES[1:]),
        video_seconds=counters.get("video_seconds", 0.0),
    )


def _queue_state(now: float, entries: int, pending: Mapping[str, Any], first: list[tuple[str, Any]]) -> QueueState:
    # The id of an entry starts with the time at which it was added, in ms by Redis' own clock.
    oldest = max(0.0, now - int(first[0][0].split("-")[0]) / 1000) if first else 0.0
    return QueueState(entries, pending["pending"], oldest)
