"""The parts of an OpenAPI document that follow from types: parameters, responses, errors. Knows no route."""

from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.http.query import sentences
from api.openapi.operation import Answer, JsonObject

REF = "#/components/schemas/{model}"


class Problem(BaseModel):
    """The body of every error (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="Always `about:blank`: `detail` has the explanation.")
    title: str
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="A sentence for a person: what was wrong, and what would be right.")
    job: str = Field("", description="The id of the job that the request created, if there is one.")


def parameters(where: str, model: type[BaseModel]) -> list[JsonObject]:
    """Return the fields of a model as parameters in the path or the query."""
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


def answer(answer: Answer) -> JsonObject:
    """Return a response that is not an error."""
    content: JsonObject = {media_type: {"schema": {}} for media_type in answer.media_types}
    if answer.model:
        content["application/json"] = content_of(answer.model)
    if answer.example:
        content["application/json"]["example"] = answer.example.model_dump(mode="json")
    links = {name: {"operationId": name, "parameters": {"path.job_id": "$response.body#/id"}} for name in answer.links}
    headers = {name: {"description": text, "schema": {"type": "string"}} for name, text in answer.headers.items()}
    return {"description": answer.description} | without_empty(headers=headers, content=content, links=links)


def error(status: int, sentence: str) -> JsonObject:
    """Return an error, with a sentence as its example."""
    example = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": sentence}
    return {
        "description": sentence,
        "content": {"application/problem+json": {**content_of(Problem), "example": example}},
    }


def unknown_name(model: type[BaseModel], part: str) -> str:
    """Return the sentence for a request with a parameter or member that the model does not have."""
    try:
        model.model_validate({"colour": "red"})
    except ValidationError as error:
        return sentences(model, error, part)
    raise TypeError(f"{model.__name__} accepts any name: set extra='forbid'.")


def content_of(model: type[BaseModel]) -> JsonObject:
    """Return the content of a JSON body of this model, which must be among the components."""
    return {"schema": {"$ref": REF.format(model=model.__name__)}}


def without_empty(**members: Any) -> JsonObject:
    """Return an object with those members that are not empty."""
    return {name: value for name, value in members.items() if value}


def _without_null(field: JsonObject) -> JsonObject:
    """Return a parameter's schema without null: an optional parameter is left out, as an address cannot hold null."""
    [kind] = [kind for kind in field.pop("anyOf", [{}]) if kind != {"type": "null"}]
    return {key: value for key, value in {**field, **kind}.items() if key != "title" and value is not None}
