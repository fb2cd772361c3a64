"""What the service has done and what waits, read from Redis: whichever process reads, it speaks for all.

Keys:
    metrics   hash  jobs:<outcome>, failures:<cause>, shots:<stage>, video_seconds, seconds:<stage> (their sum) and
                    ends:<stage> (of how many jobs): counters, which only the scripts in `jobs/lua/` raise

They count within the script that makes the change, so that what is delivered twice is counted once.
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
class Waiting:
    """One queue as it is now."""

    entries: int  # waiting or in a worker's hands
    in_hand: int
    oldest: float  # age in seconds of the oldest entry; 0 where there is none


@dataclass(frozen=True, slots=True)
class Stage:
    """What one stage took so far."""

    seconds: float  # of all jobs together
    jobs: int


@dataclass(frozen=True, slots=True)
class Metrics:
    """Queues as they are, and counters since Redis was set up."""

    queues: Mapping[str, Waiting]  # by stream
    dead: int  # letters
    jobs: Mapping[str, int]  # by outcome
    failures: Mapping[str, int]  # by cause
    stages: Mapping[str, Stage]
    shots: Mapping[str, int]  # by the stage that they came through
    video_seconds: float  # cut, as the videos play


def read(redis: "Redis") -> Metrics:
    """Read all of it. Raises RedisError."""
    streams = list(dict.fromkeys([SPLIT, *(predict_stream(head.network) for head in HEADS.values())]))
    for stream in streams:
        make_group(redis, stream)  # there is no asking for what is in hand without it
    with redis.pipeline(transaction=True) as pipe:
        pipe.time()
        pipe.hgetall(METRICS)
        pipe.xlen(DEAD)
        for stream in streams:
            pipe.xlen(stream)
            pipe.xpending(stream, GROUP)
            pipe.xrange(stream, count=1)
        (seconds, _), counted, dead, *queues = pipe.execute()
    number = {name: float(value) for name, value in counted.items()}

    def by(kind: str, labels: tuple[str, ...]) -> dict[str, int]:
        return {label: int(number.get(f"{kind}:{label}", 0)) for label in labels}

    ends = by("ends", STAGES)
    return Metrics(
        queues={stream: _waiting(seconds, *queues[3 * k : 3 * k + 3]) for k, stream in enumerate(streams)},
        dead=dead,
        jobs=by("jobs", OUTCOMES),
        failures=by("failures", get_args(Cause)),
        stages={stage: Stage(number.get(f"seconds:{stage}", 0.0), ends[stage]) for stage in STAGES},
        shots=by("shots", STAGES[1:]),
        video_seconds=number.get("video_seconds", 0.0),
    )


def _waiting(now: float, entries: int, pending: Mapping[str, Any], first: list[tuple[str, Any]]) -> Waiting:
    # An entry's id starts with the time, in ms of Redis' own clock, at which it came.
    oldest = max(0.0, now - int(first[0][0].split("-")[0]) / 1000) if first else 0.0
    return Waiting(entries, pending["pending"], oldest)
