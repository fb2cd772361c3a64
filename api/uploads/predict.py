"""POST /predict: takes a video, makes a job, and waits for it as long as the client prefers."""

import re
import threading
import time
from typing import cast

from flask import Blueprint, Response, current_app, request
from pydantic import Field
from redis import RedisError
from werkzeug.exceptions import BadRequest
from werkzeug.http import parse_list_header

from api.http.problems import Problem
from api.http.request_ids import request_id
from api.jobs.declarations import EXAMPLE, RETRY_AFTER
from api.jobs.routes import answer
from api.openapi.operation import Answer, Operation, Piece, header
from api.server.body import end_stalls, pieces
from api.services import services
from api.uploads.form import UploadRequest
from api.uploads.job_query import JobQuery, read_job_query
from api.uploads.upload import ENVELOPE_BYTES, ERRORS, Upload, clean_filename
from jobs.errors import KeyReused
from jobs.logs import log
from jobs.record import Once
from shotlens.shots.job import RUNNING, Job
from shotlens.shots.result import JobResult

blueprint = Blueprint("predict", __name__)

FIRST_PAUSE, LAST_PAUSE = 0.1, 0.5  # seconds between two looks at the record
ONCE = re.compile(r"[\x21-\x7e]{1,255}")  # an idempotency key
NO_FILE = "The video is missing: send it as multipart/form-data, as the file of a field named `file`."
DELETED = "The job was deleted before it was done."
FORM: Piece = {
    "schema": {
        "type": "object",
        "required": ["file"],
        "properties": {"file": {"type": "string", "format": "binary"}},
    },
    "encoding": {"file": {"contentType": "video/mp4"}},
}
WAITED = {"Preference-Applied": "The wait that was granted."}
# Waiting costs a thread: most of gunicorn's 192 stay free. Whoever comes later is answered at once, as RFC 7240 allows.
_waiters = threading.BoundedSemaphore(32)


class PredictQuery(JobQuery):
    """What may stand in the address of a request."""

    filename: str | None = Field(None, max_length=1000, description="The name of a video that is sent as a raw body.")


@blueprint.post("/predict")
@Operation(
    "predict",
    "jobs",
    [
        Answer(200, "The result, for a client that waited.", JobResult, headers={"ETag": "Of this result.", **WAITED}),
        Answer(
            202,
            "The job that was made.",
            JobResult,
            EXAMPLE,
            headers={"Location": "The job's address.", **RETRY_AFTER, **WAITED},
            links=["showJob", "deleteJob", "showVideo"],
        ),
    ],
    errors=ERRORS | {400: NO_FILE, 410: DELETED, 422: "The file holds no video, only sound."},
    query=PredictQuery,
    content={"multipart/form-data": FORM, "video/mp4": {"schema": {}}},
    headers=[
        header("Prefer", "`wait=N`: wait up to N seconds for the result (RFC 7240).", examples=["wait=120"]),
        header(
            "Idempotency-Key",
            "The same key and request within a day give the same job, however often they are sent.",
            pattern=f"^{ONCE.pattern}$",
        ),
    ],
)
def predict() -> Response:
    """Find the shots of a video.

    Send one video (MP4, MOV, M4V, MKV, WebM, AVI or MPEG-TS) as the multipart field `file`, or alone as the body with a
    `video/*` media type. The answer is the job; ask for it until its state is `done`, or wait.
    """
    job_id = _take()
    seconds = preferred_wait(request.headers.get("Prefer", ""), services().settings.max_wait)
    if seconds is None or not _waiters.acquire(blocking=False):
        return _accepted(_watch(job_id, 0), job_id)
    try:
        response = _outcome(_watch(job_id, seconds), job_id)
    finally:
        _waiters.release()
    response.headers["Preference-Applied"] = f"wait={seconds}"
    return response


def preferred_wait(header: str, most: int) -> int | None:
    """Read `wait=N` from a Prefer header (RFC 7240), at most `most` seconds; None when it asks for no waiting."""
    for preference in parse_list_header(header):
        name, _, value = preference.split(";")[0].partition("=")
        digits = value.strip().strip('"')
        if name.strip().lower() == "wait" and digits.isascii() and digits.isdigit():
            return min(int(digits[:9]), most)  # cut, as int() refuses thousands of digits; what is left is years
    return None


def _take() -> str:
    """Store the video and make its job; return the job's id, which may be that of an earlier, equal request."""
    with Upload(services().files, services().settings) as upload:
        query, key = read_job_query(PredictQuery), _idempotency_key()
        if key:
            upload.want_fingerprint()
        filename = _receive(upload, query.filename)
        upload.accept()
        asked = f"{query.options.model_dump_json()} {query.callback}"
        once = Once(key, f"{upload.fingerprint} {asked}") if key else None
        try:
            made = services().jobs.create(
                upload.id,
                filename,
                upload.size,
                options=query.options,
                once=once,
                callback=query.callback,
                request=request_id(),
            )
        except KeyReused as error:
            raise Problem(422, str(error)) from error
        if made == upload.id:
            upload.keep()
    log.info("accepted", job=made, bytes=upload.size)
    return made


def _idempotency_key() -> str | None:
    """Read the header; what another account sent under the same key is none of this client's business."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not ONCE.fullmatch(key):
        raise Problem(400, "The Idempotency-Key is wrong: send 1 to 255 visible ASCII characters, such as a UUID.")
    return f"{request.headers.get('Authorization', '')} {key}"


def _receive(upload: Upload, name: str | None) -> str:
    """Read the request into the upload; return the file's name."""
    raw = request.mimetype.startswith("video/")
    if not raw and request.mimetype != "multipart/form-data":
        raise Problem(415, "Send the video as multipart/form-data, in a field named `file`, or alone as video/mp4.")
    upload.announce(request.content_length)
    services().redis.ping()  # better told now than after two gigabytes
    incoming = cast(UploadRequest, request)
    incoming.upload = upload
    incoming.max_content_length = services().settings.max_upload_bytes + ENVELOPE_BYTES
    end_stalls()
    try:
        if not raw:
            return clean_filename(_receive_form(incoming))
        _receive_raw(upload)
        return clean_filename(name)
    except (ValueError, OSError, BadRequest) as error:
        raise Problem(400, "The upload is damaged, or it broke off before its end. Send it again.") from error


def _receive_raw(upload: Upload) -> None:
    upload.open()
    for piece in pieces():
        upload.write(piece)
    if request.content_length not in (None, upload.size):  # gunicorn ends a body that breaks off like a whole one
        raise BadRequest


def _receive_form(incoming: UploadRequest) -> str | None:
    file = incoming.files.get("file")
    if file is None:
        raise Problem(400, NO_FILE)
    return file.filename


def _watch(job_id: str, seconds: float) -> Job | None:
    """Look at the record until the job ends, the time is over or the service stops."""
    deadline, pause = time.monotonic() + seconds, FIRST_PAUSE
    while True:
        try:
            job = services().jobs.get(job_id)
        except RedisError as error:
            raise _taken_but_unknown(job_id) from error
        left = deadline - time.monotonic()
        if job is None or job.state not in RUNNING or left <= 0 or current_app.config["STOPPING"]():
            return job
        time.sleep(min(pause, left))
        pause = min(pause * 1.25, LAST_PAUSE)


def _outcome(job: Job | None, job_id: str) -> Response:
    """Answer a client that waited."""
    if job and job.state == "failed":
        raise Problem(422, job.error or "The video could not be processed.", job=job_id)
    return answer(job) if job and job.state == "done" else _accepted(job, job_id)


def _accepted(job: Job | None, job_id: str) -> Response:
    """Answer 202, also for a job that was done before the answer could be written."""
    if job is None or job.state == "cancelled":
        raise Problem(410, DELETED, job=job_id)
    response = answer(job)
    response.status_code = 202
    response.headers["Location"] = f"/jobs/{job_id}"
    response.headers["Retry-After"] = "1"
    return response


def _taken_but_unknown(job_id: str) -> Problem:
    sentence = f"The video was taken, but the job queue stopped answering. Ask for /jobs/{job_id} in a minute."
    return Problem(503, sentence, {"Location": f"/jobs/{job_id}", "Retry-After": "10"}, job=job_id)
