"""POST /predict: accepts a video, creates its job, and waits for it as long as the client prefers."""

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
from api.jobs.routes import job_response
from api.openapi.operation import Answer, JsonObject, Operation, header
from api.server.body import body_chunks, set_stall_timeout
from api.services import services
from api.uploads.duplicates import find_duplicate
from api.uploads.form import UploadRequest
from api.uploads.job_query import JobQuery, read_job_query
from api.uploads.upload import ENVELOPE_BYTES, ERRORS, Upload
from jobs.errors import IdempotencyKeyReused
from jobs.logs import log
from jobs.record import IdempotencyKey
from shotlens.shots.answers import JobAnswer
from shotlens.shots.filename import clean_filename
from shotlens.shots.job import RUNNING, Job

blueprint = Blueprint("predict", __name__)

FIRST_PAUSE, MAX_PAUSE = 0.1, 0.5  # seconds between two reads of the record
IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,255}")
NO_FILE = "The video is missing: send it as multipart/form-data, as the file of a field named `file`."
DELETED = "The job was deleted before it was done."
FORM: JsonObject = {
    "schema": {
        "type": "object",
        "required": ["file"],
        "properties": {"file": {"type": "string", "format": "binary"}},
    },
    "encoding": {"file": {"contentType": "video/mp4"}},
}
WAIT_GRANTED = {"Preference-Applied": "The wait that was granted."}
# Each waiting client holds a thread, and most of gunicorn's 192 must stay free: further clients are answered at once,
# as RFC 7240 allows.
_waiting = threading.BoundedSemaphore(32)


class PredictQuery(JobQuery):
    """The query of the address."""

    filename: str | None = Field(
        None, max_length=1000, description="The file name of a video that is sent as a raw body."
    )


@blueprint.post("/predict")
@Operation(
    "predict",
    "jobs",
    [
        Answer(
            200,
            "The result, for a client that waited.",
            JobAnswer,
            headers={"ETag": "The version of this result.", **WAIT_GRANTED},
        ),
        Answer(
            202,
            "The job that was created.",
            JobAnswer,
            EXAMPLE,
            headers={"Location": "The job's address.", **RETRY_AFTER, **WAIT_GRANTED},
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
            "The same request with the same key within a day gives the same job, however often it is sent.",
            pattern=f"^{IDEMPOTENCY_KEY.pattern}$",
        ),
    ],
)
def predict() -> Response:
    """Find the shots of a video.

    Send one video as the multipart field `file`, or alone as the body with a `video/*` media type. MP4, MOV, M4V, MKV,
    WebM, AVI, WMV, FLV, OGV, MPG, VOB, MPEG-TS, MXF, DV, GIF and animated WebP are accepted. The answer is the job; ask
    for it until its state is `done`, or wait.
    """
    job_id = _create_job()
    seconds = preferred_wait(request.headers.get("Prefer", ""), services().settings.max_wait)
    if seconds is None or not _waiting.acquire(blocking=False):
        return _accepted(_wait_for_job(job_id, 0), job_id)
    try:
        response = _outcome(_wait_for_job(job_id, seconds), job_id)
    finally:
        _waiting.release()
    response.headers["Preference-Applied"] = f"wait={seconds}"
    return response


def preferred_wait(header: str, max_wait: int) -> int | None:
    """Read `wait=N` from a Prefer header (RFC 7240), at most `max_wait` seconds; None if it does not ask to wait."""
    for preference in parse_list_header(header):
        name, _, value = preference.split(";")[0].partition("=")
        digits = value.strip().strip('"')
        if name.strip().lower() == "wait" and digits.isascii() and digits.isdigit():
            return min(int(digits[:9]), max_wait)  # truncated, as int() rejects thousands of digits; still years
    return None


def _create_job() -> str:
    """Store the video and create its job; return the job's id, which may be that of an earlier, identical request."""
    with Upload(services().files, services().settings) as upload:
        query, key = read_job_query(PredictQuery), _read_idempotency_key()
        if key:
            upload.enable_fingerprint()
        filename = _receive(upload, query.filename)
        upload.accept()
        parameters = f"{query.options.model_dump_json()} {query.callback}"
        idempotency_key = IdempotencyKey(key, f"{upload.fingerprint} {parameters}") if key else None
        sketch, duplicate_of = find_duplicate(upload.id, query.options)
        try:
            job_id = services().jobs.create(
                upload.id,
                filename,
                upload.size,
                options=query.options,
                idempotency_key=idempotency_key,
                callback=query.callback,
                sketch=sketch,
                duplicate_of=duplicate_of,
                request=request_id(),
            )
        except IdempotencyKeyReused as error:
            raise Problem(422, str(error)) from error
        if job_id == upload.id:
            upload.keep()
    log.info("accepted", job=job_id, bytes=upload.size)
    return job_id


def _read_idempotency_key() -> str | None:
    """Read the header; the credentials are part of the key, as clients may choose the same one by chance."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not IDEMPOTENCY_KEY.fullmatch(key):
        raise Problem(400, "The Idempotency-Key is wrong: send 1 to 255 visible ASCII characters, such as a UUID.")
    return f"{request.headers.get('Authorization', '')} {key}"


def _receive(upload: Upload, name: str | None) -> str:
    """Read the request into the upload; return the file's name."""
    is_raw = request.mimetype.startswith("video/")
    if not is_raw and request.mimetype != "multipart/form-data":
        raise Problem(415, "Send the video as multipart/form-data, in a field named `file`, or alone as video/mp4.")
    upload.check_length(request.content_length)
    services().redis.ping()  # fail before two gigabytes are sent, not after
    incoming = cast(UploadRequest, request)
    incoming.upload = upload
    incoming.max_content_length = services().settings.max_upload_bytes + ENVELOPE_BYTES
    set_stall_timeout()
    try:
        if not is_raw:
            return clean_filename(_receive_form(incoming))
        _receive_raw(upload)
        return clean_filename(name)
    except (ValueError, OSError, BadRequest) as error:
        raise Problem(400, "The upload is damaged, or it broke off before its end. Send it again.") from error


def _receive_raw(upload: Upload) -> None:
    upload.open()
    for chunk in body_chunks():
        upload.write(chunk)
    if request.content_length not in (None, upload.size):  # gunicorn ends a truncated body like a complete one
        raise BadRequest


def _receive_form(incoming: UploadRequest) -> str | None:
    file = incoming.files.get("file")
    if file is None:
        raise Problem(400, NO_FILE)
    return file.filename


def _wait_for_job(job_id: str, seconds: float) -> Job | None:
    """Poll the record until the job ends, the time is up or the service stops."""
    deadline, pause = time.monotonic() + seconds, FIRST_PAUSE
    while True:
        try:
            job = services().jobs.get(job_id)
        except RedisError as error:
            raise _state_unknown(job_id) from error
        left = deadline - time.monotonic()
        if job is None or job.state not in RUNNING or left <= 0 or current_app.config["STOPPING"]():
            return job
        time.sleep(min(pause, left))
        pause = min(pause * 1.25, MAX_PAUSE)


def _outcome(job: Job | None, job_id: str) -> Response:
    """Respond to a client that waited."""
    if job and job.state == "failed":
        raise Problem(422, job.error or "The video could not be processed.", job=job_id)
    return job_response(job) if job and job.state == "done" else _accepted(job, job_id)


def _accepted(job: Job | None, job_id: str) -> Response:
    """Respond with 202, even if the job is already done."""
    if job is None or job.state == "cancelled":
        raise Problem(410, DELETED, job=job_id)
    response = job_response(job)
    response.status_code = 202
    response.headers["Location"] = f"/jobs/{job_id}"
    response.headers["Retry-After"] = "1"
    return response


def _state_unknown(job_id: str) -> Problem:
    sentence = f"The video was accepted, but the job queue stopped answering. Ask for /jobs/{job_id} in a minute."
    return Problem(503, sentence, {"Location": f"/jobs/{job_id}", "Retry-After": "10"}, job=job_id)
