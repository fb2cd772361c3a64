"""Records of version 1 brought into the form of today, one job at a time, when somebody first needs it.

Version 1, which has no `version`, kept shots by their number, with their camera paths and the names of their frames in
the same text, and the predictions of both heads together. A finished job is rewritten and loses nothing; one that was
still worked on starts again from its video, and whoever held it loses it.
"""

import json
from typing import Any, cast

from redis import Redis, WatchError

from jobs.claim import GROUP
from jobs.names import NETWORK, SPLIT, JobKeys, job_keys
from jobs.record import VERSION, start_anew
from shotlens.shots.heads import MOVEMENT, SCALE
from shotlens.shots.job import RUNNING
from shotlens.shots.shot import CameraMotion, Frame, Prediction, Shot, path_to_json

HEADS = [MOVEMENT.name, SCALE.name]  # of version 1


def upgrade(redis: "Redis", job_id: str) -> None:
    """Bring the record of a job up to date; does nothing for one that is, or is gone. Raises RedisError."""
    of = job_keys(job_id)
    while True:
        pipe: Any
        with redis.pipeline(transaction=True) as pipe:
            try:
                pipe.watch(of.record)  # as soon as this begins, commands run at once, until `multi`
                state, version = cast(Any, pipe.hmget(of.record, ["state", "version"]))
                if state in (None, "cancelled") or version == VERSION:
                    return
                if state in RUNNING:
                    _restart(pipe, job_id)
                else:
                    _rewrite(pipe, of)
                pipe.execute()
                return
            except WatchError:  # another process was faster
                continue


def _restart(pipe: Any, job_id: str) -> None:
    request = pipe.hget(job_keys(job_id).record, "request") or ""
    entries = [entry for entry, fields in pipe.xrange(SPLIT) if fields.get("job") == job_id]
    pipe.multi()
    for entry in entries:
        pipe.xack(SPLIT, GROUP, entry)
        pipe.xdel(SPLIT, entry)
    start_anew(pipe, job_id, request)


def _rewrite(pipe: Any, of: JobKeys) -> None:
    shots = {int(number): json.loads(text) for number, text in pipe.hgetall(of.shots).items()}
    predictions = {int(number): json.loads(text) for number, text in pipe.hgetall(of.predictions).items()}
    model, left = pipe.hget(of.record, "model"), pipe.pttl(of.record)
    read = {number: _shot(values) for number, values in shots.items()}
    pipe.multi()
    pipe.delete(of.shots, of.predictions)
    for number, shot in read.items():
        pipe.hset(of.shots, str(shot.start_frame), shot.to_json())
        pipe.hset(of.paths, str(shot.start_frame), path_to_json(shot.camera_path))
        for head, prediction in _predictions(predictions.get(number, {})).items():
            pipe.hset(of.predictions, f"{shot.start_frame}/{head}", prediction.to_json())
    pipe.hset(of.record, mapping={"version": VERSION, "heads": json.dumps(HEADS)})
    if model:
        pipe.hset(of.record, f"model/{NETWORK}", model)
        pipe.hdel(of.record, "model")
    if left > 0:
        for key in (of.shots, of.paths, of.predictions):
            pipe.pexpire(key, left)


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
