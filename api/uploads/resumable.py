"""/uploads: resumable uploads according to tus 1.0. With its last byte, an upload becomes a job."""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from email.utils import formatdate
from time import time
from typing import Annotated

from flask import Blueprint, Response, request
from pydantic import Field
from werkzeug.exceptions import BadRequest

from api.http.access import who
from api.http.problems import Problem, no_such_job
from api.http.request_ids import request_id
from api.jobs.declarations import DELETED
from api.openapi.operation import Answer, Operation
from api.server.body import body_chunks, set_stall_timeout
from api.services import services
from api.uploads import tus
from api.uploads.duplicates import find_duplicate
from api.uploads.job_query import JobQuery, read_job_query
from api.uploads.resumed import NO_SUCH_UPLOAD, ResumedUpload, no_such_upload
from api.uploads.upload import EMPTY, ERRORS, NotAVideo, Upload
from jobs.logs import log
from jobs.record import IdempotencyKey
from jobs.uploads import PartialUpload
from shotlens.shots.filename import clean_filename
from shotlens.shots.job import Job
from shotlens.storage.files import JOB_ID

blueprint = Blueprint("uploads", __name__)

UploadId = Annotated[str, Field(pattern=f"^{JOB_ID.pattern}$", description="The id of the upload, and of its job.")]
EXPIRES = {"Upload-Expires": "When the upload is removed, unless more bytes arrive before."}
INTERRUPTED = "The upload broke off. What arrived is kept: ask by HEAD how much that is, and continue there."


@blueprint.before_request
def check_version() -> None:
    """Refuse a client that speaks another version of tus, before anything is read."""
    if request.method != "OPTIONS" and request.headers.get("Tus-Resumable") != tus.VERSION:
        raise Problem(412, tus.OTHER_VERSION, {"Tus-Version": tus.VERSION})


@blueprint.after_app_request
def add_tus_headers(response: Response) -> Response:
    """Add the version to every response at these addresses, errors included; OPTIONS also lists what is supported."""
    if request.path != tus.ADDRESS and not request.path.startswith(f"{tus.ADDRESS}/"):
        return response
    response.headers["Tus-Resumable"] = tus.VERSION
    if request.method == "OPTIONS":
        response.headers["Tus-Version"] = tus.VERSION
        response.headers["Tus-Extension"] = tus.EXTENSIONS
        response.headers["Tus-Max-Size"] = str(services().settings.max_upload_bytes)
    return response


@blueprint.post(tus.ADDRESS)
@Operation(
    "beginUpload",
    "uploads",
    [Answer(201, "The upload was created.", headers={"Location": "The upload's address.", **EXPIRES})],
    errors={
        400: "The header Upload-Length is missing or wrong: send a number of bytes.",
        412: tus.OTHER_VERSION,
        413: ERRORS[413],
        422: EMPTY,
        507: ERRORS[507],
    },
    query=JobQuery,
    headers=[tus.VERSION_HEADER, tus.LENGTH_HEADER, tus.METADATA_HEADER],
)
def create() -> Response:
    """Begin a resumable upload of a video."""
    query, length = read_job_query(JobQuery), tus.length()
    metadata = request.headers.get("Upload-Metadata", "")
    filename = clean_filename(tus.filename(metadata))
    with Upload(services().files, services().settings) as upload:
        upload.check_length(length, envelope=0)
        upload.open()
        expires = _save(PartialUpload(upload.id, length, filename, metadata, query.options, query.callback))
        upload.keep()
    return Response(status=201, headers={"Location": f"{tus.ADDRESS}/{upload.id}", "Upload-Expires": expires})


@blueprint.route(f"{tus.ADDRESS}/<upload_id>", methods=["HEAD"])
def tell(upload_id: str) -> Response:
    """Report how many bytes have arrived; if the upload is complete, also which job it is."""
    job_or_partial = _find(upload_id)
    if isinstance(job_or_partial, Job):
        return _complete_response(200, job_or_partial)
    partial, offset = job_or_partial
    if offset == partial.length:
        return _complete_response(200, _complete(partial))
    return _offset_response(200, offset, partial.length, partial.metadata)


@blueprint.patch(f"{tus.ADDRESS}/<upload_id>")
@Operation(
    "continueUpload",
    "uploads",
    [
        Answer(
            204,
            "The bytes are stored.",
            headers={
                "Upload-Offset": "Bytes that have arrived.",
                "Location": "The job's address, once the upload is complete.",
                **EXPIRES,
            },
        )
    ],
    errors={
        **ERRORS,
        400: INTERRUPTED,
        404: NO_SUCH_UPLOAD,
        409: "1000 bytes of this video have arrived: continue there, not at 0.",
        412: tus.OTHER_VERSION,
        413: "The upload exceeds the 2000 bytes of Upload-Length. Earlier bytes are kept.",
    },
    content={"application/offset+octet-stream": {"schema": {}}},
    headers=[tus.VERSION_HEADER, tus.OFFSET_HEADER],
)
def resume(upload_id: UploadId) -> Response:
    """Send the next bytes; with the last one, the upload becomes a job.

    What has arrived is kept if the request breaks off: HEAD returns in `Upload-Offset` where to continue.
    """
    if request.mimetype != "application/offset+octet-stream":
        raise Problem(415, "Send the next bytes of the video as application/offset+octet-stream.")
    begin = tus.byte_count("Upload-Offset")
    job_or_partial = _find(upload_id)
    if isinstance(job_or_partial, Job):
        _check_offset(begin, job_or_partial.size)
        return _complete_response(204, job_or_partial)
    partial, offset = job_or_partial
    if offset < partial.length:
        offset = _receive(partial, begin)
    else:
        _check_offset(begin, offset)
    if offset == partial.length:
        return _complete_response(204, _complete(partial))
    response = _offset_response(204, offset, partial.length, partial.metadata)
    response.headers["Upload-Expires"] = _save(partial)
    return response


@blueprint.delete(f"{tus.ADDRESS}/<upload_id>")
@Operation(
    "deleteUpload",
    "uploads",
    [DELETED],
    errors={404: NO_SUCH_UPLOAD, 412: tus.OTHER_VERSION},
    headers=[tus.VERSION_HEADER],
)
def terminate(upload_id: UploadId) -> Response:
    """Delete an upload, or if it is complete, its job."""
    if isinstance(_find(upload_id), Job):
        services().delete(upload_id)
    else:
        _erase(upload_id)
        log.info("deleted an unfinished upload", job=upload_id, why="by hand", who=who())
    return Response(status=204)


def _check_offset(begin: int, offset: int) -> None:
    if begin != offset:
        raise Problem(409, f"{offset} bytes of this video have arrived: continue there, not at {begin}.")


def _find(upload_id: str) -> Job | tuple[PartialUpload, int]:
    """Return the job of a complete upload, else what was announced about it and how many bytes have arrived."""
    if job := services().find(upload_id):
        return job
    partial = services().uploads.get(upload_id) if JOB_ID.fullmatch(upload_id) else None
    offset = services().files.arrived(upload_id) if partial else None
    if partial and offset is not None:
        return partial, offset
    if job := services().find(upload_id):  # another request has completed it since the first read
        return job
    raise no_such_upload()


def _receive(partial: PartialUpload, begin: int) -> int:
    """Append the body to the file, chunk by chunk; return the new offset."""
    with _open(partial) as upload:
        _check_offset(begin, upload.size)
        upload.check_length(request.content_length, envelope=0)
        _save(partial)  # it must not expire while bytes arrive
        set_stall_timeout()
        try:
            for chunk in _chunks():
                upload.write(chunk)
        except NotAVideo:
            _erase(partial.id)
            raise
        if request.content_length not in (None, upload.size - begin):  # gunicorn ends a truncated body silently
            raise _interrupted()
        return upload.size


def _open(partial: PartialUpload) -> ResumedUpload:
    try:
        return ResumedUpload(services().files, services().settings, partial)
    except FileNotFoundError as error:
        raise Problem(409, "Another request has completed this upload: ask by HEAD for its job.") from error


def _chunks() -> Iterator[bytes]:
    try:
        yield from body_chunks()
    except (ValueError, OSError, BadRequest) as error:
        raise _interrupted() from error


def _interrupted() -> Problem:
    return Problem(400, INTERRUPTED)


def _complete(partial: PartialUpload) -> Job:
    """Turn a complete upload into a job, exactly once; if this crashes at any point, the next request finishes it."""
    try:
        with suppress(FileNotFoundError), ResumedUpload(services().files, services().settings, partial) as upload:
            upload.accept()
    except NotAVideo:
        _erase(partial.id)
        raise
    if services().files.arrived(partial.id) is None and not services().jobs.exists(partial.id):
        raise no_such_upload()  # it was deleted meanwhile
    # No header can contain a line feed, so this is never a client's key.
    idempotency_key = IdempotencyKey(f"upload\n{partial.id}", partial.id)
    sketch, duplicate_of = find_duplicate(partial.id, partial.options)
    services().jobs.create(
        partial.id,
        partial.filename,
        partial.length,
        options=partial.options,
        idempotency_key=idempotency_key,
        callback=partial.callback,
        sketch=sketch,
        duplicate_of=duplicate_of,
        request=request_id(),
    )
    log.info("accepted", job=partial.id, bytes=partial.length)
    services().uploads.forget(partial.id)
    job = services().find(partial.id)
    if job is None:
        raise no_such_job()
    return job


def _complete_response(status: int, job: Job) -> Response:
    name = b64encode(job.filename.encode()).decode()
    response = _offset_response(status, job.size, job.size, f"filename {name}")
    response.headers["Location"] = f"/jobs/{job.id}"
    return response


def _offset_response(status: int, offset: int, length: int, metadata: str) -> Response:
    """Report how many of the bytes of an upload have arrived."""
    headers = {"Upload-Offset": str(offset), "Upload-Length": str(length), "Cache-Control": "no-store"}
    if metadata:
        headers["Upload-Metadata"] = metadata
    return Response(status=status, headers=headers)


def _save(partial: PartialUpload) -> str:
    """Store an upload and restart its expiry; return the time for Upload-Expires."""
    seconds = services().settings.upload_hours * 3600
    services().uploads.save(partial, seconds)
    return formatdate(time() + seconds, usegmt=True)


def _erase(upload_id: str) -> None:
    services().uploads.forget(upload_id)
    services().files.erase(upload_id)
