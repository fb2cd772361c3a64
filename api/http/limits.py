"""How much one client may ask: Flask-Limiter, a moving window of a minute, counted on the service's own Redis.

A client is a key, or where none was shown an address. What a page loads by itself, in numbers that its reader does not
choose, and what watches the service, counts for nothing.

Keys:
    limits:*   list  the times of a client's last requests; expires after a minute
"""

import math
import time
from contextlib import suppress
from ipaddress import IPv6Address, ip_address, ip_network

from flask import Flask, Response, request
from flask_limiter import Limiter
from redis import Redis, RedisError

from api.http.access import current_key

FREE = (  # endpoints
    "static",
    "health.healthz",
    "health.readyz",
    "metrics.metrics",
    "jobs.frame",
    "camera.show",
    "events.events",
)


def register(app: Flask, redis: "Redis", per_minute: int) -> None:
    """Refuse with 429 whoever asks more than `per_minute`; 0 is no limit. To be registered after the access."""
    if not per_minute:
        return
    limiter = Limiter(
        _client,
        application_limits=[f"{per_minute} per minute"],
        strategy="moving-window",
        storage_uri="redis://",  # of no meaning: the pool is ours
        storage_options={"connection_pool": redis.connection_pool, "key_prefix": "limits"},  # type: ignore[dict-item]
        headers_enabled=False,  # it would raise the Retry-After of an answer that says when to ask for the job again
    )
    limiter.request_filter(lambda: request.endpoint in FREE)
    limiter.init_app(app)
    app.after_request(lambda response: _tell(response, limiter))


def client_of(address: str) -> str:
    """Return what stands for all addresses of one client: an IPv6 host chooses freely among those of its /64."""
    try:
        parsed = ip_address(address)
    except ValueError:  # a Unix socket has none
        return address or "local"
    if isinstance(parsed, IPv6Address) and not parsed.ipv4_mapped:
        return str(ip_network((parsed, 64), strict=False))
    return address


def _client() -> str:
    key = current_key()
    return f"key/{key.id}" if key else f"address/{client_of(request.remote_addr or '')}"


def _tell(response: Response, limiter: Limiter) -> Response:
    """Say how much is left, and in how many seconds the oldest request is forgotten."""
    limit = limiter.current_limit
    if limit is None:
        return response
    with suppress(RedisError):  # it went away meanwhile; the answer is good without
        forgotten, left = limit.window
        seconds = max(1, math.ceil(forgotten - time.time()))
        response.headers["RateLimit-Limit"] = str(limit.limit.amount)
        response.headers["RateLimit-Remaining"] = str(max(0, left))
        response.headers["RateLimit-Reset"] = str(seconds)
        if response.status_code == 429:
            response.headers["Retry-After"] = str(seconds)
    return response
