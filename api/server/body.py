"""The body of a request as it comes off gunicorn's socket, and as plain WSGI gives it elsewhere."""

from collections.abc import Iterator

from flask import request
from gunicorn.http.body import LengthReader  # type: ignore[import-untyped]

PIECE = 256 * 1024  # bytes that are read at a time
STALL_SECONDS = 60.0  # an upload that sends nothing for so long is given up


def pieces() -> Iterator[bytes]:
    """Read the body of this request as it comes off the socket, at most `PIECE` bytes at a time.

    Gunicorn copies each piece twice on its way, and Werkzeug's stream once more.
    """
    reader = getattr(request.environ["wsgi.input"], "reader", None)
    if not isinstance(reader, LengthReader):
        while piece := request.stream.read(PIECE):
            yield piece
        return
    came = len(reader.unreader.buf.getvalue())  # with the head of the request
    if first := reader.read(min(came, reader.length)):
        yield first
    # By what belongs to this body alone: behind it the next request may have come.
    while reader.length and (piece := request.environ["gunicorn.socket"].recv(min(PIECE, reader.length))):
        reader.length -= len(piece)
        yield piece


def end_stalls() -> None:
    """Let the reading of this request fail once the client sends nothing any more."""
    if socket := request.environ.get("gunicorn.socket"):
        socket.settimeout(STALL_SECONDS)
