"""What the document says of /uploads. How a client and a server speak of them is told by tus 1.0 itself."""

from api.openapi.jobs import NO_QUEUE
from api.openapi.parts import Piece, answer, header, path, problems, query, sent
from api.uploads import tus
from api.uploads.job_query import JobQuery

UPLOAD_ID = path("upload_id", "The upload's id, and its job's.", type="string", pattern="^[0-9a-f]{24}$")
SPOKEN = header("Tus-Resumable", "The version of tus.", enum=[tus.VERSION]) | {"required": True}
OFFSET = header("Upload-Offset", "Bytes that have come by now.", pattern=f"^{tus.BYTES}$") | {"required": True}
LENGTH = header("Upload-Length", "Bytes of the whole video.", pattern="^[1-9][0-9]{0,17}$") | {"required": True}
METADATA = header(
    "Upload-Metadata",
    "Pairs of a key and its value in Base64. Of `filename`, or else `name`, the job's file name is made.",
    pattern=f"^{tus.METADATA}$",
    examples=["filename YWQubXA0"],
)
UNKNOWN = "There is no upload with this id: it was never begun, was deleted, or has expired. Begin anew."
OTHER_VERSION = "Uploads are spoken of in tus 1.0.0 here: send the header `Tus-Resumable: 1.0.0`."
EXPIRES = {"Upload-Expires": sent("When it is removed, unless a piece comes before.")}


def paths() -> Piece:
    """The operations by address and method."""
    return {
        tus.ADDRESS: {"post": _create()},
        f"{tus.ADDRESS}/{{upload_id}}": {"patch": _resume(), "delete": _terminate()},
    }


def _create() -> Piece:
    return {
        "operationId": "beginUpload",
        "summary": "Begin the upload of a video that comes in pieces",
        "tags": ["uploads"],
        "parameters": [SPOKEN, LENGTH, METADATA, *query(JobQuery)],
        "responses": {
            "201": answer("It may begin.", headers={"Location": sent("The upload's address."), **EXPIRES}),
            **problems(
                s400="The header Upload-Length is missing or wrong: send a number of bytes.",
                s412=OTHER_VERSION,
                s413="The video is too large: at most 2 GB are accepted.",
                s422="The file is empty. Send a video: MP4, MOV, M4V, MKV, WebM, AVI and MPEG-TS are accepted.",
                s503=NO_QUEUE,
                s507="There is not enough room on the server for this video. Try a smaller one, or later.",
            ),
        },
    }


def _resume() -> Piece:
    headers = {"Upload-Offset": sent("Bytes that have come."), "Location": sent("The job's address, at the end.")}
    return {
        "operationId": "continueUpload",
        "summary": "Send the next bytes; with the last one the upload is a job",
        "description": "What came stays when the request breaks off: HEAD tells in `Upload-Offset` where to go on.",
        "tags": ["uploads"],
        "parameters": [UPLOAD_ID, SPOKEN, OFFSET],
        "requestBody": {"required": True, "content": {"application/offset+octet-stream": {"schema": {}}}},
        "responses": {
            "204": answer("They are stored.", headers=headers | EXPIRES),
            **problems(
                s400="The upload broke off. What came is kept: ask by HEAD how much that is, and go on there.",
                s404=UNKNOWN,
                s409="1000 bytes of this video have come: go on there, not at 0.",
                s412=OTHER_VERSION,
                s413="More came than the 2000 bytes of Upload-Length. What came before is kept.",
                s415="That is not a video that is accepted here: MP4, MOV, M4V, MKV, WebM, AVI and MPEG-TS are.",
                s500="The video could not be stored. The operator finds the reason in the log.",
                s503=NO_QUEUE,
                s507="The server ran out of room while the video came in. Try again later.",
            ),
        },
    }


def _terminate() -> Piece:
    return {
        "operationId": "deleteUpload",
        "summary": "Remove an upload; a complete one is a job, which goes too",
        "tags": ["uploads"],
        "parameters": [UPLOAD_ID, SPOKEN],
        "responses": {"204": answer("It is gone."), **problems(s404=UNKNOWN, s412=OTHER_VERSION, s503=NO_QUEUE)},
    }
