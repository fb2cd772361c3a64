"""/jobs/<id>/shots/<n>/camera: how the camera moves in a shot. It is long, so the job itself does not hold it."""

from apiflask import APIBlueprint
from flask import Response

from api.http.problems import Problem, no_such_job
from api.jobs.routes import of_job
from api.services import services
from shotlens.shots.camera import camera_path

blueprint = APIBlueprint("camera", __name__, url_prefix="/jobs")


@blueprint.get("/<job_id>/shots/<int:shot>/camera")
def show(job_id: str, shot: int) -> Response:
    """Tell the camera path of a shot, as its bounds are by now."""
    job = services().find(job_id)
    if job is None:
        raise no_such_job()
    path = services().camera_path(job, shot)
    if path is None:
        raise Problem(404, "There is no such shot: it is not cut yet, or the video has fewer.")
    return of_job(job, camera_path(path).model_dump_json())
