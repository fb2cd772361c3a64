"""The page at /. Knows nothing of jobs: its script asks the REST routes as any other client does."""

from apiflask import APIBlueprint
from flask import render_template

from api.services import services
from api.uploads import amount

blueprint = APIBlueprint("pages", __name__, enable_openapi=False)


@blueprint.get("/")
def page() -> str:
    """Show the upload form; the script shows a job there."""
    limit = services().settings.max_upload_bytes
    return render_template("page.html", limit=limit, limit_text=amount(limit))
