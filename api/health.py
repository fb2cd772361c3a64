"""/healthz: the process lives. /readyz: what it needs is there."""

from apiflask import APIBlueprint
from flask import Response, jsonify
from redis import RedisError

from api.http.problems import Problem
from api.services import services

blueprint = APIBlueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Say that the process answers, whatever else is down."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz() -> Response:
    """Say whether videos can be taken: Redis answers and the data folder can be written."""
    missing = []
    try:
        services().redis.ping()
    except RedisError:
        missing.append("Redis does not answer")
    try:
        services().files.prepare()
    except OSError:
        missing.append("the data folder cannot be written")
    if missing:
        sentence = " and ".join(missing)
        raise Problem(503, f"{sentence[0].upper()}{sentence[1:]}.", {"Retry-After": "10"})
    return jsonify(status="ready")
