"""The Flask application: routes, errors and security headers put together."""

from flask import Flask, Response
from werkzeug.middleware.proxy_fix import ProxyFix

from api import health, metrics
from api.http import access, cors, drain, limits, problems, request_ids
from api.jobs import camera, corrections, events, exports
from api.jobs import routes as jobs
from api.openapi.routes import blueprint as document
from api.pages import routes as pages
from api.services import KEY, open_services
from api.settings import ApiSettings
from api.uploads import predict, resumable, tus
from api.uploads.form import UploadRequest
from jobs.access_keys import AccessKeys

PARTS = (
    pages,
    predict,
    resumable,
    jobs,
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
        "frame-ancestors 'none'"  # a blob is a figure of the page on its way to a PNG
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",  # a job's address is its key
    "X-Content-Type-Options": "nosniff",
}


def create_app(settings: ApiSettings | None = None) -> Flask:
    """Make the application. Raises OSError when the data folder cannot be written; Redis may come up later."""
    app = Flask(__name__, static_folder="pages/static", template_folder="pages/templates")
    app.request_class = UploadRequest
    app.config["STOPPING"] = lambda: False  # gunicorn's worker puts its own state here
    services = app.extensions[KEY] = open_services(settings or ApiSettings())
    request_ids.register(app)
    drain.register(app)
    cors.register(app, frozenset((services.settings.cors_origins or "").split()))
    access.register(app, AccessKeys(services.redis))
    limits.register(app, services.redis, services.settings.rate_limit)
    for blueprint in (*(part.blueprint for part in PARTS), document):
        app.register_blueprint(blueprint)
    problems.register(app)
    app.after_request(_secure)
    app.wsgi_app = tus.MethodOverride(app.wsgi_app)  # type: ignore[method-assign]
    if services.settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=services.settings.proxies, x_proto=0)  # type: ignore[method-assign]
    return app


def _secure(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response
