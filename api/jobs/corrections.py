"""/jobs/<id>/shots/<n>, /jobs/<id>/undo, /redo: corrections by hand of a job that is done. Predictions never change.

Each request names the ETag of the job that it corrects in If-Match: every split and merge renumbers the shots, so a
number means nothing without it. Of two clients that correct a job at the same time, one must load it again.
"""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, request
from pydantic import BaseModel, ConfigDict, Field, create_model

from api.http.body import read_body
from api.http.problems import NO_SUCH_JOB, Problem, no_such_job
from api.jobs.declarations import EXAMPLE, JobId, ShotNumber
from api.jobs.routes import job_response, may_correct
from api.openapi.operation import Answer, Operation, header
from api.services import services
from jobs.edit_log import MAX_EDITS
from shotlens.shots.answers import JobAnswer
from shotlens.shots.edits import Edit, LabelEdit, MergeEdit, MoveEdit, SplitEdit, TransitionEdit
from shotlens.shots.errors import EditError, NoSuchShot
from shotlens.shots.heads import heads_by_rank, label_type
from shotlens.shots.job import Job
from shotlens.shots.result import JobResult
from shotlens.shots.shot import Transition

blueprint = Blueprint("corrections", __name__, url_prefix="/jobs")

IF_MATCH_MISSING = "The header If-Match is missing: send the ETag that came with the job."
CHANGED = "The job has been corrected by somebody else meanwhile: load it again."
# Shared by the declarations of all corrections.
CORRECTED = Answer(200, "The corrected job.", JobAnswer, EXAMPLE, headers={"ETag": "The version of this result."})
ETAG = '"done-1764088808.5-0-5f0c1d27-1766680808.5-False"'
IF_MATCH = header("If-Match", "The ETag that came with the job.", required=True, examples=[ETAG])
ERRORS = {
    404: NO_SUCH_JOB,
    409: "Only a job that is done can be corrected: this one is splitting.",
    412: CHANGED,
    428: IF_MATCH_MISSING,
}


class _Labels(BaseModel):
    """Labels set by hand: null removes one, and one that is left out stays as it is."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, json_schema_extra={"minProperties": 1})


_heads: dict[str, Any] = {
    head.name: (label_type(head) | None, Field(None, examples=[head.names[0], None]))
    for head in heads_by_rank()
    if head.correctable
}
Labels = create_model("Labels", __base__=_Labels, __doc__=_Labels.__doc__, **_heads)


class SplitAt(BaseModel):
    """Where to split a shot."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    frame: int = Field(description="First frame of the second part, counted from 0 in the whole video.", examples=[25])


class MoveTo(BaseModel):
    """Where a shot begins."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    frame: int = Field(description="The shot's first frame, counted from 0 in the whole video.", examples=[1])


class Opening(BaseModel):
    """How a shot opens; null: as detected."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    transition: Transition | None = Field(description="A wipe counts as a dissolve.", examples=["dissolve", None])


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

    `null` removes a label set by hand; one that is left out stays. The prediction also stays, under the name of its
    head; labels set by hand are in `corrected`.
    """
    labels = read_body(Labels).model_dump(exclude_unset=True)
    if not labels:
        raise Problem(
            422,
            f"Say which label is right: the member {', '.join(Labels.model_fields)}, or several; null removes a label.",
        )
    return _correct(job_id, LabelEdit(shot=shot, labels=labels))


@blueprint.post("/<job_id>/shots/<int:shot>/split")
@Operation(
    "splitShot",
    "corrections",
    [CORRECTED],
    errors=ERRORS | {422: "The shot cannot be split at frame 50: its second part may begin with frame 1 to 49."},
    body=SplitAt,
    headers=[IF_MATCH],
)
def split(job_id: JobId, shot: ShotNumber) -> Response:
    """Split a shot in two.

    Both parts keep the labels and the prediction of the shot, and those of its stored frames that are nearest. The
    second part opens with a cut; its time is computed from the frame number.
    """
    return _correct(job_id, SplitEdit(shot=shot, frame=read_body(SplitAt).frame))


@blueprint.post("/<job_id>/shots/<int:shot>/merge")
@Operation(
    "mergeShots",
    "corrections",
    [CORRECTED],
    errors=ERRORS | {422: "The last shot cannot be merged: there is none after it."},
    headers=[IF_MATCH],
)
def merge(job_id: JobId, shot: ShotNumber) -> Response:
    """Merge a shot with the one after it.

    The merged shot has the hand-set labels of the longer part, and the prediction of the detected shot that contributes
    most of its frames.
    """
    return _correct(job_id, MergeEdit(shot=shot))


@blueprint.post("/<job_id>/shots/<int:shot>/move")
@Operation(
    "moveShot",
    "corrections",
    [CORRECTED],
    errors=ERRORS | {422: "The shot cannot begin with frame 100: it may begin with frame 1 to 99."},
    body=MoveTo,
    headers=[IF_MATCH],
)
def move(job_id: JobId, shot: ShotNumber) -> Response:
    """Move the start of a shot, which is the end of the one before it.

    Both shots keep their labels and predictions, and the shot opens as before. The start of the first shot is that of
    the video, and stays.
    """
    return _correct(job_id, MoveEdit(shot=shot, frame=read_body(MoveTo).frame))


@blueprint.post("/<job_id>/shots/<int:shot>/transition")
@Operation(
    "setTransition",
    "corrections",
    [CORRECTED],
    errors=ERRORS | {422: "The first shot opens the video: there is no boundary before it."},
    body=Opening,
    headers=[IF_MATCH],
)
def transition(job_id: JobId, shot: ShotNumber) -> Response:
    """Set how a shot opens: with a cut, a dissolve or a fade.

    `null` restores what was detected. How long a transition set by hand takes is not known: `transition_seconds` is 0.
    """
    return _correct(job_id, TransitionEdit(shot=shot, transition=read_body(Opening).transition))


@blueprint.post("/<job_id>/undo")
@Operation("undoCorrection", "corrections", [CORRECTED], errors=ERRORS, headers=[IF_MATCH])
def undo(job_id: JobId) -> Response:
    """Undo the last correction.

    Repeat this to undo earlier ones, until none is left; then the answer is a 409.
    """
    job = _correctable_job(job_id)
    edits = services().edits.read(job)
    if not edits:
        raise Problem(409, "There is nothing to undo: the job has no corrections.")
    corrected_result = _result(job, edits[:-1])
    return _response(services().edits.undo(job, len(corrected_result.shots)), corrected_result)


@blueprint.post("/<job_id>/redo")
@Operation("redoCorrection", "corrections", [CORRECTED], errors=ERRORS, headers=[IF_MATCH])
def redo(job_id: JobId) -> Response:
    """Make the correction again that was undone last.

    Repeat this until none is left; then the answer is a 409. A new correction leaves nothing to redo.
    """
    job = _correctable_job(job_id)
    edits, undone = services().edits.read_all(job)
    if not undone:
        raise Problem(409, "There is nothing to redo: no correction was undone since the last one.")
    corrected_result = _result(job, [*edits, undone[0]])
    return _response(services().edits.redo(job, len(corrected_result.shots)), corrected_result)


def _correct(job_id: str, edit: Edit) -> Response:
    job = _correctable_job(job_id)
    edits = [*services().edits.read(job), edit]
    if len(edits) > MAX_EDITS:
        raise Problem(409, f"This job already has {MAX_EDITS} corrections, the maximum. Undo some of them.")
    corrected_result = _result(job, edits)  # raises for an invalid edit, before it is written
    return _response(services().edits.append(job, edit, len(corrected_result.shots)), corrected_result)


def _result(job: Job, edits: Sequence[Edit]) -> JobResult:
    try:
        return services().result(job, edits=edits)
    except NoSuchShot as error:
        raise Problem(404, str(error)) from error
    except EditError as error:
        raise Problem(422, str(error)) from error


def _response(changed: Job | None, corrected_result: JobResult) -> Response:
    """Respond with the corrected job. None: another correction came first."""
    if changed is None:
        raise _changed_meanwhile()
    return job_response(changed, corrected_result)


def _correctable_job(job_id: str) -> Job:
    """Read a job that can be corrected and whose ETag matches If-Match."""
    job = services().find(job_id)
    if job is None:
        raise no_such_job()
    if job.state != "done":
        raise Problem(409, f"Only a job that is done can be corrected: this one is {job.state}.")
    if "If-Match" not in request.headers:
        raise Problem(428, IF_MATCH_MISSING)
    if not may_correct(job):
        raise _changed_meanwhile()
    return job


def _changed_meanwhile() -> Problem:
    return Problem(412, CHANGED)
