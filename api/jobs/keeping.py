"""PATCH /jobs/<id>: keeps a job for good, or lets it expire again."""

from flask import Blueprint, Response
from pydantic import BaseModel, ConfigDict, Field

from api.http.body import read_body
from api.http.problems import NO_SUCH_JOB, no_such_job
from api.jobs.declarations import EXAMPLE, JobId
from api.jobs.routes import job_response
from api.openapi.operation import Answer, Operation
from api.services import services
from jobs import expiry
from shotlens.shots.answers import JobAnswer

blueprint = Blueprint("keeping", __name__, url_prefix="/jobs")


class Keeping(BaseModel):
    """Whether to keep a job."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    kept: bool = Field(description="Whether to keep it for good.", examples=[True])


@blueprint.patch("/<job_id>")
@Operation(
    "keepJob",
    "jobs",
    [Answer(200, "The job.", JobAnswer, EXAMPLE, headers={"ETag": "The version of a finished job."})],
    errors={404: NO_SUCH_JOB},
    body=Keeping,
)
def keep(job_id: JobId) -> Response:
    """Keep a job for good, or let it expire again.

    A job that is let go expires as if it had just finished. One that has corrections by hand never expires, kept or
    not.
    """
    kept = read_body(Keeping).kept
    if services().find(job_id) is None or not expiry.keep(services().jobs, job_id, kept):
        raise no_such_job()
    job = services().find(job_id)
    if job is None:
        raise no_such_job()
    return job_response(job)
