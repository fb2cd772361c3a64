"""A job as its record has it: the type that the rooms pass around. Knows no Redis."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, cast

from jobs.options import JobOptions
from jobs.shot import Video

State = Literal["queued", "splitting", "predicting", "done", "failed", "cancelled"]
RUNNING: tuple[State, ...] = ("queued", "splitting", "predicting")


@dataclass(frozen=True, slots=True)
class Job:
    """A job as the record has it."""

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
    options: JobOptions = field(default_factory=JobOptions)
    callback: str | None = None  # the address that is told when the job has ended
    revision: int = 0  # counts the corrections, and what undid them; never goes back


def job_of(job_id: str, fields: Mapping[str, str]) -> Job:
    """Read a record's fields."""
    video, model = fields.get("video"), fields.get("model")
    started, finished = fields.get("started"), fields.get("finished")
    return Job(
        id=job_id,
        state=cast(State, fields["state"]),
        progress=float(fields.get("progress", 0)),
        error=fields.get("error"),
        warning=fields.get("warning"),
        filename=fields.get("filename", ""),
        size=int(fields.get("size", 0)),
        options=JobOptions.model_validate_json(fields.get("options", "{}")),
        callback=fields.get("callback"),
        revision=int(fields.get("revision", 0)),
        video=Video(**json.loads(video)) if video else None,
        model=json.loads(model) if model else None,
        created=float(fields.get("created", 0)),
        finished=float(finished) if finished else None,
        started=float(started) if started else None,
    )
