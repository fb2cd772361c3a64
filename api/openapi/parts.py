"""The pieces of an OpenAPI document: parameters, answers, errors. Knows no route."""

from http import HTTPStatus
from typing import Any

from pydantic import BaseModel

Piece = dict[str, Any]

PROBLEM = "application/problem+json"


def query(model: type[BaseModel]) -> list[Piece]:
    """The parameters of a query, as the model that reads it has them."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    return [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", []),
            "description": field.pop("description", ""),
            "schema": _plain(field, schema.get("$defs", {})),
        }
        for name, field in schema["properties"].items()
    ]


def path(name: str, description: str, **schema: Any) -> Piece:
    """A part of the address."""
    return {"name": name, "in": "path", "required": True, "description": description, "schema": schema}


def header(name: str, description: str, **schema: Any) -> Piece:
    """A header that a client may send."""
    return {"name": name, "in": "header", "description": description, "schema": {"type": "string", **schema}}


def ref(kind: str, name: str) -> Piece:
    """What stands among the components."""
    return {"$ref": f"#/components/{kind}/{name}"}


def answer(description: str, model: str | None = None, headers: Piece | None = None, **more: Any) -> Piece:
    """An answer with a JSON body of this model, or without a body."""
    content = {"content": {"application/json": {"schema": ref("schemas", model), **more}}} if model else {}
    return {"description": description, "headers": headers or {}, **content}


def binary(description: str, media_type: str, headers: Piece | None = None) -> Piece:
    """An answer of bytes."""
    return {"description": description, "headers": headers or {}, "content": {media_type: {"schema": {}}}}


def sent(description: str, **schema: Any) -> Piece:
    """A header of an answer."""
    return {"description": description, "schema": {"type": "string", **schema}}


def problems(*statuses: int, **sentences: str) -> Piece:
    """The errors of an operation by status; a sentence (`s422="…"`) is the example of one."""
    found = {}
    for status in sorted({*statuses, *(int(name[1:]) for name in sentences)}):
        phrase = HTTPStatus(status).phrase
        said = sentences.get(f"s{status}", f"{phrase}.")
        example = {"type": "about:blank", "title": phrase, "status": status, "detail": said}
        body = {"schema": ref("schemas", "Problem"), "example": example}
        found[str(status)] = {"description": said, "content": {PROBLEM: body}}
    return found


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
