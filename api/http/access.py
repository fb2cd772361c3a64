"""Who may ask: everyone until the first key is made, from then on whoever shows a key. Knows nothing of jobs.

Scripts send a key as `Authorization: Bearer`. The page's own requests, its pictures among them, carry what a browser
remembers: the pages are answered with a challenge of the scheme Basic, where the key is the password.
"""

import time
from typing import cast
from urllib.parse import urlsplit

from flask import Flask, current_app, g, request

from api.http.problems import Problem
from jobs.access_keys import AccessKey, AccessKeys, find

PUBLIC = ("static", "health.healthz", "health.readyz")  # endpoints
PAGES = "pages"  # their blueprint
FRESH_SECONDS = 1.0
EXTENSION = "shotlens-door"


class Door:
    """The keys as they were at most a second ago: asking costs Redis next to nothing, and revoking is quick."""

    def __init__(self, keys: AccessKeys) -> None:
        self._keys = keys
        self._seen: tuple[float, dict[str, AccessKey]] | None = None  # when (monotonic), what

    def known(self) -> dict[str, AccessKey]:
        """Return all keys. Raises RedisError where nobody can say: an outage must not open the door."""
        if self._seen is None or time.monotonic() - self._seen[0] > FRESH_SECONDS:
            self._seen = time.monotonic(), self._keys.all()
        return self._seen[1]


def register(app: Flask, keys: AccessKeys) -> None:
    """Let the application ask every request for a key."""
    app.extensions[EXTENSION] = Door(keys)
    app.before_request(_ask)


def current_key() -> AccessKey | None:
    """Return the key of the request under way; None where it needs none."""
    return cast("AccessKey | None", g.get("key"))


def _ask() -> None:
    if request.endpoint in PUBLIC:
        return
    known = cast(Door, current_app.extensions[EXTENSION]).known()
    if not known:
        return
    shown = _shown()
    g.key = find(known, shown) if shown else None
    if g.key is None:
        raise _refusal(shown)
    if request.authorization and request.authorization.type == "basic" and _is_foreign():
        raise Problem(403, "A page of another origin may not send this with the key that the browser remembers.")


def _shown() -> str | None:
    """Return the key that the request shows, as bearer's token or as the password of any user."""
    sent = request.authorization
    if sent is None:
        return None
    return sent.token if sent.type == "bearer" else sent.password if sent.type == "basic" else None


def _refusal(shown: str | None) -> Problem:
    scheme = "Basic" if request.blueprint == PAGES else "Bearer"
    sentence = (
        "This key is unknown here, or it was revoked: ask the operator for another one."
        if shown
        else "This service asks for a key: send it as `Authorization: Bearer <key>`; in a browser, load the page anew."
    )
    return Problem(401, sentence, {"WWW-Authenticate": f'{scheme} realm="Shotlens"', "Cache-Control": "no-store"})


def _is_foreign() -> bool:
    """Say whether another origin's page wants to change something here: browsers add a remembered key to that, too."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return False
    if site := request.headers.get("Sec-Fetch-Site"):
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin")  # for plain HTTP, where browsers leave the other header out
    return origin is not None and urlsplit(origin).netloc != request.host
