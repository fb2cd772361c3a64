"""What tus 1.0 says in headers. Knows no upload and no job."""

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
# A key, which is visible ASCII but the comma, and its value in Base64.
PAIR = "[!-+.-~-]+( ([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)?"
METADATA = f"({PAIR}(, ?{PAIR})*)?"

OTHER_VERSION = f"Uploads are spoken of in tus {VERSION} here: send the header `Tus-Resumable: {VERSION}`."
SPOKEN = header("Tus-Resumable", "The version of tus.", required=True, enum=[VERSION])
OFFSET = header("Upload-Offset", "Bytes that have come by now.", required=True, pattern=f"^{BYTES}$")
LENGTH = header("Upload-Length", "Bytes of the whole video.", required=True, pattern="^[1-9][0-9]{0,17}$")
NAMED = header(
    "Upload-Metadata",
    "Pairs of a key and its value in Base64. Of `filename`, or else `name`, the job's file name is made.",
    pattern=f"^{METADATA}$",
    examples=["filename YWQubXA0"],
)


class MethodOverride:
    """Takes the method from X-HTTP-Method-Override: some networks let no PATCH and no DELETE through."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        meant = environ.get("HTTP_X_HTTP_METHOD_OVERRIDE", "").upper()
        posted = environ["REQUEST_METHOD"] == "POST" and environ.get("PATH_INFO", "").startswith(f"{ADDRESS}/")
        if posted and meant in ("PATCH", "DELETE"):
            environ["REQUEST_METHOD"] = meant
        return self._app(environ, start_response)


def filename(metadata: str) -> str | None:
    """Read the name from what Upload-Metadata says; None where it says none. Raises Problem for what is wrong."""
    if not re.fullmatch(METADATA, metadata):
        raise Problem(400, "Upload-Metadata is wrong: send keys and their values in Base64, as `filename YWQubXA0`.")
    pairs = {key: value for key, _, value in (pair.strip().partition(" ") for pair in metadata.split(","))}
    value = pairs.get("filename", pairs.get("name"))
    return b64decode(value).decode(errors="replace") if value else None


def length() -> int:
    """Read how long the upload will be, in bytes. Raises Problem, also for an empty one."""
    if "Upload-Defer-Length" in request.headers:
        raise Problem(400, "The length cannot be told later here: send Upload-Length, and no Upload-Defer-Length.")
    told = number("Upload-Length")
    if told == 0:
        raise Problem(422, f"The file is empty. Send a video: {ACCEPTED} are accepted.")
    return told


def number(name: str) -> int:
    """Read a header that counts bytes. Raises Problem where it is missing or no number."""
    value = request.headers.get(name, "")
    if not re.fullmatch(BYTES, value):
        raise Problem(400, f"The header {name} is missing or wrong: send a number of bytes.")
    return int(value)
