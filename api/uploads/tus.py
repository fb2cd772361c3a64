"""The headers of tus 1.0. Knows nothing about uploads or jobs."""

import re
from base64 import b64decode
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import request

from api.http.problems import Problem
from api.openapi.operation import header
from shotlens.storage.media_types import ACCEPTED

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ADDRESS = "/uploads"
VERSION = "1.0.0"
EXTENSIONS = "creation,termination,expiration"

BYTES = "(0|[1-9][0-9]{0,17})"
# A name of visible ASCII except the comma, and its value in Base64.
PAIR = "[!-+.-~-]+( ([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)?"
METADATA = f"({PAIR}(, ?{PAIR})*)?"

OTHER_VERSION = f"Uploads need tus {VERSION} here: send the header `Tus-Resumable: {VERSION}`."
VERSION_HEADER = header("Tus-Resumable", "The version of tus.", required=True, enum=[VERSION])
OFFSET_HEADER = header("Upload-Offset", "Bytes that have arrived so far.", required=True, pattern=f"^{BYTES}$")
LENGTH_HEADER = header("Upload-Length", "Bytes of the whole video.", required=True, pattern="^[1-9][0-9]{0,17}$")
METADATA_HEADER = header(
    "Upload-Metadata",
    "Pairs of a name and its value in Base64. `filename`, or else `name`, is the file name of the job.",
    pattern=f"^{METADATA}$",
    examples=["filename YWQubXA0"],
)


class MethodOverride:
    """Takes the method from X-HTTP-Method-Override, as some networks block PATCH and DELETE."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        method = environ.get("HTTP_X_HTTP_METHOD_OVERRIDE", "").upper()
        is_post = environ["REQUEST_METHOD"] == "POST" and environ.get("PATH_INFO", "").startswith(f"{ADDRESS}/")
        if is_post and method in ("PATCH", "DELETE"):
            environ["REQUEST_METHOD"] = method
        return self._app(environ, start_response)


def filename(metadata: str) -> str | None:
    """Read the file name from Upload-Metadata; None if it has none. Raises Problem if the header is malformed."""
    if not re.fullmatch(METADATA, metadata):
        raise Problem(400, "Upload-Metadata is wrong: send names and their values in Base64, as `filename YWQubXA0`.")
    pairs = {name: value for name, _, value in (pair.strip().partition(" ") for pair in metadata.split(","))}
    value = pairs.get("filename", pairs.get("name"))
    return b64decode(value).decode(errors="replace") if value else None


def length() -> int:
    """Read the length of the whole upload in bytes. Raises Problem, also for an empty one."""
    if "Upload-Defer-Length" in request.headers:
        raise Problem(400, "The length cannot be deferred here: send Upload-Length, and no Upload-Defer-Length.")
    announced = byte_count("Upload-Length")
    if announced == 0:
        raise Problem(422, f"The file is empty. Send a video: {ACCEPTED} are accepted.")
    return announced


def byte_count(name: str) -> int:
    """Read a header that counts bytes. Raises Problem if it is missing or not a number."""
    value = request.headers.get(name, "")
    if not re.fullmatch(BYTES, value):
        raise Problem(400, f"The header {name} is missing or wrong: send a number of bytes.")
    return int(value)
