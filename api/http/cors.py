"""CORS: lets scripts on pages of other origins use the service if the operator has named the origin.

They send an access key of their own; what the browser remembers for this origin is not sent for them (no credentials).
"""

from flask import Flask, Response, request

METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
TUS = "Tus-Resumable, Upload-Length, Upload-Offset"
REQUEST_HEADERS = (
    "Authorization, Content-Type, If-None-Match, Prefer, Range, X-Request-Id, "
    f"Upload-Metadata, X-HTTP-Method-Override, {TUS}"
)
RESPONSE_HEADERS = (
    "Location, ETag, Retry-After, Preference-Applied, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, "
    f"X-Request-Id, {TUS}, Upload-Expires, Tus-Version, Tus-Extension, Tus-Max-Size"
)
MAX_AGE = "3600"  # seconds for which a browser may cache a preflight


def register(app: Flask, origins: frozenset[str]) -> None:
    """Allow scripts of these origins. Call this before `access.register`, as a preflight carries no key."""
    if not origins:
        return

    def preflight() -> Response | None:
        """Answer the request that a browser sends before that of a script of these origins."""
        if request.method != "OPTIONS" or "Access-Control-Request-Method" not in request.headers:
            return None
        if request.headers.get("Origin") not in origins:
            return None
        allowed = {"Methods": METHODS, "Headers": REQUEST_HEADERS}
        headers = {f"Access-Control-Allow-{name}": value for name, value in allowed.items()}
        return Response(status=204, headers={**headers, "Access-Control-Max-Age": MAX_AGE})

    def allow_origin(response: Response) -> Response:
        """Allow a script of these origins to read the response."""
        response.vary.add("Origin")
        origin = request.headers.get("Origin")
        if origin in origins:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = RESPONSE_HEADERS
        return response

    app.before_request(preflight)
    app.after_request(allow_origin)
