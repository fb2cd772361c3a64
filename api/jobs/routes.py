"""/jobs and /jobs/<id>: read, list and delete jobs, their frames and their videos. Knows nothing about uploads."""

import json
from functools import cache
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlencode

from flask import Blueprint, Response, request, send_file
from pydantic import BaseModel, ConfigDict, Field

from api.http.problems import NO_SUCH_JOB, SENTENCES, Problem, no_such_job
from api.http.query import read_query
from api.jobs.declarations import (
    DELETED,
    EXAMPLE,
    IF_NONE_MATCH,
    NOT_MODIFIED,
    RETRY_AFTER,
    TIMECODE,
    FrameNumber,
    JobId,
    ShotNumber,
)
from api.openapi.operation import Answer, Operation, header
from api.services import services
from jobs import listing
from shotlens.shots.answers import JobAnswer, JobPage
from shotlens.shots.job import RUNNING, Job, State
from shotlens.shots.result import JobResult
from shotlens.shots.timecodes import TimecodeStart, counted_from
from shotlens.storage.media_types import HEAD_BYTES, media_type

blueprint = Blueprint("jobs", __name__, url_prefix="/jobs")

YEAR_SECONDS = 365 * 86400
NO_SUCH_FRAME = "There is no such frame: its shot has not been cut yet, or the job is gone."
NO_VIDEO = "The video of this job is not stored any more."


class JobsQuery(BaseModel):
    """Which jobs to list."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: int = Field(50, ge=1, le=200, description="Maximum number of jobs in one page.")
    state: State | None = Field(None, description="Only jobs in this state.")
    name: str | None = Field(
        None, max_length=255, description="Only jobs whose file names contain this, ignoring case."
    )
    cursor: str | None = Field(
        None, pattern=listing.CURSOR, description="Where the page begins; `next` of the previous page contains it."
    )


class JobQuery(BaseModel):
    """How to show a job."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    timecode: TimecodeStart = Field("source", description=TIMECODE)


@blueprint.get("")
@Operation("listJobs", "jobs", [Answer(200, "A page of jobs.", JobPage)], query=JobsQuery)
def show_all() -> Response:
    """List all jobs, newest first, a page at a time."""
    query = read_query(JobsQuery)
    page = listing.page(services().jobs, query.limit, query.cursor, query.state, query.name)
    next_address = None
    if page.next:
        next_address = f"/jobs?{urlencode(query.model_dump(exclude_none=True) | {'cursor': page.next})}"
    body = JobPage(jobs=[services().summary(listed) for listed in page.jobs], next=next_address)
    return Response(body.model_dump_json(), content_type="application/json", headers={"Cache-Control": "no-store"})


@blueprint.get("/<job_id>")
@Operation(
    "showJob",
    "jobs",
    [
        Answer(
            200,
            "The result so far; a failed job says why in `error`.",
            JobAnswer,
            EXAMPLE,
            headers={"ETag": "The version of a finished job.", **RETRY_AFTER},
        ),
        NOT_MODIFIED,
    ],
    errors={404: NO_SUCH_JOB},
    query=JobQuery,
    headers=[IF_NONE_MATCH],
)
def show(job_id: JobId) -> Response:
    """Read the state, the progress, and the shots detected so far.

    Shots appear while the rest of the video is still being cut; their labels follow.
    """
    job = services().find(job_id)
    if job is None:
        raise no_such_job()
    start = read_query(JobQuery).timecode
    return job_response(job, None if start == "source" else counted_from(start, services().result(job)))


@blueprint.delete("/<job_id>")
@Operation("deleteJob", "jobs", [DELETED], errors={404: NO_SUCH_JOB})
def delete(job_id: JobId) -> Response:
    """Delete a job in any state, with its video and its frames."""
    if services().find(job_id) is None:
        raise no_such_job()
    services().delete(job_id)
    return Response(status=204)


@blueprint.get("/<job_id>/shots/<int:shot>/frames/<int:k>.jpg")
@Operation(
    "showFrame",
    "media",
    [Answer(200, "The frame, which never changes.", media_types=["image/jpeg"]), NOT_MODIFIED],
    errors={404: NO_SUCH_FRAME},
)
def frame(job_id: JobId, shot: ShotNumber, k: FrameNumber) -> Response:
    """Send one of the eight frames of a shot."""
    name = services().frame(job_id, shot, k)
    try:
        if name is None:
            raise FileNotFoundError
        response = send_file(services().files.frames(job_id).path(name), mimetype="image/jpeg")
    except FileNotFoundError:
        raise Problem(404, NO_SUCH_FRAME) from None
    response.headers["Cache-Control"] = f"private, max-age={YEAR_SECONDS}, immutable"
    return response


@blueprint.get("/<job_id>/video")
@Operation(
    "showVideo",
    "media",
    [
        Answer(200, "The whole video.", media_types=["*/*"]),
        Answer(
            206,
            "The requested range.",
            media_types=["*/*"],
            headers={"Content-Range": "The range, and the size of the video.", "Accept-Ranges": "`bytes`."},
        ),
        NOT_MODIFIED,
    ],
    errors={404: NO_VIDEO, 416: SENTENCES[416]},
    headers=[
        header("Range", "`bytes=a-b`: only this range.", pattern="^bytes=([0-9]{1,12}-[0-9]{0,12}|-[0-9]{1,12})$")
    ],
)
def video(job_id: JobId) -> Response:
    """Send the video as it was uploaded, or the requested range of it."""
    job = services().find(job_id)
    if job is None:
        raise no_such_job()
    path = services().files.source(job_id)
    try:
        response = send_file(path, mimetype=_media_type(path), download_name=job.filename, conditional=True)
    except FileNotFoundError:
        raise Problem(404, NO_VIDEO) from None
    # The bytes come from a stranger: a browser must not run anything in them, whatever it takes them for.
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def job_response(job: Job, result: JobResult | None = None) -> Response:
    """Respond with the result of a job so far, or with `result`; a finished job gets an ETag."""
    text = services().answer(job, result).model_dump_json() if result else services().result_json(job)
    response = json_response(job, text)
    if job.state in RUNNING:
        response.headers["Retry-After"] = "1"
    return response


def json_response(job: Job, body: str) -> Response:
    """Respond with JSON that depends on the job alone; once the job is finished, it gets the ETag of the job."""
    response = Response(body, content_type="application/json")
    if job.state in RUNNING:
        response.headers["Cache-Control"] = "no-store"
        return response
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(etag(job))
    response.make_conditional(request)
    return response


def etag(job: Job) -> str:
    """Return the version of a finished job: it changes with each correction, if it is kept, and if it is restarted.

    It is not a digest of the body, so that a correction can be checked against it without building the result.
    """
    return f"{_corrected_version(job)}{_schema_digest()}-{job.expires}-{job.kept}"


def may_correct(job: Job) -> bool:
    """Return whether If-Match names the version of a finished job; whether that was kept does not matter."""
    # A proxy that compresses a response weakens its ETag, and the client has no other to send.
    etags = request.if_match.as_set(include_weak=True)
    return request.if_match.star_tag or any(tag.startswith(_corrected_version(job)) for tag in etags)


def _corrected_version(job: Job) -> str:
    return f"{job.state}-{job.finished}-{job.revision}-"


@cache
def _schema_digest() -> str:
    """Return a digest of the result's schema: a newer service may return more about a job than a browser has cached."""
    return sha256(json.dumps(JobAnswer.model_json_schema()).encode()).hexdigest()[:8]


def _media_type(path: Path) -> str:
    with path.open("rb") as file:
        return media_type(file.read(HEAD_BYTES)) or "application/octet-stream"
