"""The HTML pages. Knows nothing about jobs: the scripts of the pages use REST like any other client."""

from dataclasses import asdict

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from api.http.problems import no_such_job
from api.services import services
from api.uploads.upload import format_bytes
from shotlens.shots.heads import heads_by_rank
from shotlens.storage.files import JOB_ID
from shotlens.storage.media_types import ACCEPTED

blueprint = Blueprint("pages", __name__)


@blueprint.app_context_processor
def heads() -> dict[str, object]:
    """Pass the table of heads, by rank, to every template; `words.js` reads it from the page."""
    return {"heads": [asdict(head) for head in heads_by_rank()]}


@blueprint.get("/")
def start() -> str | Response:
    """Show the page with the upload form and all jobs. The former address `/?job=<id>` redirects to the job's page."""
    if job_id := request.args.get("job"):
        return redirect(url_for("pages.video", job_id=job_id))
    limit = services().settings.max_upload_bytes
    return render_template(
        "start.html", styles=["start"], limit=limit, limit_text=format_bytes(limit), accepted=ACCEPTED
    )


@blueprint.get("/videos/<job_id>")
def video(job_id: str) -> str:
    """Show the page of one video: player, timeline, figures, shots."""
    return _job_page("video.html", job_id, ["video", "timeline", "figures", "shots", "panel"])


@blueprint.get("/videos/<job_id>/report")
def report(job_id: str) -> str:
    """Show the printable report on one video."""
    return _job_page("report.html", job_id, ["figures", "report"])


@blueprint.get("/compare")
def compare() -> str:
    """Show the figures of two videos side by side: `?a=<id>&b=<id>`."""
    return render_template("compare.html", styles=["figures", "compare"])


def _job_page(template: str, job_id: str, styles: list[str]) -> str:
    if not JOB_ID.fullmatch(job_id):
        raise no_such_job()
    return render_template(template, job_id=job_id, styles=styles)
