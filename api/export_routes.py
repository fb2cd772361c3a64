"""/jobs/<id>/export: a finished job as a file of some format, all of its shots or some. The formats: `api/exports`."""

import hashlib
from collections.abc import Iterator
from typing import Annotated, Any, Literal
from urllib.parse import quote

from apiflask import APIBlueprint
from flask import Response, request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from api.exports import Format, archive
from api.exports.names import safe_stem
from api.exports.registry import EXPORTS
from api.exports.shots import select
from api.problems import Problem, no_such_job
from api.query import read_query
from api.services import services
from jobs.job import RUNNING
from jobs.result import JobResult
from jobs.shot import Movement, Scale

blueprint = APIBlueprint("exports", __name__, url_prefix="/jobs")


def _words(given: Any) -> Any:
    """Take `scale=MS,CS` for `scale=MS&scale=CS`."""
    return ",".join(given).split(",") if isinstance(given, list) else str(given).split(",")


class ExportQuery(BaseModel):
    """What is exported, and as what."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[Format, "zip"] = Field(
        description=f"`{'`, `'.join(EXPORTS)}`, or `zip`: all of them with the frames."
    )
    scale: Annotated[tuple[Scale, ...], BeforeValidator(_words)] = Field(
        (), description="Shots of these scales alone: separated by commas, or given several times."
    )
    movement: Annotated[tuple[Movement, ...], BeforeValidator(_words)] = Field(
        (), description="Shots of these movements alone."
    )


@blueprint.get("/<job_id>/export")
def export(job_id: str) -> Response:
    """Send the shots of a finished job as a file."""
    result = _finished(job_id)
    query = read_query(ExportQuery)
    chosen = select(result, query.scale, query.movement)
    response = _zip(chosen) if query.format == "zip" else _file(chosen, query.format)
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    return response


def _finished(job_id: str) -> JobResult:
    job = services().find(job_id)
    if job is None:
        raise no_such_job()
    if job.state in RUNNING:
        raise Problem(409, "The job is not done yet: export it when its state is `done`.", {"Retry-After": "1"})
    if job.state == "failed":
        raise Problem(409, f"The job failed, so that there is nothing to export: {job.error}")
    return services().result(job)


def _file(result: JobResult, form: Format) -> Response:
    made = EXPORTS[form]
    response = _attachment(made.write(result), made.media_type, made.filename(result.filename))
    response.add_etag()
    return response


def _zip(result: JobResult) -> Response:
    """Stream the zip. Its ETag is weak, as it is that of the result: the bytes are not known before they are sent."""
    pieces = archive.stream(result, services().files.frames(result.id))
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
