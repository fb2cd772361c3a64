"""/uploads: videos that come in pieces and go on after a break, by tus 1.0. With its last byte an upload is a job."""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from email.utils import formatdate
from time import time
from typing import Annotated

from flask import Blueprint, Response, request
from pydantic import Field
from werkzeug.exceptions import BadRequest

from api.http.problems import Problem, no_such_job
from api.http.request_ids import request_id
from api.jobs.declarations import GONE
from api.openapi.operation import Answer, Operation
from api.server.body import end_stalls, pieces
from api.services import services
from api.uploads import tus
from api.uploads.job_query import JobQuery, read_job_query
from api.uploads.resumed import NO_SUCH_UPLOAD, Continued, no_such_upload
from api.uploads.upload import EMPTY, ERRORS, NotAVideo, Upload, clean_filename
from jobs.logs import log
from jobs.record import Once
from jobs.uploads import PartialUpload
from shotlens.shots.job import Job
from shotlens.storage.files import JOB_ID

blueprint = Blueprint("uploads", __name__)

UploadId = Annotated[str, Field(pattern=f"^{JOB_ID.pattern}$", description="The upload's id, and its job's.")]
EXPIRES = {"Upload-Expires": "When it is removed, unless a piece comes before."}
BROKEN_OFF = "The upload broke off. What came is kept: ask by HEAD how much that is, and go on there."


@blueprint.before_request
def check_version() -> None:
    """Refuse a client that speaks another version, before anything is read."""
    if request.method != "OPTIONS" and request.headers.get("Tus-Resumable") != tus.VERSION:
        raise Problem(412, tus.OTHER_VERSION, {"Tus-Version": tus.VERSION})


@blueprint.after_app_request
def speak_tus(response: Response) -> Response:
    """Name the version in each answer at these addresses, refusals among them, and in OPTIONS all that is offered."""
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
    [Answer(201, "It may begin.", headers={"Location": "The upload's address.", **EXPIRES})],
    errors={
        400: "The header Upload-Length is missing or wrong: send a number of bytes.",
        412: tus.OTHER_VERSION,
        413: ERRORS[413],
        422: EMPTY,
        507: ERRORS[507],
    },
    query=JobQuery,
    headers=[tus.SPOKEN, tus.LENGTH, tus.NAMED],
)
def create() -> Response:
    """Begin the upload of a video that comes in pieces."""
    query, length = read_job_query(JobQuery), tus.length()
    metadata = request.headers.get("Upload-Metadata", "")
    filename = clean_filename(tus.filename(metadata))
    with Upload(services().files, services().settings) as upload:
        upload.announce(length, envelope=0)
        upload.open()
        expires = _save(PartialUpload(upload.id, length, filename, metadata, query.options, query.callback))
        upload.keep()
    return Response(status=201, headers={"Location": f"{tus.ADDRESS}/{upload.id}", "Upload-Expires": expires})


@blueprint.route(f"{tus.ADDRESS}/<upload_id>", methods=["HEAD"])
def tell(upload_id: str) -> Response:
    """Tell how much has come; of an upload that is complete, also which job it is."""
    found = _find(upload_id)
    if isinstance(found, Job):
        return _finished(200, found)
    partial, offset = found
    if offset == partial.length:
        return _finished(200, _finish(partial))
    return _standing(200, offset, partial.length, partial.metadata)


@blueprint.patch(f"{tus.ADDRESS}/<upload_id>")
@Operation(
    "continueUpload",
    "uploads",
    [
        Answer(
            204,
            "They are stored.",
            headers={"Upload-Offset": "Bytes that have come.", "Location": "The job's address, at the end.", **EXPIRES},
        )
    ],
    errors={
        **ERRORS,
        400: BROKEN_OFF,
        404: NO_SUCH_UPLOAD,
        409: "1000 bytes of this video have come: go on there, not at 0.",
        412: tus.OTHER_VERSION,
        413: "More came than the 2000 bytes of Upload-Length. What came before is kept.",
    },
    content={"application/offset+octet-stream": {"schema": {}}},
    headers=[tus.SPOKEN, tus.OFFSET],
)
def resume(upload_id: UploadId) -> Response:
    """Send the next bytes; with the last one the upload is a job.

    What came stays when the request breaks off: HEAD tells in `Upload-Offset` where to go on.
    """
    if request.mimetype != "application/offset+octet-stream":
        raise Problem(415, "Send the next bytes of the video as application/offset+octet-stream.")
    begin = tus.number("Upload-Offset")
    found = _find(upload_id)
    if isinstance(found, Job):
        _check_offset(begin, found.size)
        return _finished(204, found)
    partial, offset = found
    if offset < partial.length:
        offset = _receive(partial, begin)
    else:
        _check_offset(begin, offset)
    if offset == partial.length:
        return _finished(204, _finish(partial))
    response = _standing(204, offset, partial.length, partial.metadata)
    response.headers["Upload-Expires"] = _save(partial)
    return response


@blueprint.delete(f"{tus.ADDRESS}/<upload_id>")
@Operation(
    "deleteUpload", "uploads", [GONE], errors={404: NO_SUCH_UPLOAD, 412: tus.OTHER_VERSION}, headers=[tus.SPOKEN]
)
def terminate(upload_id: UploadId) -> Response:
    """Remove an upload; a complete one is a job, which goes too."""
    if isinstance(_find(upload_id), Job):
        services().delete(upload_id)
    else:
        _erase(upload_id)
    return Response(status=204)


def _check_offset(begin: int, offset: int) -> None:
    if begin != offset:
        raise Problem(409, f"{offset} bytes of this video have come: go on there, not at {begin}.")


def _find(upload_id: str) -> Job | tuple[PartialUpload, int]:
    """Look an upload up: the job that it is, else what was announced of it, and how many bytes have come."""
    if job := services().find(upload_id):
        return job
    partial = services().uploads.get(upload_id) if JOB_ID.fullmatch(upload_id) else None
    offset = services().files.arrived(upload_id) if partial else None
    if partial and offset is not None:
        return partial, offset
    if job := services().find(upload_id):  # another request has made it one between the two looks
        return job
    raise no_such_upload()


def _receive(partial: PartialUpload, begin: int) -> int:
    """Write the body to the end of the file, piece by piece; return the new offset."""
    with _open(partial) as upload:
        _check_offset(begin, upload.size)
        upload.announce(request.content_length, envelope=0)
        _save(partial)  # it must not expire while it comes
        end_stalls()
        try:
            for piece in _pieces():
                upload.write(piece)
        except NotAVideo:
            _erase(partial.id)
            raise
        if request.content_length not in (None, upload.size - begin):  # gunicorn ends a broken body like a whole one
            raise _broken_off()
        return upload.size


def _open(partial: PartialUpload) -> Continued:
    try:
        return Continued(services().files, services().settings, partial)
    except FileNotFoundError as error:
        raise Problem(409, "Another request has completed this upload: ask by HEAD for its job.") from error


def _pieces() -> Iterator[bytes]:
    try:
        yield from pieces()
    except (ValueError, OSError, BadRequest) as error:
        raise _broken_off() from error


def _broken_off() -> Problem:
    return Problem(400, BROKEN_OFF)


def _finish(partial: PartialUpload) -> Job:
    """Make the complete upload a job, once; after a crash anywhere in here, the next request goes on."""
    try:
        with suppress(FileNotFoundError), Continued(services().files, services().settings, partial) as upload:
            upload.accept()
    except NotAVideo:
        _erase(partial.id)
        raise
    if services().files.arrived(partial.id) is None and not services().jobs.exists(partial.id):
        raise no_such_upload()  # it was deleted meanwhile
    once = Once(f"upload\n{partial.id}", partial.id)  # no header holds a line feed: that is no client's key
    services().jobs.create(
        partial.id,
        partial.filename,
        partial.length,
        options=partial.options,
        once=once,
        callback=partial.callback,
        request=request_id(),
    )
    log.info("accepted", job=partial.id, bytes=partial.length)
    services().uploads.forget(partial.id)
    job = services().find(partial.id)
    if job is None:
        raise no_such_job()
    return job


def _finished(status: int, job: Job) -> Response:
    name = b64encode(job.filename.encode()).decode()
    response = _standing(status, job.size, job.size, f"filename {name}")
    response.headers["Location"] = f"/jobs/{job.id}"
    return response


def _standing(status: int, offset: int, length: int, metadata: str) -> Response:
    """Tell where an upload stands."""
    headers = {"Upload-Offset": str(offset), "Upload-Length": str(length), "Cache-Control": "no-store"}
    if metadata:
        headers["Upload-Metadata"] = metadata
    return Response(status=status, headers=headers)


def _save(partial: PartialUpload) -> str:
    """Keep an upload from now on; return until when, as Upload-Expires has it."""
    seconds = services().settings.upload_hours * 3600
    services().uploads.save(partial, seconds)
    return formatdate(time() + seconds, usegmt=True)


def _erase(upload_id: str) -> None:
    services().uploads.forget(upload_id)
    services().files.erase(upload_id)
