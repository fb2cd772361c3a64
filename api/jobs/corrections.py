"""/jobs/<id>/shots/<n>, /jobs/<id>/undo: corrections by hand of a job that is done. What was predicted stays.

Each names by If-Match the ETag of the job that it corrects: shots are numbered anew by each split and merge, so that a
number means nothing without it. Of two who correct the same at once, one is told to load it again.
"""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, request
from pydantic import BaseModel, ConfigDict, Field, create_model

from api.http.body import read_body
from api.http.problems import NO_SUCH_JOB, Problem, no_such_job
from api.jobs.declarations import EXAMPLE, JobId, ShotNumber
from api.jobs.routes import answer, etag
from api.openapi.operation import Answer, Operation, header
from api.services import services
from jobs.edit_log import MOST_EDITS
from shotlens.shots.edits import Edit, LabelEdit, MergeEdit, SplitEdit
from shotlens.shots.errors import EditError, NoSuchShot
from shotlens.shots.heads import label_type, spoken
from shotlens.shots.job import Job
from shotlens.shots.result import JobResult

blueprint = Blueprint("corrections", __name__, url_prefix="/jobs")

NOT_SEEN = "Say what you correct: send the ETag that came with the job as If-Match."
CHANGED = "The job has been corrected by somebody else meanwhile: load it again."
# What all corrections declare.
CORRECTED = Answer(200, "The job as corrected.", JobResult, EXAMPLE, headers={"ETag": "Of this result."})
ETAG = '"done-1764088808.5-0-5f0c1d27"'
IF_MATCH = header("If-Match", "The ETag that came with the job.", required=True, examples=[ETAG])
ERRORS = {
    404: NO_SUCH_JOB,
    409: "Only a job that is done can be corrected: this one is splitting.",
    412: CHANGED,
    428: NOT_SEEN,
}


class _Labels(BaseModel):
    """Labels set by hand: null takes one back, and one that is left out stays as it is."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, json_schema_extra={"minProperties": 1})


_heads: dict[str, Any] = {
    head.name: (label_type(head) | None, Field(None, examples=[head.names[0], None]))
    for head in spoken()
    if head.correctable
}
Labels = create_model("Labels", __base__=_Labels, __doc__=_Labels.__doc__, **_heads)


class SplitAt(BaseModel):
    """Where a shot is split."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    frame: int = Field(description="First frame of the second part, counted as the shots' own.", examples=[25])


@blueprint.patch("/<job_id>/shots/<int:shot>")
@Operation(
    "labelShot",
    "corrections",
    [CORRECTED],
    errors=ERRORS,
    body=Labels,
    headers=[IF_MATCH],
)
def label(job_id: JobId, shot: ShotNumber) -> Response:
    """Set labels of a shot by hand.

    `null` takes a label by hand back; one that is left out stays. The prediction stays beside it, under the name of
    its head; labels by hand are in `corrected`.
    """
    labels = read_body(Labels).model_dump(exclude_unset=True)
    if not labels:
        raise Problem(
            422,
            f"Say which label is right: the member {', '.join(Labels.model_fields)}, or several; null takes one back.",
        )
    return _correct(job_id, LabelEdit(shot=shot, labels=labels))


@blueprint.post("/<job_id>/shots/<int:shot>/split")
@Operation(
    "splitShot",
    "corrections",
    [CORRECTED],
    errors=ERRORS | {422: "Shot 0 cannot be split at frame 50: its second part may begin with frame 1 to 49."},
    body=SplitAt,
    headers=[IF_MATCH],
)
def split(job_id: JobId, shot: ShotNumber) -> Response:
    """Make two shots of one.

    Both parts have the parent's labels and prediction, and those of its stored frames that are nearest. The second
    one opens with a cut; its time is reckoned from the frame's number.
    """
    return _correct(job_id, SplitEdit(shot=shot, frame=read_body(SplitAt).frame))


@blueprint.post("/<job_id>/shots/<int:shot>/merge")
@Operation(
    "mergeShots",
    "corrections",
    [CORRECTED],
    errors=ERRORS | {422: "Shot 2 is the last one: there is none behind it to merge it with."},
    headers=[IF_MATCH],
)
def merge(job_id: JobId, shot: ShotNumber) -> Response:
    """Make one shot of this and the following one.

    It has the labels by hand of the longer part, and the prediction that is of most of its frames.
    """
    return _correct(job_id, MergeEdit(shot=shot))


@blueprint.post("/<job_id>/undo")
@Operation("undoCorrection", "corrections", [CORRECTED], errors=ERRORS, headers=[IF_MATCH])
def undo(job_id: JobId) -> Response:
    """Take the last correction back.

    It can be asked again and again, until the job is as it was predicted; then it is a 409.
    """
    job = _named_job(job_id)
    edits = services().edits.read(job)
    if not edits:
        raise Problem(409, "There is nothing to undo: the job is as it was predicted.")
    made = _result(job, edits[:-1])
    return _answer(services().edits.undo(job), made)


def _correct(job_id: str, edit: Edit) -> Response:
    job = _named_job(job_id)
    edits = [*services().edits.read(job), edit]
    if len(edits) > MOST_EDITS:
        raise Problem(409, f"This job has been corrected {MOST_EDITS} times, and no more is kept. Undo some of it.")
    made = _result(job, edits)  # which tells whether the edit is right, before it is written
    return _answer(services().edits.append(job, edit), made)


def _result(job: Job, edits: Sequence[Edit]) -> JobResult:
    try:
        return services().result(job, edits=edits)
    except NoSuchShot as error:
        raise Problem(404, str(error)) from error
    except EditError as error:
        raise Problem(422, str(error)) from error


def _answer(changed: Job | None, made: JobResult) -> Response:
    """Answer with the job as it has become; None: another correction came first."""
    if changed is None:
        raise _changed_meanwhile()
    return answer(changed, made)


def _named_job(job_id: str) -> Job:
    """Read a job that can be corrected, and is as If-Match says."""
    job = services().find(job_id)
    if job is None:
        raise no_such_job()
    if job.state != "done":
        raise Problem(409, f"Only a job that is done can be corrected: this one is {job.state}.")
    if "If-Match" not in request.headers:
        raise Problem(428, NOT_SEEN)
    # A proxy that compresses an answer makes its ETag a weak one, and the client can send no other.
    if not request.if_match.contains_weak(etag(job)):
        raise _changed_meanwhile()
    return job


def _changed_meanwhile() -> Problem:
    return Problem(412, CHANGED)
