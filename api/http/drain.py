"""What a refused client still sends is read for a while: a connection closed amid that costs the client the answer."""

import time
from contextlib import suppress

from flask import Flask, Response, request

REST_SECONDS = 5.0  # how long the rest of a refused request is read


def register(app: Flask) -> None:
    """Let every refusal, whichever part of the application it comes from, reach its client."""
    app.after_request(_read_rest)


def _read_rest(response: Response) -> Response:
    socket, body = request.environ.get("gunicorn.socket"), request.environ["wsgi.input"]
    has_body = request.content_length or "Transfer-Encoding" in request.headers
    if socket is None or response.status_code < 400 or not has_body:
        return response

    def read() -> None:
        """Read until the client is through, has gone, or the time is over."""
        socket.settimeout(REST_SECONDS)
        deadline = time.monotonic() + REST_SECONDS
        with suppress(OSError):  # the client has gone
            while time.monotonic() < deadline and body.read(64 * 1024):
                pass

    response.call_on_close(read)
    return response
