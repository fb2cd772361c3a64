"""/healthz: the process is alive. /readyz: everything it needs is available."""

from typing import Literal

from flask import Blueprint, Response, jsonify
from pydantic import BaseModel
from redis import RedisError

from api.http.problems import Problem
from api.openapi.operation import Answer, Operation
from api.services import services

blueprint = Blueprint("health", __name__)


class Health(BaseModel):
    """The state of the service; problems are reported as errors instead."""

    status: Literal["ok", "ready"]


@blueprint.get("/healthz")
@Operation("alive", "operation", [Answer(200, "The process is alive.", Health)])
def healthz() -> Response:
    """Report that the process is alive, whatever else is down."""
    return jsonify(Health(status="ok").model_dump())


@blueprint.get("/readyz")
@Operation(
    "ready", "operation", [Answer(200, "The service accepts videos.", Health)], errors={503: "Redis does not answer."}
)
def readyz() -> Response:
    """Report whether the service can accept videos: Redis answers and the data folder can be written."""
    problems = []
    try:
        services().redis.ping()
    except RedisError:
        problems.append("Redis does not answer")
    try:
        services().files.prepare()
    except OSError:
        problems.append("the data folder cannot be written")
    if problems:
        sentence = " and ".join(problems)
        raise Problem(503, f"{sentence[0].upper()}{sentence[1:]}.", {"Retry-After": "10"})
    return jsonify(Health(status="ready").model_dump())
