"""The parts of an OpenAPI document that types make: parameters, answers, errors. Knows no route."""

from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.http.query import sentences
from api.openapi.operation import Answer, Piece

REF = "#/components/schemas/{model}"


class Problem(BaseModel):
    """Every error (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="`about:blank`: what there is to say is in `detail`.")
    title: str
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="A sentence for a person: what was wrong, and what would be right.")
    job: str = Field("", description="The job that came of the request, where there is one.")


def parameters(where: str, model: type[BaseModel]) -> list[Piece]:
    """The fields of a model as parameters in the path or the query."""
    schema = model.model_json_schema()
    return [
        {
            "name": name,
            "in": where,
            "required": name in schema.get("required", []),
            "description": field.pop("description", ""),
            "schema": _without_null(field),
        }
        for name, field in schema.get("properties", {}).items()
    ]


def answer(answer: Answer) -> Piece:
    """An answer that is no error."""
    content: Piece = {media_type: {"schema": {}} for media_type in answer.media_types}
    if answer.model:
        content["application/json"] = of(answer.model)
    if answer.example:
        content["application/json"]["example"] = answer.example.model_dump(mode="json")
    links = {name: {"operationId": name, "parameters": {"path.job_id": "$response.body#/id"}} for name in answer.links}
    headers = {name: {"description": text, "schema": {"type": "string"}} for name, text in answer.headers.items()}
    return {"description": answer.description} | without_empty(headers=headers, content=content, links=links)


def error(status: int, sentence: str) -> Piece:
    """An error, with a sentence as its example."""
    example = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": sentence}
    return {"description": sentence, "content": {"application/problem+json": {**of(Problem), "example": example}}}


def refusal(model: type[BaseModel], part: str) -> str:
    """What is said to a request that names a parameter or a member which the model does not have."""
    try:
        model.model_validate({"colour": "red"})
    except ValidationError as error:
        return sentences(model, error, part)
    raise TypeError(f"{model.__name__} takes any name: set extra='forbid'.")


def of(model: type[BaseModel]) -> Piece:
    """JSON of this model, which must stand among the components."""
    return {"schema": {"$ref": REF.format(model=model.__name__)}}


def without_empty(**members: Any) -> Piece:
    """An object of those members that hold something."""
    return {name: value for name, value in members.items() if value}


def _without_null(field: Piece) -> Piece:
    """A parameter's schema: one that may be left out is never null, for an address has no null."""
    [kind] = [kind for kind in field.pop("anyOf", [{}]) if kind != {"type": "null"}]
    return {key: value for key, value in {**field, **kind}.items() if key != "title" and value is not None}
