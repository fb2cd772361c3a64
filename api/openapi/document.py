"""Makes the OpenAPI document from the routes of the application. What each declares of itself is in `operation.py`."""

import inspect
import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, get_type_hints

from flask import Flask
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from pydantic.json_schema import JsonSchemaMode, models_json_schema
from werkzeug.routing import Rule

import shotlens
from api.http import access, body, limits, problems
from api.openapi.operation import Answer, Operation, Piece, Tag, View, operation_of

ABOUT = (
    "A video goes in, its shots come out: where each begins and ends, how the camera moves, how large the subject is."
)
TAGS: dict[Tag, str] = {
    "jobs": "Videos, and what was found in them.",
    "corrections": (
        "Labels and bounds of shots, put right by hand. Shots are numbered anew by a split and a merge, so a correction "
        "names the job as it was seen: by `If-Match`. Of two clients that correct the same at once, one gets a 412. "
        "The answer is the whole job, with its new ETag."
    ),
    "uploads": "Videos that come in pieces, and go on after a break (tus 1.0).",
    "media": "Frames and videos.",
    "operation": "For whoever runs the service.",
}
NO_KEY = "This service asks for a key: send it in the header `Authorization: Bearer <key>`."
KEY: Piece = {"type": "http", "scheme": "bearer", "description": "Made by `shotlens keys`."}
REF = "#/components/schemas/{model}"


class Problem(BaseModel):
    """Every error (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="`about:blank`: what there is to say is in `detail`.")
    title: str
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="A sentence for a person: what was wrong, and what would be right.")
    job: str = Field("", description="The job that came of the request, where there is one.")


def document(app: Flask) -> Piece:
    """Write the OpenAPI 3.1 document of all routes that declare an operation."""
    paths: dict[str, Piece] = {}
    models: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {(Problem, "serialization"): None}
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if operation := operation_of(view):
            [method] = (rule.methods or set()) - {"HEAD", "OPTIONS"}
            address = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
            paths.setdefault(address, {})[method.lower()] = _operation(rule, view, operation)
            models |= dict.fromkeys(_models(operation))
    _, schemas = models_json_schema(list(models), ref_template=REF)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Shotlens", "version": shotlens.__version__, "description": ABOUT},
        "tags": [{"name": name, "description": description} for name, description in TAGS.items()],
        "paths": paths,
        "components": {"schemas": schemas["$defs"], "securitySchemes": {"key": KEY}},
    }


def _models(operation: Operation) -> Iterator[tuple[type[BaseModel], JsonSchemaMode]]:
    for answer in operation.answers:
        if answer.model:
            yield answer.model, "serialization"
    if operation.body:
        yield operation.body, "validation"


def _operation(rule: Rule, view: View, operation: Operation) -> Piece:
    summary, _, description = (inspect.getdoc(view) or "").partition("\n")
    errors = {**_common_errors(rule.endpoint), **(body.ERRORS if operation.body else {}), **operation.errors}
    answers = {str(answer.status): _answer(answer) for answer in operation.answers}
    content = {**operation.content, **({"application/json": _of(operation.body)} if operation.body else {})}
    return _without_empty(
        operationId=operation.name,
        summary=summary.removesuffix("."),
        description=" ".join(description.split()),
        tags=[operation.tag],
        security=[] if rule.endpoint in access.PUBLIC else [{}, {"key": []}],  # none, until the first key is made
        parameters=[*_address(rule, view), *(_query(operation.query) if operation.query else []), *operation.headers],
        requestBody={"required": True, "content": content} if content else {},
        responses=answers | {str(status): _error(status, errors[status]) for status in sorted(errors)},
    )


def _common_errors(endpoint: str) -> dict[int, str]:
    """What any request may meet before its route is asked, or in whatever the route does."""
    if endpoint in access.PUBLIC:
        return {}
    limited = {} if endpoint in limits.FREE else {429: problems.SENTENCES[429]}
    return {401: NO_KEY, **limited, 503: problems.NO_QUEUE}


def _address(rule: Rule, view: View) -> list[Piece]:
    """The parts of an address, as the types of the view's arguments have them."""
    types = get_type_hints(view, include_extras=True)
    return [
        _parameter(name, "path", TypeAdapter(types[name]).json_schema(), required=True)
        for name in types
        if name in rule.arguments
    ]


def _query(model: type[BaseModel]) -> list[Piece]:
    """The parameters of a query, as the model that reads it has them."""
    schema = model.model_json_schema(ref_template=REF)
    return [
        _parameter(name, "query", _plain(field, schema.get("$defs", {})), required=name in schema.get("required", []))
        for name, field in schema["properties"].items()
    ]


def _parameter(name: str, where: str, schema: Piece, *, required: bool) -> Piece:
    description = schema.pop("description", "")
    return {"name": name, "in": where, "required": required, "description": description, "schema": schema}


def _plain(field: Piece, defined: Piece) -> Piece:
    """A parameter's schema: one that may be left out is never null, for an address has no null."""
    kinds = [kind for kind in field.pop("anyOf", []) if kind != {"type": "null"}]
    field = {key: value for key, value in field.items() if key not in ("default", "title") or value is not None}
    field.pop("title", None)
    if kinds:
        field |= kinds[0]
    if "$ref" in field:
        field |= defined[field.pop("$ref").rsplit("/", 1)[-1]]
    return field


def _answer(answer: Answer) -> Piece:
    content: Piece = {media_type: {"schema": {}} for media_type in answer.media_types}
    if answer.model:
        content["application/json"] = _of(answer.model)
    if answer.example:
        content["application/json"]["example"] = answer.example.model_dump(mode="json")
    return {"description": answer.description} | _without_empty(
        headers={name: {"description": text, "schema": {"type": "string"}} for name, text in answer.headers.items()},
        content=content,
        links={
            name: {"operationId": name, "parameters": {"path.job_id": "$response.body#/id"}} for name in answer.links
        },
    )


def _error(status: int, sentence: str) -> Piece:
    example = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": sentence}
    return {"description": sentence, "content": {"application/problem+json": {**_of(Problem), "example": example}}}


def _of(model: type[BaseModel]) -> Piece:
    return {"schema": {"$ref": REF.format(model=model.__name__)}}


def _without_empty(**members: Any) -> Piece:
    return {name: value for name, value in members.items() if value}
