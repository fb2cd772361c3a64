"""/openapi.json and /docs."""

from functools import cache
from typing import Literal

from apiflask import APIBlueprint
from flask import Response, jsonify, render_template
from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import models_json_schema

from api.jobs.corrections import Labels, SplitAt
from api.openapi import corrections, exports, health, jobs, uploads
from api.openapi.parts import Piece, problems
from shotlens.shots.camera import CameraPathResult
from shotlens.shots.result import JobPage, JobResult

blueprint = APIBlueprint("document", __name__)

VERSION = "1"
ABOUT = (
    "A video goes in, its shots come out: where each begins and ends, how the camera moves, how large the subject is."
)
OPEN = ("/healthz", "/readyz")  # to everyone, and as often as they like
REFUSED = problems(
    s401="This service asks for a key: send it in the header `Authorization: Bearer <key>`.",
    s429="Too many requests: ask again after as many seconds as the header Retry-After says.",
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
    sent, taken = (JobResult, JobPage, CameraPathResult, Problem, Health), (Labels, SplitAt)
    models = [*((model, "serialization") for model in sent), *((model, "validation") for model in taken)]
    _, schemas = models_json_schema(models, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    paths = jobs.paths() | uploads.paths() | corrections.paths() | exports.paths() | health.paths()
    for address, item in paths.items():
        if address not in OPEN:
            for operation in item.values():
                operation["security"] = [{}, {"key": []}]  # none, until the first key is made
                operation["responses"] |= REFUSED
    return {
        "openapi": "3.1.0",
        "info": {"title": "Shotlens", "version": VERSION, "description": ABOUT},
        "tags": [
            {"name": "jobs", "description": "Videos, and what was found in them."},
            {"name": "corrections", "description": "Labels and bounds of shots, put right by hand."},
            {"name": "uploads", "description": "Videos that come in pieces, and go on after a break (tus 1.0)."},
            {"name": "media", "description": "Frames and videos."},
            {"name": "operation", "description": "For whoever runs the service."},
        ],
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "Made by `shotlens keys`."}},
        },
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
