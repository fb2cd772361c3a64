"""A job as the rooms pass it around. Knows no Redis."""

from dataclasses import dataclass, field
from typing import Literal

from shotlens.shots.options import JobOptions
from shotlens.shots.shot import Video

State = Literal["queued", "splitting", "predicting", "done", "failed", "cancelled"]
RUNNING: tuple[State, ...] = ("queued", "splitting", "predicting")


@dataclass(frozen=True, slots=True)
class Job:
    """A job as its record tells it."""

    id: str
    state: State
    progress: float  # 0 to 1: the share of the video that is cut
    error: str | None  # a sentence for the person, when failed
    warning: str | None  # what is wrong with the video, although it has a result
    filename: str  # as the person named it: data, never part of a path
    size: int  # bytes
    video: Video | None
    model: dict[str, str] | None  # name, sha256
    created: float  # Unix time
    finished: float | None
    started: float | None = None  # Unix time; another one where the job was started anew
    heads: tuple[str, ...] = ()  # what each of its shots is asked
    options: JobOptions = field(default_factory=JobOptions)
    callback: str | None = None  # the address that is told when the job has ended
    version: str = ""  # of the record's form
    revision: int = 0  # counts corrections and undos; never goes back


@dataclass(frozen=True, slots=True)
class Listed:
    """A job in a list: its record, how many of its shots have been found, and how many predictions made."""

    job: Job
    shots: int
    predictions: int  # of all heads together
