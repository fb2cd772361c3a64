"""/openapi.json and /docs."""

from flask import Blueprint, Response, current_app, jsonify, render_template

from api.openapi.document import document

blueprint = Blueprint("document", __name__)

# Swagger UI draws its icons from data.
SHOWN = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """Send the document."""
    return jsonify(document(current_app))


@blueprint.get("/docs")
def docs() -> Response:
    """Show the document as pages."""
    response = Response(render_template("docs.html"))
    response.headers["Content-Security-Policy"] = SHOWN
    return response
