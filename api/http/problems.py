"""The only place that writes errors: as `application/problem+json` (RFC 9457), or as a page for a person at a browser.

Both say the same sentence, what was wrong and what would be right; in JSON it is `detail`.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus

from flask import Flask, Response, render_template, request
from redis import RedisError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

MEDIA_TYPE = "application/problem+json"
SENTENCES = {
    400: "The request could not be understood.",
    404: "There is nothing at this address: check how it is spelt.",
    413: "The request is too large: send one video in the field `file`, and little else.",
    416: "The video has no such range of bytes; its size is in the header Content-Range.",
    429: "Too many requests: wait for the number of seconds in the header Retry-After.",
    500: "Something went wrong on the server, not with your request. The operator can find the reason in the log.",
}
NO_SUCH_JOB = "There is no video with this id: it was never uploaded, was deleted, or has expired."
NO_QUEUE = "The job queue does not answer. Try again in a minute."


class Problem(HTTPException):
    """An error with a sentence that says what was wrong and what would be right."""

    def __init__(
        self, status: int, detail: str, headers: Mapping[str, str] | None = None, **members: str | int
    ) -> None:
        super().__init__(detail)
        self.code = status
        self.headers = headers or {}
        self.members = members  # additional members of the problem document


def no_such_job() -> Problem:
    return Problem(404, NO_SUCH_JOB)


def is_for_person() -> bool:
    """Return whether a browser wants to show the answer as a page: only then does it ask for HTML by name."""
    accepted = request.accept_mimetypes
    return accepted["text/html"] > accepted[MEDIA_TYPE]


def register(app: Flask) -> None:
    """Answer every error of the app with a problem document, or with a page."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(RedisError, _redis_error)


def _http_error(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < 400:
        return error  # a redirect, which Werkzeug raises as well
    if isinstance(error, Problem):
        return _response(error.code, error.description or "", error.headers, error.members)
    headers = {name: value for name, value in error.get_headers() if name != "Content-Type"}
    return _response(error.code, _sentence(error), headers, {})


def _redis_error(error: Exception) -> Response:
    return _response(503, NO_QUEUE, {"Retry-After": "10"}, {})


def _sentence(error: HTTPException) -> str:
    if isinstance(error, MethodNotAllowed):
        methods = sorted(set(error.valid_methods or ()) - {"HEAD", "OPTIONS"})
        return f"This address does not accept {request.method}, only {' and '.join(methods)}."
    return SENTENCES.get(error.code or 500) or error.description or "The request was refused."


def _response(status: int, detail: str, headers: Mapping[str, str], members: Mapping[str, str | int]) -> Response:
    title = HTTPStatus(status).phrase
    if is_for_person():
        response = Response(render_template("error.html", title=title, detail=detail), status, dict(headers))
    else:
        body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **members}
        response = Response(json.dumps(body), status, dict(headers), content_type=MEDIA_TYPE)
    response.vary.add("Accept")
    return response
