"""/jobs/<id>/shots/<n>, /jobs/<id>/undo: corrections by hand of a job that is done. What was predicted stays.

Each names by If-Match the ETag of the job that it corrects: shots are numbered anew by each split and merge, so that a
number means nothing without it. Of two who correct the same at once, one is told to load it again.
"""

from collections.abc import Sequence
from typing import Any

from apiflask import APIBlueprint
from flask import Response, request
from pydantic import BaseModel, ConfigDict, Field, create_model

from api.http.body import read_body
from api.http.problems import Problem, no_such_job
from api.jobs.routes import answer, etag
from api.services import services
from jobs.edit_log import MOST_EDITS
from shotlens.shots.edits import Edit, LabelEdit, MergeEdit, SplitEdit
from shotlens.shots.errors import EditError, NoSuchShot
from shotlens.shots.heads import label_type, spoken
from shotlens.shots.job import Job
from shotlens.shots.result import JobResult

blueprint = APIBlueprint("corrections", __name__, url_prefix="/jobs")


class _Labels(BaseModel):
    """Labels set by hand: null takes one back, and one that is left out stays as it is."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, json_schema_extra={"minProperties": 1})


_heads: dict[str, Any] = {head.name: (label_type(head) | None, None) for head in spoken() if head.correctable}
Labels = create_model("Labels", __base__=_Labels, __doc__=_Labels.__doc__, **_heads)


class SplitAt(BaseModel):
    """Where a shot is split."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    frame: int = Field(description="First frame of the second part, counted as the shots' own.")


@blueprint.patch("/<job_id>/shots/<int:shot>")
def label(job_id: str, shot: int) -> Response:
    """Set the labels of a shot by hand, or take them back."""
    labels = read_body(Labels).model_dump(exclude_unset=True)
    if not labels:
        raise Problem(
            422,
            f"Say which label is right: the member {', '.join(Labels.model_fields)}, or several; null takes one back.",
        )
    return _correct(job_id, LabelEdit(shot=shot, labels=labels))


@blueprint.post("/<job_id>/shots/<int:shot>/split")
def split(job_id: str, shot: int) -> Response:
    """Make two shots of one."""
    return _correct(job_id, SplitEdit(shot=shot, frame=read_body(SplitAt).frame))


@blueprint.post("/<job_id>/shots/<int:shot>/merge")
def merge(job_id: str, shot: int) -> Response:
    """Make one shot of this and the following one."""
    return _correct(job_id, MergeEdit(shot=shot))


@blueprint.post("/<job_id>/undo")
def undo(job_id: str) -> Response:
    """Take the last correction back, whatever it was."""
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
        raise Problem(428, "Say what you correct: send the ETag that came with the job as If-Match.")
    # A proxy that compresses an answer makes its ETag a weak one, and the client can send no other.
    if not request.if_match.contains_weak(etag(job)):
        raise _changed_meanwhile()
    return job


def _changed_meanwhile() -> Problem:
    return Problem(412, "The job has been corrected by somebody else meanwhile: load it again.")
