"""The pages that people look at. Knows nothing of jobs: their scripts ask the REST routes as any other client does."""

from dataclasses import asdict

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from api.http.problems import no_such_job
from api.services import services
from api.uploads.upload import amount
from shotlens.shots.heads import spoken
from shotlens.storage.files import JOB_ID
from shotlens.storage.media_types import ACCEPTED

blueprint = Blueprint("pages", __name__)


@blueprint.context_processor
def heads() -> dict[str, object]:
    """Give every page the table of heads, in the order in which people read them: `words.js` takes it from there."""
    return {"heads": [asdict(head) for head in spoken()]}


@blueprint.get("/")
def start() -> str | Response:
    """Show where videos are dropped, and all jobs. `/?job=<id>`, as it once was, leads to the job's own page."""
    if job_id := request.args.get("job"):
        return redirect(url_for("pages.video", job_id=job_id))
    limit = services().settings.max_upload_bytes
    return render_template("start.html", styles=["start"], limit=limit, limit_text=amount(limit), accepted=ACCEPTED)


@blueprint.get("/videos/<job_id>")
def video(job_id: str) -> str:
    """Show one video: player, timeline, figures, shots."""
    return _of_job("video.html", job_id, ["video", "timeline", "figures", "shots", "panel"])


@blueprint.get("/videos/<job_id>/report")
def report(job_id: str) -> str:
    """Show what is printed of one video."""
    return _of_job("report.html", job_id, ["figures", "report"])


@blueprint.get("/compare")
def compare() -> str:
    """Show the figures of two videos side by side: `?a=<id>&b=<id>`."""
    return render_template("compare.html", styles=["figures", "compare"])


def _of_job(template: str, job_id: str, styles: list[str]) -> str:
    if not JOB_ID.fullmatch(job_id):
        raise no_such_job()
    return render_template(template, job_id=job_id, styles=styles)
