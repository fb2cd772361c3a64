"""Converts records of version 1 to the current format, one job at a time, when a job is first needed.

Version 1, which has no `version` field, stored shots by number, together with their camera paths and the names of their
frames, and the predictions of both heads together. A finished job is converted without loss; an unfinished one restarts
from its video, and workers that hold a claim on it lose it.
"""

import json
from typing import Any, cast

from redis import Redis, WatchError

from jobs.claim import GROUP
from jobs.expiry import adopt
from jobs.names import NETWORK, SPLIT, JobKeys, job_keys
from jobs.record import VERSION, restart
from shotlens.shots.heads import MOVEMENT, SCALE
from shotlens.shots.job import RUNNING
from shotlens.shots.shot import CameraMotion, Frame, Prediction, Shot, path_to_json

HEADS = [MOVEMENT.name, SCALE.name]  # of version 1


def upgrade(redis: "Redis", job_id: str) -> None:
    """Convert the record of a job to the current version, unless it already is or is gone. Raises RedisError."""
    redis_keys = job_keys(job_id)
    adopt(redis, job_id)
    while True:
        pipe: Any
        with redis.pipeline(transaction=True) as pipe:
            try:
                pipe.watch(redis_keys.record)  # from here on, commands run immediately, until `multi`
                state, version = cast(Any, pipe.hmget(redis_keys.record, ["state", "version"]))
                if state in (None, "cancelled") or version == VERSION:
                    return
                if state in RUNNING:
                    _restart(pipe, job_id)
                else:
                    _convert(pipe, redis_keys)
                pipe.execute()
                return
            except WatchError:  # another process has changed the record
                continue


def _restart(pipe: Any, job_id: str) -> None:
    request = pipe.hget(job_keys(job_id).record, "request") or ""
    entries = [entry for entry, fields in pipe.xrange(SPLIT) if fields.get("job") == job_id]
    pipe.multi()
    for entry in entries:
        pipe.xack(SPLIT, GROUP, entry)
        pipe.xdel(SPLIT, entry)
    restart(pipe, job_id, request)


def _convert(pipe: Any, redis_keys: JobKeys) -> None:
    record, shots_key, paths_key, predictions_key, _ = redis_keys
    shots = {int(number): _shot(json.loads(text)) for number, text in pipe.hgetall(shots_key).items()}
    predictions = {int(number): json.loads(text) for number, text in pipe.hgetall(predictions_key).items()}
    model = pipe.hget(record, "model")
    pipe.multi()
    pipe.delete(shots_key, predictions_key)
    for number, shot in shots.items():
        pipe.hset(shots_key, str(shot.start_frame), shot.to_json())
        pipe.hset(paths_key, str(shot.start_frame), path_to_json(shot.camera_path))
        for head, prediction in _predictions(predictions.get(number, {})).items():
            pipe.hset(predictions_key, f"{shot.start_frame}/{head}", prediction.to_json())
    pipe.hset(record, mapping={"version": VERSION, "heads": json.dumps(HEADS)})
    if model:
        pipe.hset(record, f"model/{NETWORK}", model)
        pipe.hdel(record, "model")


def _shot(values: dict[str, Any]) -> Shot:
    return Shot(
        start_frame=values["start_frame"],
        end_frame=values["end_frame"],
        start=values["start"],
        end=values["end"],
        frames=tuple(map(Frame.parse, values["frames"])),
        camera_path=tuple(CameraMotion(*motion) for motion in values["camera_path"]),
        transition=values.get("transition", "cut"),
    )


def _predictions(values: dict[str, Any]) -> dict[str, Prediction]:
    uncertain = values.get("uncertain", ())
    return {head: Prediction(values[head], head in uncertain) for head in HEADS if head in values}
