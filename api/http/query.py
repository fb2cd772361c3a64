"""Reads the query of an address into a model, or refuses it with a sentence."""

from typing import TypeVar

from flask import request
from pydantic import BaseModel, ValidationError

from api.http.problems import Problem

Query = TypeVar("Query", bound=BaseModel)


def read_query(model: type[Query]) -> Query:
    """Read the query of this request. Raises Problem for parameters that the model does not have or allow.

    A parameter that occurs several times becomes a list.
    """
    parameters = {name: values if len(values) > 1 else values[0] for name, values in request.args.lists()}
    try:
        return model.model_validate(parameters)
    except ValidationError as error:
        raise Problem(422, sentences(model, error, "parameter")) from error


def sentences(model: type[BaseModel], error: ValidationError, part: str) -> str:
    """Describe everything that is wrong with the input of a model, and what would be right."""
    items = error.errors(include_url=False, include_input=False)
    return " ".join(_sentence(model, part, item["loc"], item["type"], item["msg"]) for item in items)


def _sentence(model: type[BaseModel], part: str, where: tuple[int | str, ...], kind: str, message: str) -> str:
    name = str(where[0]) if where else ""
    if kind == "extra_forbidden":
        return f"There is no {part} {name[:40]!r} here, only {_listed(list(model.model_fields))}."
    if kind == "missing":
        text = model.model_fields[name].description
        return f"The {part} {name!r} is missing{f': {text[:1].lower()}{text[1:]}' if text else '.'}"
    return f"The {part} {name!r} is wrong: {message[:1].lower()}{message[1:]}."


def _listed(names: list[str]) -> str:
    return " and ".join(", ".join(names).rsplit(", ", 1))
