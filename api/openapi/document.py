"""Makes the OpenAPI document of the application's routes from their types and from what `operation.py` has of them."""

import inspect
import re
from collections.abc import Iterator
from typing import Any, get_type_hints

from flask import Flask
from pydantic import BaseModel, create_model
from pydantic.json_schema import JsonSchemaMode, models_json_schema
from werkzeug.routing import Rule

import shotlens
from api.http import access, body, limits, problems
from api.openapi import parts
from api.openapi.operation import Operation, Piece, Tag, View, operation_of

TAGS: dict[Tag, str] = {
    "jobs": "Videos, and what was found in them.",
    "corrections": (
        "Labels and bounds of shots, put right by hand. A split and a merge number the shots anew, so each correction "
        "names the job as its client saw it, by `If-Match`; of two that correct the same at once, one gets a 412. "
        "The answer is the whole job, with its new ETag."
    ),
    "uploads": "Videos that come in pieces, and go on after a break (tus 1.0).",
    "media": "Frames and videos.",
    "operation": "For whoever runs the service.",
}
KEY: Piece = {"type": "http", "scheme": "bearer", "description": "Made by `shotlens keys`."}
NO_KEY = "This service asks for a key: send it in the header `Authorization: Bearer <key>`."


def document(app: Flask) -> Piece:
    """Write the OpenAPI 3.1 document of all routes that declare an operation."""
    paths: dict[str, Piece] = {}
    models: set[tuple[type[BaseModel], JsonSchemaMode]] = {(parts.Problem, "serialization")}
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if operation := operation_of(view):
            [method] = (rule.methods or set()) - {"HEAD", "OPTIONS"}
            address = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
            paths.setdefault(address, {})[method.lower()] = _operation(rule, view, operation)
            models.update(_models(operation))
    _, schemas = models_json_schema(list(models), ref_template=parts.REF)
    about, _ = _words(shotlens)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Shotlens", "version": shotlens.__version__, "description": about},
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
    summary, description = _words(view)
    errors = _errors(rule.endpoint, operation)
    types = get_type_hints(view, include_extras=True)
    address: Any = {name: (types[name], ...) for name in types if name in rule.arguments}
    content = {"application/json": parts.of(operation.body)} if operation.body else operation.content
    return parts.without_empty(
        operationId=operation.name,
        summary=summary.removesuffix("."),
        description=description,
        tags=[operation.tag],
        security=[] if rule.endpoint in access.PUBLIC else [{}, {"key": []}],  # none, until the first key is made
        parameters=[
            *parts.parameters("path", create_model("Address", **address)),
            *(parts.parameters("query", operation.query) if operation.query else ()),
            *operation.headers,
        ],
        requestBody={"required": True, "content": content} if content else {},
        responses={
            **{str(answer.status): parts.answer(answer) for answer in operation.answers},
            **{str(status): parts.error(status, errors[status]) for status in sorted(errors)},
        },
    )


def _errors(endpoint: str, operation: Operation) -> dict[int, str]:
    """What any request may meet, what comes of reading a query and a body, and what the route declares."""
    errors: dict[int, str] = {}
    if endpoint not in access.PUBLIC:
        errors |= {401: NO_KEY, 503: problems.NO_QUEUE}
    if endpoint not in (*access.PUBLIC, *limits.FREE):
        errors[429] = problems.SENTENCES[429]
    if operation.query:
        errors[422] = parts.refusal(operation.query, "parameter")
    if operation.body:
        errors |= body.ERRORS | {422: parts.refusal(operation.body, "member")}
    return errors | dict(operation.errors)


def _words(thing: object) -> tuple[str, str]:
    """The first line of a docstring, and the rest in one line."""
    first, _, rest = (inspect.getdoc(thing) or "").partition("\n")
    return first, " ".join(rest.split())
