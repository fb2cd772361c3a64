"""Reads a small JSON body into a model, or refuses it with a sentence."""

from typing import TypeVar

from flask import request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import RequestEntityTooLarge

from api.http.problems import Problem
from api.http.query import sentences

Body = TypeVar("Body", bound=BaseModel)

MAX_BYTES = 4096
ERRORS = {  # by status, for any body; a body that its model does not allow is a 422
    400: "The body is not JSON.",
    413: f"The body is too large: send at most {MAX_BYTES} bytes.",
    415: "Send a JSON object, as Content-Type: application/json.",
}


def read_body(model: type[Body]) -> Body:
    """Read the body of this request. Raises Problem unless it is a JSON object that the model allows."""
    if request.mimetype != "application/json":
        raise Problem(415, ERRORS[415])
    request.max_content_length = MAX_BYTES
    try:
        return model.model_validate_json(request.get_data(cache=False))
    except RequestEntityTooLarge as error:
        raise Problem(413, ERRORS[413]) from error
    except ValidationError as error:
        kind = error.errors(include_url=False, include_input=False)[0]["type"]
        if kind == "json_invalid":
            raise Problem(400, ERRORS[400]) from error
        if kind == "model_type":
            raise Problem(422, "The body is JSON, but not an object: send one in braces.") from error
        raise Problem(422, sentences(model, error, "member")) from error
