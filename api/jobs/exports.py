"""/jobs/<id>/export: all or some shots of a finished job as a file. The formats are in `shotlens/exports`."""

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import quote

from flask import Blueprint, Response, request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model

from api.http.problems import NO_SUCH_JOB, Problem, no_such_job
from api.http.query import read_query
from api.jobs.declarations import IF_NONE_MATCH, NOT_MODIFIED, TIMECODE, JobId
from api.openapi.operation import Answer, Operation
from api.services import services
from shotlens.exports import archive
from shotlens.exports.names import safe_stem
from shotlens.exports.registry import EXPORTS, SHEETS
from shotlens.exports.shots import select
from shotlens.exports.stills import Stills
from shotlens.shots.errors import ShotlensError
from shotlens.shots.heads import HEADS, Head, heads_by_rank, label_type
from shotlens.shots.job import RUNNING, Job
from shotlens.shots.result import JobResult
from shotlens.shots.timecodes import TimecodeStart, counted_from

if TYPE_CHECKING:
    ExportFormat = str
else:
    ExportFormat = Literal[(*EXPORTS, *SHEETS, "zip")]

blueprint = Blueprint("exports", __name__, url_prefix="/jobs")

MEDIA_TYPES = sorted({archive.MEDIA_TYPE, *(form.media_type for form in (*EXPORTS.values(), *SHEETS.values()))})
NOT_DONE = "The job is not done yet: export it when its state is `done`."


def _labels(parameter: Any) -> Any:
    """Read `scale=MS,CS` like `scale=MS&scale=CS`."""
    return ",".join(parameter).split(",") if isinstance(parameter, list) else str(parameter).split(",")


class _ExportQuery(BaseModel):
    """What to export, and in which format."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: ExportFormat = Field(
        description=f"`{'`, `'.join(EXPORTS)}`; `zip`: all of these with the frames; or a contact sheet: "
        f"`{'`, `'.join(SHEETS)}`."
    )
    timecode: TimecodeStart = Field("source", description=TIMECODE)
    frames: archive.FramesOfShot = Field("all", description="In the zip: all eight frames of each shot, or `one`.")


def _label_parameter(head: Head) -> Any:
    """Return the parameter that selects shots by the labels of a head."""
    description = f"Only shots with these labels of {head.name}: separated by commas, or as several parameters."
    labels: Any = tuple[label_type(head), ...]  # type: ignore[misc]  # built at run time
    return Annotated[labels, BeforeValidator(_labels)], Field((), description=description)


ExportQuery = create_model(
    "ExportQuery",
    __base__=_ExportQuery,
    __doc__=_ExportQuery.__doc__,
    **{head.name: _label_parameter(head) for head in heads_by_rank()},
)


@blueprint.get("/<job_id>/export")
@Operation(
    "exportJob",
    "jobs",
    [
        Answer(
            200,
            "The file, with a name to save it under.",
            media_types=MEDIA_TYPES,
            headers={"ETag": "The version of this export.", "Content-Disposition": "The name of the file."},
        ),
        NOT_MODIFIED,
    ],
    errors={404: NO_SUCH_JOB, 409: NOT_DONE},
    query=ExportQuery,
    headers=[IF_NONE_MATCH],
)
def export(job_id: JobId) -> Response:
    """Export the shots of a finished job as a file for other programs.

    Labels set by hand take precedence over predicted ones.
    """
    job = _finished(job_id)
    query = read_query(ExportQuery)
    selected = select(services().result(job), query.model_dump(include=set(HEADS)))
    result = counted_from(query.timecode, selected)
    if query.format in EXPORTS:
        response = _file(result, query.format)
    elif query.format in SHEETS:
        response = _sheet(result, query.format, services().stills(job))
    else:
        response = _zip(result, query.frames, services().stills(job))
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    return response


def _finished(job_id: str) -> Job:
    job = services().find(job_id)
    if job is None:
        raise no_such_job()
    if job.state in RUNNING:
        raise Problem(409, NOT_DONE, {"Retry-After": "1"})
    if job.state == "failed":
        raise Problem(409, f"The job failed, so there is nothing to export: {job.error}")
    return job


def _file(result: JobResult, format_name: str) -> Response:
    export = EXPORTS[format_name]
    response = _attachment(export.write(result), export.media_type, export.filename(result.filename))
    response.add_etag()
    return response


def _sheet(result: JobResult, format_name: str, stills: Stills) -> Response:
    sheet = SHEETS[format_name]
    try:
        pieces = sheet.stream(result, stills)
    except ShotlensError as error:
        raise Problem(422, str(error)) from error
    return _streamed(pieces, sheet.media_type, sheet.filename(result.filename), result)


def _zip(result: JobResult, frames: archive.FramesOfShot, stills: Stills) -> Response:
    pieces = archive.stream(result, stills, frames)
    return _streamed(pieces, archive.MEDIA_TYPE, safe_stem(result.filename) + archive.SUFFIX, result)


def _streamed(pieces: Iterator[bytes], media_type: str, filename: str, result: JobResult) -> Response:
    """Send a file while it is written. Its ETag is weak, derived from the result, as its bytes are not known before."""
    response = _attachment(pieces, media_type, filename)
    response.set_etag(hashlib.sha256(result.model_dump_json().encode()).hexdigest(), weak=True)
    return response


def _attachment(body: bytes | Iterator[bytes], media_type: str, filename: str) -> Response:
    """Respond with a file to save: with its full name (RFC 8187), and one in ASCII for clients that need it."""
    response = Response(body, content_type=media_type)
    ascii_name = filename.encode("ascii", "replace").decode().replace("?", "_")
    names = {"filename": ascii_name, "filename*": f"UTF-8''{quote(filename, safe='')}"}
    response.headers.set("Content-Disposition", "attachment", **names)
    return response
