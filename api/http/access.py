"""Who may send requests: anyone until the first access key exists, then only clients that send one. Knows no jobs.

Scripts send a key as `Authorization: Bearer`. The page's own requests, including those for its pictures, carry what the
browser remembers: pages answer with a challenge of the scheme Basic, where the key is the password. So does
everything that a person opens at a browser.
"""

import time
from typing import cast
from urllib.parse import urlsplit

from flask import Flask, current_app, g, request

from api.http.problems import Problem, is_for_person
from jobs.access_keys import AccessKey, AccessKeys, find

PUBLIC = ("static", "health.healthz", "health.readyz")  # endpoints
PAGES = "pages"  # their blueprint
CACHE_SECONDS = 1.0
EXTENSION = "shotlens-access-keys"  # the name of the CachedAccessKeys in app.extensions


class CachedAccessKeys:
    """The access keys as of at most a second ago: this hardly loads Redis, and a revoked key is soon refused."""

    def __init__(self, access_keys: AccessKeys) -> None:
        self._access_keys = access_keys
        self._cached: tuple[float, dict[str, AccessKey]] | None = None  # when they were read (monotonic), the keys

    def all(self) -> dict[str, AccessKey]:
        """Return all access keys. Raises RedisError during an outage, which must not let anyone in."""
        if self._cached is None or time.monotonic() - self._cached[0] > CACHE_SECONDS:
            self._cached = time.monotonic(), self._access_keys.all()
        return self._cached[1]


def register(app: Flask, access_keys: AccessKeys) -> None:
    """Require an access key for every request to the application, once one exists."""
    app.extensions[EXTENSION] = CachedAccessKeys(access_keys)
    app.before_request(_check_access)


def current_access_key() -> AccessKey | None:
    """Return the access key of the current request; None if it needs none."""
    return cast("AccessKey | None", g.get("access_key"))


def who() -> str:
    """Return who sends the current request, for the log: the name of the access key, else the address."""
    access_key = current_access_key()
    return access_key.name if access_key else request.remote_addr or "local"


def _check_access() -> None:
    if request.endpoint in PUBLIC:
        return
    access_keys = cast(CachedAccessKeys, current_app.extensions[EXTENSION]).all()
    if not access_keys:
        return
    token = _token()
    g.access_key = find(access_keys, token) if token else None
    if g.access_key is None:
        raise _unauthorized(token)
    if request.authorization and request.authorization.type == "basic" and _is_cross_origin_write():
        raise Problem(403, "A page of another origin may not send this with the key that the browser remembers.")


def _token() -> str | None:
    """Return the token that the request carries, as a bearer token or as the password of any user."""
    credentials = request.authorization
    if credentials is None:
        return None
    if credentials.type == "bearer":
        return credentials.token
    return credentials.password if credentials.type == "basic" else None


def _unauthorized(token: str | None) -> Problem:
    scheme = "Basic" if request.blueprint == PAGES or is_for_person() else "Bearer"
    sentence = (
        "This key is unknown here, or it was revoked: ask the operator for another one."
        if token
        else "This service asks for a key: send it as `Authorization: Bearer <key>`; in a browser, reload the page."
    )
    return Problem(401, sentence, {"WWW-Authenticate": f'{scheme} realm="Shotlens"', "Cache-Control": "no-store"})


def _is_cross_origin_write() -> bool:
    """Return whether another origin's page tries to change something: browsers add a remembered key to that, too."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return False
    if site := request.headers.get("Sec-Fetch-Site"):
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin")  # for plain HTTP, where browsers omit Sec-Fetch-Site
    return origin is not None and urlsplit(origin).netloc != request.host
