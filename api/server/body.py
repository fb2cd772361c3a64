"""The body of a request, read from gunicorn's socket if there is one, else from plain WSGI."""

from collections.abc import Iterator

from flask import request
from gunicorn.http.body import LengthReader  # type: ignore[import-untyped]

CHUNK_BYTES = 256 * 1024  # read at a time
STALL_SECONDS = 60.0  # an upload that sends nothing for this long is aborted


def body_chunks() -> Iterator[bytes]:
    """Read the body of this request directly from the socket, at most `CHUNK_BYTES` at a time.

    Gunicorn would copy each chunk twice, and Werkzeug's stream once more.
    """
    reader = getattr(request.environ["wsgi.input"], "reader", None)
    if not isinstance(reader, LengthReader):
        while chunk := request.stream.read(CHUNK_BYTES):
            yield chunk
        return
    buffered = len(reader.unreader.buf.getvalue())  # arrived together with the request's headers
    if chunk := reader.read(min(buffered, reader.length)):
        yield chunk
    # Never read beyond this body: the next request may follow it.
    while reader.length and (chunk := request.environ["gunicorn.socket"].recv(min(CHUNK_BYTES, reader.length))):
        reader.length -= len(chunk)
        yield chunk


def set_stall_timeout() -> None:
    """Make reading this request fail once the client has sent nothing for `STALL_SECONDS`."""
    if socket := request.environ.get("gunicorn.socket"):
        socket.settimeout(STALL_SECONDS)
