"""The job record in Redis, from acceptance to the end of the job. Every change made for a queue entry is one script.

Redis keys:
    job:<id>              hash  version (of this format), state, progress, error, warning, filename, size, sketch
                                (a digest of some bytes of the video), duplicate_of (an earlier job with the same bytes
                                and options), options, heads (to predict for each shot, as JSON), callback, request (the
                                id of the request that brought the job), video, model/<network>, poster (<number of the
                                shot>/<frame>), shots (their number, once the cutting is finished), created, started,
                                cut, finished (times), kept (1 if somebody wants it kept for good), expires (when it is
                                to be deleted: only if it is finished, and neither kept nor corrected), revision (counts
                                corrections, undos and redos), undone (how many corrections are undone), corrected_shots
                                (the number of shots since the last correction)
    job:<id>:shots        hash  <first frame> -> JSON of the shot (times, transition)
    job:<id>:paths        hash  <first frame> -> JSON of its camera path
    job:<id>:predictions  hash  <first frame>/<head> -> JSON of the prediction
    job:<id>:edits        list  JSON of each correction by hand, oldest first; the last `undone` of them are undone, and
                                the next correction removes those. The shots and predictions above never change
    jobs                  zset  the ids of all jobs by `created`
    same:<sketch>         zset  the ids of the jobs whose video has this sketch by `created`
    once:<digest>         hash  job, fingerprint: what an idempotency key was used for           EXPIRE after a day

Entries: `split` holds a job and its request; `webhooks` a job; `predict` a job, its request, the first frames of some
of its shots, and the heads to predict for them.
A shot is identified by its first frame, and numbered when it is read. The job is done when the cutting is finished and
every head of the job has predicted every shot, whichever comes last.
A deleted job leaves a record with one field, `state: cancelled`, for a minute, so that clients waiting for it find out.
`jobs/expiry.py` deletes those whose time is over.
"""

import json
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, cast

from redis import Redis

from jobs.claim import Claim
from jobs.errors import IdempotencyKeyReused, JobGone, LeaseLost
from jobs.fields import parse_job
from jobs.names import DEAD, INDEX, METRICS, NETWORK, SPLIT, job_keys, predict_stream, same_key
from jobs.queue import MAX_ATTEMPTS, make_group
from jobs.scripts import load
from shotlens.shots.errors import Cause
from shotlens.shots.heads import HEADS
from shotlens.shots.job import Job
from shotlens.shots.options import JobOptions
from shotlens.shots.shot import Prediction, Predictions, Shot, Video, path_from_json, path_to_json

VERSION = "2"  # of new records; `jobs/upgrade.py` reads those of version 1, which lack the field
PREDICT_GROUP = 16  # maximum number of shots in one `predict` entry
TOMBSTONE_SECONDS = 60
IDEMPOTENCY_SECONDS = 86400
PACE_KEPT = 0.9  # of the pace: the last ten videos or so count


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """A client's key, under which a repeated request creates one job, and a fingerprint of the whole request."""

    value: str
    fingerprint: str


class Jobs:
    """All job records on one Redis server."""

    def __init__(self, redis: "Redis", keep_seconds: float) -> None:
        self.redis = redis
        self.keep_seconds = int(keep_seconds)

    # Called by the API.

    def create(
        self,
        job_id: str,
        filename: str,
        size: int,
        *,
        options: JobOptions | None = None,
        heads: Sequence[str] | None = None,
        idempotency_key: IdempotencyKey | None = None,
        callback: str | None = None,
        sketch: str = "",
        duplicate_of: str | None = None,
        request: str = "",
    ) -> str:
        """Record an accepted video, whose file is already in place, and enqueue it, in one step.

        `heads` are those to predict, all by default; `sketch` is that of the video, `duplicate_of` an earlier job with
        the same. Returns the job's id, or the id of the job that an earlier request with the same idempotency key
        created; raises IdempotencyKeyReused if that was a different request.
        """
        make_group(self.redis, SPLIT)
        now = time.time()
        fields = {
            "version": VERSION,
            "state": "queued",
            "filename": filename,
            "size": str(size),
            "heads": json.dumps(list(HEADS if heads is None else heads)),
            "created": repr(now),
            "request": request,
        }
        if options:
            fields["options"] = options.model_dump_json(exclude_none=True)
        optional = {"callback": callback, "sketch": sketch, "duplicate_of": duplicate_of}
        fields |= {name: value for name, value in optional.items() if value}
        once_key = f"once:{sha256(idempotency_key.value.encode()).hexdigest()}" if idempotency_key else ""
        fingerprint = idempotency_key.fingerprint if idempotency_key else ""
        args = (job_id, now, json.dumps(fields), fingerprint, IDEMPOTENCY_SECONDS)
        redis_keys = [SPLIT, job_keys(job_id).record, INDEX, once_key, same_key(sketch) if sketch else ""]
        stored_id, stored_fingerprint = self._run(("create",), redis_keys, args)
        if stored_fingerprint != fingerprint:
            raise IdempotencyKeyReused(
                "This Idempotency-Key was used before, for another video or other options: use a new one."
            )
        return str(stored_id)

    def get(self, job_id: str) -> Job | None:
        """Read a record; None if there is none. A deleted job reads `cancelled` for a minute."""
        fields = cast(dict[str, str], self.redis.hgetall(job_keys(job_id).record))
        return parse_job(job_id, fields) if fields else None

    def with_sketch(self, sketch: str) -> list[str]:
        """Return the ids of the jobs whose video has this sketch, newest first."""
        return cast(list[str], self.redis.zrevrange(same_key(sketch), 0, -1))

    def first_frames(self, job_id: str) -> list[int]:
        """Return the first frames of the shots detected so far, in order; this order numbers the shots."""
        return sorted(map(int, cast(list[str], self.redis.hkeys(job_keys(job_id).shots))))

    def shots(self, job_id: str, first_frames: Sequence[int] | None = None, *, camera: bool = False) -> list[Shot]:
        """Read the shots detected so far, or those with these first frames, in order; `camera` adds their camera paths.

        Shots that do not exist are left out.
        """
        redis_keys = job_keys(job_id)
        shots = self._read(redis_keys.shots, first_frames)
        paths = self._read(redis_keys.paths, first_frames) if camera else {}
        return [
            Shot.from_json(shots[first], path_from_json(paths[first]) if first in paths else ())
            for first in sorted(shots, key=int)
        ]

    def predictions(self, job_id: str, first_frames: Sequence[int] | None = None) -> dict[int, Predictions]:
        """Read the predictions made so far, or those of the shots with these first frames, by first frame."""
        fields = None if first_frames is None else [f"{first}/{head}" for first in first_frames for head in HEADS]
        by_shot: dict[int, dict[str, Prediction]] = defaultdict(dict)
        for field, text in self._read(job_keys(job_id).predictions, fields).items():
            first, _, head = field.partition("/")
            if head in HEADS:
                by_shot[int(first)][head] = Prediction.from_json(text)
        return dict(by_shot)

    def predicted(self, job: Job) -> set[int]:
        """Return the first frames of the shots that all heads of the job have predicted."""
        fields = cast(list[str], self.redis.hkeys(job_keys(job.id).predictions))
        head_counts = Counter(int(field.partition("/")[0]) for field in fields)
        return {first for first, count in head_counts.items() if count >= len(job.heads)}

    def counts(self, job_id: str) -> tuple[int, int]:
        """Count the shots detected and the predictions made so far; none of them ever changes."""
        with self.redis.pipeline(transaction=False) as pipe:
            pipe.hlen(job_keys(job_id).shots)
            pipe.hlen(job_keys(job_id).predictions)
            shots, predictions = pipe.execute()
        return shots, predictions

    def exists(self, job_id: str) -> bool:
        """Return whether the job exists and is not deleted."""
        return self.redis.hget(job_keys(job_id).record, "state") not in (None, "cancelled")

    def delete(self, job_id: str) -> None:
        """Delete a job in any state. Workers that hold a claim on it notice when they next publish."""
        self._run(("delete",), [*job_keys(job_id), METRICS, INDEX], [TOMBSTONE_SECONDS, job_id])

    # Called by the workers, each with its claim. All raise LeaseLost or JobGone.

    def begin(self, claim: Claim) -> None:
        """Mark the job as being cut."""
        self._change("begin", claim)

    def publish(
        self,
        claim: Claim,
        shots: Sequence[Shot],
        progress: float,
        video: Video | None = None,
        poster: tuple[int, int] | None = None,
    ) -> None:
        """Write the progress and some finished, consecutive shots, and enqueue these for prediction.

        `poster` is the number of a shot and that of its frame.
        """
        fields = {"progress": str(round(progress, 4))}
        if video:
            fields["video"] = json.dumps(video.to_json())
        if poster:
            fields["poster"] = "{}/{}".format(*poster)
        texts = {str(shot.start_frame): shot.to_json() for shot in shots}
        paths = {str(shot.start_frame): path_to_json(shot.camera_path) for shot in shots}
        streams = {name: predict_stream(head.network) for name, head in HEADS.items()}
        self._change("publish", claim, *map(json.dumps, (fields, texts, paths, streams)), ",".join(texts))

    def finish_cutting(self, claim: Claim, video: Video, shots: int, warning: str | None = None) -> None:
        """Record that all shots are published; the job ends with the last prediction, which may already be there."""
        fields = {"video": json.dumps(video.to_json()), "shots": str(shots), "progress": "1"}
        if warning:
            fields["warning"] = warning
        self._change("finish_cutting", claim, json.dumps(fields), video.duration, PACE_KEPT)

    def finish_predict(
        self,
        claim: Claim,
        predictions: Mapping[int, Predictions],
        model: Mapping[str, str],
        network: str = NETWORK,
    ) -> None:
        """Write the predictions of a network for an entry's shots, by first frame; the last prediction ends the job."""
        texts = {
            f"{first}/{head}": prediction.to_json()
            for first, heads in predictions.items()
            for head, prediction in heads.items()
        }
        self._change("finish_predict", claim, json.dumps(texts), f"model/{network}", json.dumps(dict(model)))

    def fail(self, claim: Claim, error: str, cause: Cause = "other") -> None:
        """Fail the job for good: its video can never succeed."""
        self._change("fail", claim, error, "[]", cause)

    def bury(self, claim: Claim, reason: str, cause: Cause = "other") -> None:
        """Move an entry to `dead` with the reason, and fail its job; `requeue` can restart it."""
        dead = {**claim.fields, "stream": claim.stream, "attempts": str(claim.attempts), "reason": reason}
        pairs = [part for pair in dead.items() for part in pair]
        error = f"The video could not be processed: {reason} It was tried {MAX_ATTEMPTS} times."
        self._change("fail", claim, error, json.dumps(pairs), cause)

    # Called by operators.

    def dead(self) -> list[tuple[str, dict[str, str]]]:
        """List the dead letters: entry id and fields (job, stream, attempts, reason), oldest first."""
        return cast(list[tuple[str, dict[str, str]]], self.redis.xrange(DEAD))

    def requeue(self, dead_id: str) -> bool:
        """Restart the job of a dead letter from its video. False: the dead letter or its job no longer exists."""
        for _, fields in cast(Any, self.redis.xrange(DEAD, dead_id, dead_id)):
            failed = self.redis.hget(job_keys(fields["job"]).record, "state") == "failed"
            with self.redis.pipeline(transaction=True) as pipe:
                pipe.xdel(DEAD, dead_id)
                if failed:
                    restart(pipe, fields["job"], fields.get("request", ""))
                pipe.execute()
            return failed
        return False

    def _read(self, key: str, fields: Sequence[object] | None) -> dict[str, str]:
        """Read a hash, or these of its fields; missing ones are left out."""
        if fields is None:
            return cast(dict[str, str], self.redis.hgetall(key))
        names = list(map(str, fields))
        texts = cast(list[str | None], self.redis.hmget(key, names)) if names else []
        return {name: text for name, text in zip(names, texts, strict=True) if text}

    def _change(self, script: str, claim: Claim, *args: object) -> None:
        of_job = job_keys(claim.job)
        redis_keys = [claim.stream, of_job.record, of_job.shots, of_job.predictions, of_job.paths, METRICS, DEAD]
        common_args = [claim.id, claim.consumer, time.time(), self.keep_seconds]
        outcome = self._run(("expiry", "owned", "guard", script), redis_keys, [*common_args, *args])
        if outcome == 0:
            raise LeaseLost("another worker has taken over this work")
        if outcome == -1:
            raise JobGone("the job was deleted or has ended")

    def _run(self, names: tuple[str, ...], redis_keys: Sequence[str], args: Sequence[object]) -> Any:
        script: Any = self.redis.register_script(load(*names))
        return script(keys=redis_keys, args=args)


def restart(pipe: Any, job_id: str, request: str) -> None:
    """Enqueue a job again from its video, as part of a transaction; its shots, predictions and edits are deleted."""
    record, *results = job_keys(job_id)
    pipe.delete(*results)
    outdated = ("error", "warning", "shots", "progress", "poster", "started", "cut", "finished", "expires", "model")
    pipe.hdel(record, *outdated, "undone", "corrected_shots")
    pipe.hset(record, mapping={"version": VERSION, "state": "queued", "heads": json.dumps(list(HEADS))})
    pipe.persist(record)
    pipe.xadd(SPLIT, {"job": job_id, "request": request})
