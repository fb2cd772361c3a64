"""A job as the packages pass it around. Knows nothing about Redis."""

from dataclasses import dataclass, field
from typing import Literal

from shotlens.shots.options import JobOptions
from shotlens.shots.shot import Video

State = Literal["queued", "splitting", "predicting", "done", "failed", "cancelled"]
RUNNING: tuple[State, ...] = ("queued", "splitting", "predicting")


@dataclass(frozen=True, slots=True)
class Job:
    """A job as read from its record."""

    id: str
    state: State
    progress: float  # 0 to 1: the fraction of the video that has been cut
    error: str | None  # a sentence for the user, if the job failed
    warning: str | None  # what is wrong with the video, although it has a result
    filename: str  # as the user named it: data, never part of a path
    size: int  # bytes
    video: Video | None
    model: dict[str, str] | None  # name, sha256
    created: float  # Unix time
    finished: float | None
    started: float | None = None  # Unix time; replaced if the job is restarted
    heads: tuple[str, ...] = ()  # the heads predicted for each of its shots
    options: JobOptions = field(default_factory=JobOptions)
    callback: str | None = None  # the address that is called when the job ends
    version: str = ""  # of the record's format
    revision: int = 0  # counts corrections, undos and redos; never decreases
    undone: int = 0  # how many corrections are undone and can be redone
    corrected_shots: int | None = None  # their number since the last correction; None before the first one
    poster: tuple[int, int] | None = None  # the frame that stands for the video in lists: number of the shot, 0 to 7
    kept: bool = False  # whether somebody wants it kept for good
    expires: float | None = None  # Unix time; None while it runs, and if it is kept or corrected: then it never does
    duplicate_of: str | None = None  # an earlier job with the same bytes and options


@dataclass(frozen=True, slots=True)
class Place:
    """Where a job that is queued stands."""

    position: int  # 1 if it is next
    seconds: float | None  # a guess of when it is begun; None if there is nothing to go by


@dataclass(frozen=True, slots=True)
class ListedJob:
    """A job in a list: its record, how many shots there are so far, and how many predictions exist."""

    job: Job
    shots: int  # after all corrections
    predictions: int  # of all heads together
