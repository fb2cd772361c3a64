"""/jobs and /jobs/<id>: what is known of jobs, their frames, their videos, and their end. Knows nothing of uploads."""

import json
from functools import cache
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlencode

from flask import Blueprint, Response, request, send_file
from pydantic import BaseModel, ConfigDict, Field

from api.http.problems import NO_SUCH_JOB, SENTENCES, Problem, no_such_job
from api.http.query import read_query
from api.jobs.declarations import EXAMPLE, GONE, IF_NONE_MATCH, KNOWN, RETRY_AFTER, FrameNumber, JobId, ShotNumber
from api.openapi.operation import Answer, Operation, header
from api.services import frame_address, services
from jobs import listing
from shotlens.shots.job import RUNNING, Job, State
from shotlens.shots.result import JobPage, JobResult, summary
from shotlens.storage.media_types import HEAD_BYTES, media_type

blueprint = Blueprint("jobs", __name__, url_prefix="/jobs")

YEAR = 365 * 86400
NO_SUCH_FRAME = "There is no such frame: its shot is not cut yet, or the job is gone."
NO_VIDEO = "The video of this job is not stored any more."


class JobsQuery(BaseModel):
    """Which jobs are listed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: int = Field(50, ge=1, le=200, description="Most jobs in one page.")
    state: State | None = Field(None, description="Jobs of this state alone.")
    name: str | None = Field(None, max_length=255, description="Jobs with this in their file names, whatever its case.")
    cursor: str | None = Field(
        None, pattern=listing.CURSOR, description="Where the page begins: as `next` of the one before."
    )


@blueprint.get("")
@Operation("listJobs", "jobs", [Answer(200, "A page of jobs.", JobPage)], query=JobsQuery)
def show_all() -> Response:
    """List all jobs, newest first, a page at a time."""
    query = read_query(JobsQuery)
    page = listing.page(services().jobs, query.limit, query.cursor, query.state, query.name)
    following = None
    if page.next:
        following = f"/jobs?{urlencode(query.model_dump(exclude_none=True) | {'cursor': page.next})}"
    rows = [summary(listed, frame_address(listed.job.id)) for listed in page.jobs]
    body = JobPage(jobs=rows, next=following)
    return Response(body.model_dump_json(), content_type="application/json", headers={"Cache-Control": "no-store"})


@blueprint.get("/<job_id>")
@Operation(
    "showJob",
    "jobs",
    [
        Answer(
            200,
            "What is known by now; a failed job says why in `error`.",
            JobResult,
            EXAMPLE,
            headers={"ETag": "Of a finished job.", **RETRY_AFTER},
        ),
        KNOWN,
    ],
    errors={404: NO_SUCH_JOB},
    headers=[IF_NONE_MATCH],
)
def show(job_id: JobId) -> Response:
    """Tell state, progress, and the shots found so far.

    Shots appear while the rest of the video is still being cut; their labels follow.
    """
    job = services().find(job_id)
    if job is None:
        raise no_such_job()
    return answer(job)


@blueprint.delete("/<job_id>")
@Operation("deleteJob", "jobs", [GONE], errors={404: NO_SUCH_JOB})
def delete(job_id: JobId) -> Response:
    """Remove a job in any state, with its video and its frames."""
    if services().find(job_id) is None:
        raise no_such_job()
    services().delete(job_id)
    return Response(status=204)


@blueprint.get("/<job_id>/shots/<int:shot>/frames/<int:k>.jpg")
@Operation(
    "showFrame",
    "media",
    [Answer(200, "The frame, which never changes.", media_types=["image/jpeg"]), KNOWN],
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
    response.headers["Cache-Control"] = f"private, max-age={YEAR}, immutable"
    return response


@blueprint.get("/<job_id>/video")
@Operation(
    "showVideo",
    "media",
    [
        Answer(200, "The whole video.", media_types=["*/*"]),
        Answer(
            206,
            "A part of it.",
            media_types=["*/*"],
            headers={"Content-Range": "Which bytes of how many.", "Accept-Ranges": "`bytes`."},
        ),
        KNOWN,
    ],
    errors={404: NO_VIDEO, 416: SENTENCES[416]},
    headers=[header("Range", "`bytes=a-b`: a part of it.", pattern="^bytes=([0-9]{1,12}-[0-9]{0,12}|-[0-9]{1,12})$")],
)
def video(job_id: JobId) -> Response:
    """Send the video as it was uploaded, or the range of it that was asked for."""
    job = services().find(job_id)
    if job is None:
        raise no_such_job()
    path = services().files.source(job_id)
    try:
        response = send_file(path, mimetype=_media_type(path), download_name=job.filename, conditional=True)
    except FileNotFoundError:
        raise Problem(404, NO_VIDEO) from None
    # A stranger's bytes: nothing in them may run, whatever a browser takes them for.
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def answer(job: Job, made: JobResult | None = None) -> Response:
    """Write all that is known of a job, or this; a finished one with an ETag."""
    response = of_job(job, made.model_dump_json() if made else services().written_result(job))
    if job.state in RUNNING:
        response.headers["Retry-After"] = "1"
    return response


def of_job(job: Job, body: str) -> Response:
    """Answer with JSON that changes with the job alone: once it is finished, under the job's own ETag."""
    response = Response(body, content_type="application/json")
    if job.state in RUNNING:
        response.headers["Cache-Control"] = "no-store"
        return response
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(etag(job))
    response.make_conditional(request)
    return response


def etag(job: Job) -> str:
    """Name what a finished job shows: it changes with each correction, and when the job is done again.

    It is no digest of the body, so that whoever corrects a job can be held to it without putting that together.
    """
    return f"{job.state}-{job.finished}-{job.revision}-{_contract()}"


@cache
def _contract() -> str:
    """A digest of the result's fields: a newer service may tell more of the same job than a browser has kept."""
    return sha256(json.dumps(JobResult.model_json_schema()).encode()).hexdigest()[:8]


def _media_type(path: Path) -> str:
    with path.open("rb") as file:
        return media_type(file.read(HEAD_BYTES)) or "application/octet-stream"
