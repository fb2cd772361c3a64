"""The Flask application: puts routes, error handlers and security headers together."""

from flask import Flask, Response
from werkzeug.middleware.proxy_fix import ProxyFix

from api import health, metrics
from api.http import access, cors, drain, limits, problems, request_ids
from api.jobs import camera, corrections, events, exports, keeping
from api.jobs import routes as jobs
from api.openapi.routes import blueprint as document
from api.pages import routes as pages
from api.services import EXTENSION, open_services
from api.settings import ApiSettings
from api.uploads import predict, resumable, tus
from api.uploads.form import UploadRequest
from jobs.access_keys import AccessKeys

PARTS = (
    pages,
    predict,
    resumable,
    jobs,
    keeping,
    camera,
    corrections,
    exports,
    events,
    health,
    metrics,
)
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"  # blobs are the page's figures while they are converted to PNG
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",  # whoever knows a job's address can open the job
    "X-Content-Type-Options": "nosniff",
}


def create_app(settings: ApiSettings | None = None) -> Flask:
    """Create the application. Raises OSError if the data folder cannot be written; Redis may start later."""
    app = Flask(__name__, static_folder="pages/static", template_folder="pages/templates")
    app.request_class = UploadRequest
    app.config["STOPPING"] = lambda: False  # replaced by gunicorn's worker, which knows its own state
    services = app.extensions[EXTENSION] = open_services(settings or ApiSettings())
    request_ids.register(app)
    drain.register(app)
    cors.register(app, frozenset((services.settings.cors_origins or "").split()))
    access.register(app, AccessKeys(services.redis))
    limits.register(app, services.redis, services.settings.rate_limit)
    for blueprint in (*(part.blueprint for part in PARTS), document):
        app.register_blueprint(blueprint)
    problems.register(app)
    app.after_request(_add_security_headers)
    app.wsgi_app = tus.MethodOverride(app.wsgi_app)  # type: ignore[method-assign]
    if services.settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=services.settings.proxies, x_proto=0)  # type: ignore[method-assign]
    return app


def _add_security_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response
