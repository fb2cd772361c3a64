"""The fields of a job's record, as `jobs/record.py` describes them, read into a job."""

import json
from collections.abc import Mapping
from typing import cast

from jobs.names import NETWORK
from shotlens.shots.job import Job, State
from shotlens.shots.options import JobOptions
from shotlens.shots.shot import Video


def parse_job(job_id: str, fields: Mapping[str, str]) -> Job:
    """Build a job from the fields of its record, in this version or an earlier one."""
    video, model = fields.get("video"), fields.get(f"model/{NETWORK}")
    return Job(
        id=job_id,
        version=fields.get("version", "1"),
        state=cast(State, fields["state"]),
        progress=float(fields.get("progress", 0)),
        error=fields.get("error"),
        warning=fields.get("warning"),
        filename=fields.get("filename", ""),
        size=int(fields.get("size", 0)),
        heads=tuple(json.loads(fields.get("heads", "[]"))),
        options=JobOptions.model_validate_json(fields.get("options", "{}")),
        callback=fields.get("callback"),
        revision=int(fields.get("revision", 0)),
        undone=int(fields.get("undone", 0)),
        corrected_shots=int(fields["corrected_shots"]) if "corrected_shots" in fields else None,
        video=Video.from_json(json.loads(video)) if video else None,
        model=json.loads(model) if model else None,
        created=float(fields.get("created", 0)),
        finished=_time(fields.get("finished")),
        started=_time(fields.get("started")),
        poster=_poster(fields.get("poster")),
        kept="kept" in fields,
        expires=_time(fields.get("expires")),
        duplicate_of=fields.get("duplicate_of"),
    )


def _time(text: str | None) -> float | None:
    return float(text) if text else None


def _poster(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    shot, k = text.split("/")
    return int(shot), int(k)
