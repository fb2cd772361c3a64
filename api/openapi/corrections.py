"""What the document says of corrections by hand."""

from typing import Any

from api.openapi.jobs import EXAMPLE, JOB_ID, NO_QUEUE, SHOT, UNKNOWN
from api.openapi.parts import Piece, answer, header, problems, ref, sent

IF_MATCH = header("If-Match", "The ETag that came with the job.", examples=['"done-1764088808.5-0-5f0c1d27"']) | {
    "required": True
}
NOT_DONE = "Only a job that is done can be corrected: this one is splitting."
OTHERS = (
    "Shots are numbered anew by a split and a merge, so a correction names the job as it was seen: by `If-Match`. Of "
    "two clients that correct the same at once, one gets a 412. The answer is the whole job, with its new ETag."
)


def paths() -> Piece:
    """The operations by address and method."""
    shot = "/jobs/{job_id}/shots/{shot}"
    return {
        shot: {"patch": _label()},
        f"{shot}/split": {"post": _split()},
        f"{shot}/merge": {"post": _merge()},
        "/jobs/{job_id}/undo": {"post": _undo()},
    }


def _label() -> Piece:
    said = (
        "`null` takes a label by hand back; one that is left out stays. The prediction stays beside it, in `scale` and "
        f"`movement`; labels by hand are in `corrected`. {OTHERS}"
    )
    return {
        **_operation("labelShot", "Set labels of a shot by hand", said, [JOB_ID, SHOT, IF_MATCH]),
        "requestBody": _body("Labels", {"scale": "CS", "movement": None}),
        "responses": _responses(
            s400="The body is no JSON.",
            s413="The body is too large: 4096 bytes are more than it needs.",
            s415="Send a JSON object, as Content-Type: application/json.",
            s422="The member 'scale' is wrong: input should be 'ECS', 'CS', 'MS', 'FS' or 'LS'.",
        ),
    }


def _split() -> Piece:
    said = (
        "Both parts have the parent's labels and prediction, and those of its stored frames that are nearest. The "
        f"second one opens with a cut; its time is reckoned from the frame's number. {OTHERS}"
    )
    return {
        **_operation("splitShot", "Make two shots of one", said, [JOB_ID, SHOT, IF_MATCH]),
        "requestBody": _body("SplitAt", {"frame": 25}),
        "responses": _responses(
            s400="The body is no JSON.",
            s413="The body is too large: 4096 bytes are more than it needs.",
            s415="Send a JSON object, as Content-Type: application/json.",
            s422="Shot 0 cannot be split at frame 50: its second part may begin with frame 1 to 49.",
        ),
    }


def _merge() -> Piece:
    said = f"It has the labels by hand of the longer part, and the prediction that is of most of its frames. {OTHERS}"
    return {
        **_operation("mergeShots", "Make one shot of this and the following one", said, [JOB_ID, SHOT, IF_MATCH]),
        "responses": _responses(s422="Shot 2 is the last one: there is none behind it to merge it with."),
    }


def _undo() -> Piece:
    said = f"It can be asked again and again, until the job is as it was predicted; then it is a 409. {OTHERS}"
    return {
        **_operation("undoCorrection", "Take the last correction back", said, [JOB_ID, IF_MATCH]),
        "responses": _responses(),
    }


def _operation(name: str, summary: str, description: str, parameters: list[Piece]) -> Piece:
    return {
        "operationId": name,
        "summary": summary,
        "description": description,
        "tags": ["corrections"],
        "parameters": parameters,
    }


def _body(model: str, example: Piece) -> Piece:
    return {"required": True, "content": {"application/json": {"schema": ref("schemas", model), "example": example}}}


def _responses(**sentences: Any) -> Piece:
    """The job as it has become, and the errors that all corrections have."""
    return {
        "200": answer("The job as corrected.", "JobResult", {"ETag": sent("Of this result.")}, example=EXAMPLE),
        **problems(
            s404=UNKNOWN,
            s409=NOT_DONE,
            s412="The job has been corrected by somebody else meanwhile: load it again.",
            s428="Say what you correct: send the ETag that came with the job as If-Match.",
            s503=NO_QUEUE,
            **sentences,
        ),
    }
