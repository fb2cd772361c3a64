"""/openapi.json and /docs."""

from functools import cache
from typing import Literal

from apiflask import APIBlueprint
from flask import Response, jsonify, render_template
from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import models_json_schema

from api.document import health, jobs, uploads
from api.document.parts import Piece
from jobs.result import JobPage, JobResult

blueprint = APIBlueprint("document", __name__)

VERSION = "1"
ABOUT = (
    "A video goes in, its shots come out: where each begins and ends, how the camera moves, how large the subject is."
)
# Swagger UI draws its icons from data.
SHOWN = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"


class Problem(BaseModel):
    """Every error (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="`about:blank`: what there is to say is in `detail`.")
    title: str
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="A sentence for a person: what was wrong, and what would be right.")
    job: str = Field("", description="The job that came of the request, where there is one.")


class Health(BaseModel):
    """An answer that is always the same."""

    status: Literal["ok", "ready"]


@cache
def document() -> Piece:
    """The OpenAPI 3.1 document."""
    models = [(model, "serialization") for model in (JobResult, JobPage, Problem, Health)]
    _, schemas = models_json_schema(models, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    return {
        "openapi": "3.1.0",
        "info": {"title": "Shotlens", "version": VERSION, "description": ABOUT},
        "tags": [
            {"name": "jobs", "description": "Videos, and what was found in them."},
            {"name": "uploads", "description": "Videos that come in pieces, and go on after a break (tus 1.0)."},
            {"name": "media", "description": "Frames and videos."},
            {"name": "operation", "description": "For whoever runs the service."},
        ],
        "paths": jobs.paths() | uploads.paths() | health.paths(),
        "components": {"schemas": schemas["$defs"]},
    }


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """Send the document."""
    return jsonify(document())


@blueprint.get("/docs")
def docs() -> Response:
    """Show the document as pages."""
    response = Response(render_template("docs.html"))
    response.headers["Content-Security-Policy"] = SHOWN
    return response
