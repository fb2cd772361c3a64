"""/jobs/<id>/shots/<n>/camera: how the camera moves in a shot. It is too long to be part of the job itself."""

from flask import Blueprint, Response

from api.http.problems import Problem, no_such_job
from api.jobs.declarations import IF_NONE_MATCH, NOT_MODIFIED, JobId, ShotNumber
from api.jobs.routes import json_response
from api.openapi.operation import Answer, Operation
from api.services import services
from shotlens.shots.camera import CameraInterval, CameraPathResult, camera_path

blueprint = Blueprint("camera", __name__, url_prefix="/jobs")

NO_SUCH_SHOT = "There is no such shot: it has not been cut yet, or the video has fewer."
EXAMPLE = CameraInterval(seconds=0.12, dx=-0.01, dy=0.0, log_scale=0.002, rotation=0.0, inliers=0.93)


@blueprint.get("/<job_id>/shots/<int:shot>/camera")
@Operation(
    "showCamera",
    "jobs",
    [
        Answer(
            200,
            "The path.",
            CameraPathResult,
            CameraPathResult([EXAMPLE]),
            headers={"ETag": "The version of a finished job."},
        ),
        NOT_MODIFIED,
    ],
    errors={404: NO_SUCH_SHOT},
    headers=[IF_NONE_MATCH],
)
def show(job_id: JobId, shot: ShotNumber) -> Response:
    """Read how the camera moves in a shot.

    Returns how the picture moved, in intervals of about an eighth of a second; the camera moves opposite to it. A shot
    with edited bounds has those intervals of the detected shots that lie within them.
    """
    job = services().find(job_id)
    if job is None:
        raise no_such_job()
    path = services().camera_path(job, shot)
    if path is None:
        raise Problem(404, NO_SUCH_SHOT)
    return json_response(job, camera_path(path).model_dump_json())
