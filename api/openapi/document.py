"""Builds the OpenAPI document from the application's routes: their types, docstrings and declared operations."""

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
from api.openapi.operation import JsonObject, Operation, Tag, View, operation_of

TAGS: dict[Tag, str] = {
    "jobs": "Videos and their shots.",
    "corrections": (
        "Labels and bounds of shots, corrected by hand. A split or a merge renumbers the shots, so each correction "
        "sends the ETag of the job as its client saw it in `If-Match`; of two clients that correct a job at the same "
        "time, one gets a 412. The answer is the whole job, with its new ETag."
    ),
    "uploads": "Resumable uploads of videos (tus 1.0).",
    "media": "Frames and videos.",
    "operation": "For operators of the service.",
}
ACCESS_KEY: JsonObject = {"type": "http", "scheme": "bearer", "description": "Created by `shotlens keys`."}
NO_KEY = "This service asks for a key: send it in the header `Authorization: Bearer <key>`."


def document(app: Flask) -> JsonObject:
    """Return the OpenAPI 3.1 document of all routes that declare an operation; it depends on the URL map alone."""
    paths: dict[str, JsonObject] = {}
    models: set[tuple[type[BaseModel], JsonSchemaMode]] = {(parts.Problem, "serialization")}
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if operation := operation_of(view):
            [method] = (rule.methods or set()) - {"HEAD", "OPTIONS"}
            address = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
            paths.setdefault(address, {})[method.lower()] = _operation(rule, view, operation)
            models.update(_models(operation))
    _, schemas = models_json_schema(list(models), ref_template=parts.REF)
    description, _ = _docstring(shotlens)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Shotlens", "version": shotlens.__version__, "description": description},
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": paths,
        "components": {"schemas": schemas["$defs"], "securitySchemes": {"key": ACCESS_KEY}},
    }


def _models(operation: Operation) -> Iterator[tuple[type[BaseModel], JsonSchemaMode]]:
    for answer in operation.answers:
        if answer.model:
            yield answer.model, "serialization"
    if operation.body:
        yield operation.body, "validation"


def _operation(rule: Rule, view: View, operation: Operation) -> JsonObject:
    summary, description = _docstring(view)
    errors = _errors(rule.endpoint, operation)
    types = get_type_hints(view, include_extras=True)
    address: Any = {name: (types[name], ...) for name in types if name in rule.arguments}
    content = {"application/json": parts.content_of(operation.body)} if operation.body else operation.content
    return parts.without_empty(
        operationId=operation.name,
        summary=summary.removesuffix("."),
        description=description,
        tags=[operation.tag],
        security=[] if rule.endpoint in access.PUBLIC else [{}, {"key": []}],  # none until the first key exists
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
    """Return the errors of any request, those of reading a query or a body, and those that the route declares."""
    errors: dict[int, str] = {}
    if endpoint not in access.PUBLIC:
        errors |= {401: NO_KEY, 503: problems.NO_QUEUE}
    if endpoint not in (*access.PUBLIC, *limits.EXEMPT):
        errors[429] = problems.SENTENCES[429]
    if operation.query:
        errors[422] = parts.unknown_name(operation.query, "parameter")
    if operation.body:
        errors |= body.ERRORS | {422: parts.unknown_name(operation.body, "member")}
    return errors | dict(operation.errors)


def _docstring(documented: object) -> tuple[str, str]:
    """Return the first line of a docstring, and the rest joined into one line."""
    first, _, rest = (inspect.getdoc(documented) or "").partition("\n")
    return first, " ".join(rest.split())
