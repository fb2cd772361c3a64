"""/jobs/<id>/export: a finished job as a file, all of its shots or some. The formats are in `shotlens/exports`."""

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import quote

from flask import Blueprint, Response, request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model

from api.http.problems import NO_SUCH_JOB, Problem, no_such_job
from api.http.query import read_query
from api.jobs.declarations import KNOWN, JobId
from api.openapi.operation import Answer, Operation, header
from api.services import services
from shotlens.exports import archive
from shotlens.exports.names import safe_stem
from shotlens.exports.registry import EXPORTS
from shotlens.exports.shots import select
from shotlens.shots.heads import HEADS, Head, label_type, spoken
from shotlens.shots.job import RUNNING, Job
from shotlens.shots.result import JobResult

if TYPE_CHECKING:
    ExportFormat = str
else:
    ExportFormat = Literal[(*EXPORTS, "zip")]

blueprint = Blueprint("exports", __name__, url_prefix="/jobs")

MEDIA_TYPES = sorted({archive.MEDIA_TYPE, *(export.media_type for export in EXPORTS.values())})
NOT_DONE = "The job is not done yet: export it when its state is `done`."


def _words(given: Any) -> Any:
    """Take `scale=MS,CS` for `scale=MS&scale=CS`."""
    return ",".join(given).split(",") if isinstance(given, list) else str(given).split(",")


class _ExportQuery(BaseModel):
    """What is exported, and as what."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: ExportFormat = Field(description=f"`{'`, `'.join(EXPORTS)}`, or `zip`: all of them with the frames.")


def _choice(head: Head) -> Any:
    """The parameter that chooses among the labels of a head."""
    about = f"Shots with these labels of {head.name} alone: separated by commas, or given several times."
    labels: Any = tuple[label_type(head), ...]  # type: ignore[misc]  # made while running
    return Annotated[labels, BeforeValidator(_words)], Field((), description=about)


ExportQuery = create_model(
    "ExportQuery",
    __base__=_ExportQuery,
    __doc__=_ExportQuery.__doc__,
    **{head.name: _choice(head) for head in spoken()},
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
            headers={"ETag": "Of this export.", "Content-Disposition": "The file's name."},
        ),
        KNOWN,
    ],
    errors={404: NO_SUCH_JOB, 409: NOT_DONE},
    query=ExportQuery,
    headers=[header("If-None-Match", "The ETag of an export that is known already.")],
)
def export(job_id: JobId) -> Response:
    """Send the shots of a finished job as a file for other programs.

    Labels set by hand go before the model's.
    """
    job = _finished(job_id)
    query = read_query(ExportQuery)
    chosen = select(services().result(job), query.model_dump(include=set(HEADS)))
    response = _zip(job, chosen) if query.format == "zip" else _file(chosen, query.format)
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
        raise Problem(409, f"The job failed, so that there is nothing to export: {job.error}")
    return job


def _file(result: JobResult, form: str) -> Response:
    export = EXPORTS[form]
    response = _attachment(export.write(result), export.media_type, export.filename(result.filename))
    response.add_etag()
    return response


def _zip(job: Job, result: JobResult) -> Response:
    """Stream the zip. Its ETag is weak, as it is that of the result: the bytes are not known before they are sent."""
    pieces = archive.stream(result, services().frame_names(job), services().files.frames(job.id))
    response = _attachment(pieces, archive.MEDIA_TYPE, safe_stem(result.filename) + archive.SUFFIX)
    response.set_etag(hashlib.sha256(result.model_dump_json().encode()).hexdigest(), weak=True)
    return response


def _attachment(body: bytes | Iterator[bytes], media_type: str, filename: str) -> Response:
    """Answer with a file to save: its name in full (RFC 8187), and in ASCII for clients that know no other."""
    response = Response(body, content_type=media_type)
    ascii_name = filename.encode("ascii", "replace").decode().replace("?", "_")
    names = {"filename": ascii_name, "filename*": f"UTF-8''{quote(filename, safe='')}"}
    response.headers.set("Content-Disposition", "attachment", **names)
    return response
