"""Drains refused requests for a while: if the connection closed while the client sends, it would miss the answer."""

import time
from contextlib import suppress

from flask import Flask, Response, request

DRAIN_SECONDS = 5.0


def register(app: Flask) -> None:
    """Drain every refused request, whichever part of the application refuses it."""
    app.after_request(_drain_refused)


def _drain_refused(response: Response) -> Response:
    socket, body = request.environ.get("gunicorn.socket"), request.environ["wsgi.input"]
    has_body = request.content_length or "Transfer-Encoding" in request.headers
    if socket is None or response.status_code < 400 or not has_body:
        return response

    def drain() -> None:
        """Read until the body ends, the client disconnects or the time is up."""
        socket.settimeout(DRAIN_SECONDS)
        deadline = time.monotonic() + DRAIN_SECONDS
        with suppress(OSError):  # the client has disconnected
            while time.monotonic() < deadline and body.read(64 * 1024):
                pass

    response.call_on_close(drain)
    return response
