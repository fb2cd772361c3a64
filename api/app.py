"""The Flask application: routes, errors and security headers put together."""

from apiflask import APIFlask
from flask import Response

from api import events, health, job_routes, pages, predict, problems, refusals, resumable, tus
from api.document.routes import blueprint as document
from api.services import KEY, open_services
from api.uploads import UploadRequest
from jobs.settings import ApiSettings

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",  # a job's address is its key
    "X-Content-Type-Options": "nosniff",
}


def create_app(settings: ApiSettings | None = None) -> APIFlask:
    """Make the application. Raises OSError when the data folder cannot be written; Redis may come up later."""
    app = APIFlask(__name__, title="Shotlens", enable_openapi=False, json_errors=False)
    app.request_class = UploadRequest
    app.config["STOPPING"] = lambda: False  # gunicorn's worker puts its own state here
    app.extensions[KEY] = open_services(settings or ApiSettings())
    for blueprint in (*(part.blueprint for part in (pages, predict, resumable, job_routes, events, health)), document):
        app.register_blueprint(blueprint)
    refusals.register(app)
    problems.register(app)
    app.after_request(_secure)
    app.wsgi_app = tus.MethodOverride(app.wsgi_app)  # type: ignore[method-assign]
    return app


def _secure(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response
