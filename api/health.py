"""/healthz: the process lives. /readyz: what it needs is there."""

from typing import Literal

from flask import Blueprint, Response, jsonify
from pydantic import BaseModel
from redis import RedisError

from api.http.problems import Problem
from api.openapi.operation import Answer, Operation
from api.services import services

blueprint = Blueprint("health", __name__)


class Health(BaseModel):
    """An answer that is always the same."""

    status: Literal["ok", "ready"]


@blueprint.get("/healthz")
@Operation("alive", "operation", [Answer(200, "It answers.", Health)])
def healthz() -> Response:
    """Say that the process answers, whatever else is down."""
    return jsonify(Health(status="ok").model_dump())


@blueprint.get("/readyz")
@Operation("ready", "operation", [Answer(200, "It takes videos.", Health)], errors={503: "Redis does not answer."})
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
    return jsonify(Health(status="ready").model_dump())
