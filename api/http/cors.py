"""Scripts on pages of other origins: browsers keep them out unless the operator names the origin.

They show a key of their own; what a browser remembers for this origin is never theirs to use (no credentials).
"""

from flask import Flask, Response, request

METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
TUS = "Tus-Resumable, Upload-Length, Upload-Offset"
SENT = (
    "Authorization, Content-Type, If-None-Match, Prefer, Range, X-Request-Id, "
    f"Upload-Metadata, X-HTTP-Method-Override, {TUS}"
)
SHOWN = (
    "Location, ETag, Retry-After, Preference-Applied, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, "
    f"X-Request-Id, {TUS}, Upload-Expires, Tus-Version, Tus-Extension, Tus-Max-Size"
)
HOUR = "3600"  # seconds that a browser may remember a preflight


def register(app: Flask, origins: frozenset[str]) -> None:
    """Let scripts of these origins in; to be registered before the access, as a preflight carries no key."""
    if not origins:
        return

    def preflight() -> Response | None:
        """Answer what a browser asks before it lets a script of these origins ask."""
        if request.method != "OPTIONS" or "Access-Control-Request-Method" not in request.headers:
            return None
        if request.headers.get("Origin") not in origins:
            return None
        allowed = {"Methods": METHODS, "Headers": SENT}
        headers = {f"Access-Control-Allow-{name}": value for name, value in allowed.items()}
        return Response(status=204, headers={**headers, "Access-Control-Max-Age": HOUR})

    def let_in(response: Response) -> Response:
        """Say that a script of these origins may read the answer."""
        response.vary.add("Origin")
        origin = request.headers.get("Origin")
        if origin in origins:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = SHOWN
        return response

    app.before_request(preflight)
    app.after_request(let_in)
