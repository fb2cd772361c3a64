"""What the document says of /jobs/<id>/export."""

from api.jobs.exports import ExportQuery
from api.openapi.jobs import JOB_ID, NO_QUEUE, UNKNOWN
from api.openapi.parts import Piece, answer, header, problems, query, sent
from shotlens.exports import archive
from shotlens.exports.registry import EXPORTS

MEDIA_TYPES = sorted({archive.MEDIA_TYPE, *(export.media_type for export in EXPORTS.values())})


def paths() -> Piece:
    """The operations by address and method."""
    return {"/jobs/{job_id}/export": {"get": _export()}}


def _export() -> Piece:
    return {
        "operationId": "exportJob",
        "summary": "Send the shots of a finished job as a file for other programs",
        "description": "Labels set by hand go before the model's.",
        "tags": ["jobs"],
        "parameters": [
            JOB_ID,
            *query(ExportQuery),
            header("If-None-Match", "The ETag of an export that is known already."),
        ],
        "responses": {
            "200": {
                "description": "The file, with a name to save it under.",
                "headers": {"ETag": sent("Of this export."), "Content-Disposition": sent("The file's name.")},
                "content": {media_type: {"schema": {}} for media_type in MEDIA_TYPES},
            },
            "304": answer("It is known already."),
            **problems(
                s404=UNKNOWN,
                s409="The job is not done yet: export it when its state is `done`.",
                s422="The parameter 'scale' is wrong: input should be 'ECS', 'CS', 'MS', 'FS' or 'LS'.",
                s503=NO_QUEUE,
            ),
        },
    }
