"""The rate limit of each client: Flask-Limiter with a moving window of a minute, counted on the service's own Redis.

A client is an access key, or an address if no key was sent. Requests that a page makes by itself, in numbers that its
reader does not choose, and those of monitoring do not count.

Redis keys:
    limits:*   list  the times of a client's last requests; expires after a minute
"""

import math
import time
from contextlib import suppress
from ipaddress import IPv6Address, ip_address, ip_network

from flask import Flask, Response, request
from flask_limiter import Limiter
from redis import Redis, RedisError

from api.http.access import current_access_key

EXEMPT = (  # endpoints
    "static",
    "health.healthz",
    "health.readyz",
    "metrics.metrics",
    "jobs.frame",
    "camera.show",
    "events.events",
)


def register(app: Flask, redis: "Redis", per_minute: int) -> None:
    """Refuse more than `per_minute` requests of a client with 429; 0: no limit. Call this after `access.register`."""
    if not per_minute:
        return
    limiter = Limiter(
        _client,
        application_limits=[f"{per_minute} per minute"],
        strategy="moving-window",
        storage_uri="redis://",  # not used: the connection pool is ours
        storage_options={"connection_pool": redis.connection_pool, "key_prefix": "limits"},  # type: ignore[dict-item]
        headers_enabled=False,  # they would overwrite the Retry-After that tells a client when to ask for its job again
    )
    limiter.request_filter(lambda: request.endpoint in EXEMPT)
    limiter.init_app(app)
    app.after_request(lambda response: _add_headers(response, limiter))


def client_of(address: str) -> str:
    """Return what identifies the client of an address: for IPv6 its /64, within which a host chooses freely."""
    try:
        parsed = ip_address(address)
    except ValueError:  # a Unix socket has no address
        return address or "local"
    if isinstance(parsed, IPv6Address) and not parsed.ipv4_mapped:
        return str(ip_network((parsed, 64), strict=False))
    return address


def _client() -> str:
    access_key = current_access_key()
    return f"key/{access_key.id}" if access_key else f"address/{client_of(request.remote_addr or '')}"


def _add_headers(response: Response, limiter: Limiter) -> Response:
    """Add how many requests are left, and the seconds until the oldest one leaves the window."""
    limit = limiter.current_limit
    if limit is None:
        return response
    with suppress(RedisError):  # Redis has just gone; the response is valid without the headers
        reset, left = limit.window
        seconds = max(1, math.ceil(reset - time.time()))
        response.headers["RateLimit-Limit"] = str(limit.limit.amount)
        response.headers["RateLimit-Remaining"] = str(max(0, left))
        response.headers["RateLimit-Reset"] = str(seconds)
        if response.status_code == 429:
            response.headers["Retry-After"] = str(seconds)
    return response
