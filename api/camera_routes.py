"""/jobs/<id>/shots/<n>/camera: how the camera moves in a shot. It is long, so the job itself does not hold it."""

from apiflask import APIBlueprint
from flask import Response, request

from api.job_routes import etag
from api.problems import Problem, no_such_job
from api.services import services
from jobs.camera import camera_path
from jobs.record import RUNNING

blueprint = APIBlueprint("camera", __name__, url_prefix="/jobs")


@blueprint.get("/<job_id>/shots/<int:shot>/camera")
def show(job_id: str, shot: int) -> Response:
    """Tell the camera path of a shot, as its bounds are by now."""
    job = services().find(job_id)
    if job is None:
        raise no_such_job()
    motions = services().motions(job, shot)
    if motions is None:
        raise Problem(404, "There is no such shot: it is not cut yet, or the video has fewer.")
    response = Response(camera_path(motions).model_dump_json(), content_type="application/json")
    if job.state in RUNNING:
        response.headers["Cache-Control"] = "no-store"
        return response
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(etag(job))
    response.make_conditional(request)
    return response
