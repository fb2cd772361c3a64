"""An id for every request, the client's own where it sends one: in the answer, in the log, with the job it brings."""

import re
import secrets
from typing import cast

from flask import Flask, Response, g, request
from structlog.contextvars import bind_contextvars, clear_contextvars

HEADER = "X-Request-Id"
ENVIRON = "shotlens.request"  # where the access log finds it
_ACCEPTED = re.compile(r"[A-Za-z0-9._-]{1,64}")


def register(app: Flask) -> None:
    """Give ids to requests; to be registered first, so that whatever else happens has one."""
    app.before_request(_begin)
    app.after_request(_tell)


def request_id() -> str:
    """Return the id of the request under way."""
    return cast(str, g.request_id)


def _begin() -> None:
    sent = request.headers.get(HEADER, "")
    g.request_id = sent if _ACCEPTED.fullmatch(sent) else secrets.token_hex(8)
    request.environ[ENVIRON] = g.request_id
    clear_contextvars()  # the thread has answered others before
    bind_contextvars(request=g.request_id)


def _tell(response: Response) -> Response:
    response.headers[HEADER] = request_id()
    return response
