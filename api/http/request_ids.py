"""An id for every request, the client's own if it sends one: in the response, in the log, and in the job's record."""

import re
import secrets
from typing import cast

from flask import Flask, Response, g, request
from structlog.contextvars import bind_contextvars, clear_contextvars

HEADER = "X-Request-Id"
ENVIRON = "shotlens.request"  # where the access log reads it
_ACCEPTED = re.compile(r"[A-Za-z0-9._-]{1,64}")


def register(app: Flask) -> None:
    """Give every request an id. Call this before all other registrations, so that they can use it."""
    app.before_request(_begin)
    app.after_request(_add_header)


def request_id() -> str:
    """Return the id of the current request."""
    return cast(str, g.request_id)


def _begin() -> None:
    client_id = request.headers.get(HEADER, "")
    g.request_id = client_id if _ACCEPTED.fullmatch(client_id) else secrets.token_hex(8)
    request.environ[ENVIRON] = g.request_id
    clear_contextvars()  # left over from the thread's previous request
    bind_contextvars(request=g.request_id)


def _add_header(response: Response) -> Response:
    response.headers[HEADER] = request_id()
    return response
