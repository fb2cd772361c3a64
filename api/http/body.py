"""A small JSON body, read into a model, or refused with a sentence."""

from typing import TypeVar

from flask import request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import RequestEntityTooLarge

from api.http.problems import Problem
from api.http.query import sentences

Body = TypeVar("Body", bound=BaseModel)

MOST_BYTES = 4096
ERRORS = {  # by status, of any body; what is wrong for one model is a 422
    400: "The body is no JSON.",
    413: f"The body is too large: {MOST_BYTES} bytes are more than it needs.",
    415: "Send a JSON object, as Content-Type: application/json.",
}


def read_body(model: type[Body]) -> Body:
    """Read the body of this request. Raises Problem for what is no JSON object that the model knows and allows."""
    if request.mimetype != "application/json":
        raise Problem(415, ERRORS[415])
    request.max_content_length = MOST_BYTES
    try:
        return model.model_validate_json(request.get_data(cache=False))
    except RequestEntityTooLarge as error:
        raise Problem(413, ERRORS[413]) from error
    except ValidationError as error:
        kind = error.errors(include_url=False, include_input=False)[0]["type"]
        if kind == "json_invalid":
            raise Problem(400, ERRORS[400]) from error
        if kind == "model_type":
            raise Problem(422, "The body is JSON, but no object: send one in braces.") from error
        raise Problem(422, sentences(model, error, "member")) from error
