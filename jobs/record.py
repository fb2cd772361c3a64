"""The job record in Redis, from accepted to done. Every change that follows from an entry is one script.

Keys:
    job:<id>              hash  state, progress, error, warning, filename, size, options, callback, request (the id of
                                the request that brought it), video, model, shots (their number, once the cutting is
                                finished), created, started, cut, finished (times), revision (counts corrections and
                                undoes)                                                         EXPIRE when finished
    job:<id>:shots        hash  <index> -> JSON of the shot (frames, times, camera path)         expires with the job
    job:<id>:predictions  hash  <index> -> JSON of the prediction                                expires with the job
    job:<id>:edits        list  JSON of each correction by hand, oldest first: an undo takes the last one away, and
                                the shots and predictions above stay as they were made       expires with the job
    jobs                  zset  the ids of all jobs by `created`; what has expired leaves it when the jobs are listed
    once:<digest>         hash  job, fingerprint: what an idempotency key was used for           EXPIRE after a day

Entries: `split` names a job and its request, `webhooks` a job; `predict` a job, its request and a range of shots
`[first, last)`.
The job is done when the cutting is finished and every shot has a prediction, in whichever order that comes true.
A deleted job leaves a record of one word, `state: cancelled`, for a minute, so that whoever waits for it learns so.
"""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

from redis import Redis

from jobs import scripts
from jobs.errors import Cause, JobGone, KeyReused, LeaseLost
from jobs.job import Job, job_of
from jobs.options import JobOptions
from jobs.queue import MAX_ATTEMPTS, Entry, Queue, make_group
from jobs.shot import Prediction, Shot, Video

SPLIT, PREDICT, DEAD, WEBHOOKS = "split", "predict", "dead", "webhooks"
METRICS = "metrics"
PREDICT_GROUP = 16  # most shots in one `predict` entry
TOMBSTONE_SECONDS = 60
INDEX = "jobs"
ONCE_SECONDS = 86400


@dataclass(frozen=True, slots=True)
class Once:
    """What makes a request that is sent twice one job: the client's key, and a fingerprint of all that was sent."""

    key: str
    fingerprint: str


class Jobs:
    """All job records on one Redis server."""

    def __init__(self, redis: "Redis", keep_seconds: float) -> None:
        self.redis = redis
        self.keep = int(keep_seconds)
        self._create = redis.register_script(scripts.CREATE)
        self._begin = redis.register_script(scripts.BEGIN)
        self._publish = redis.register_script(scripts.PUBLISH)
        self._finish_split = redis.register_script(scripts.FINISH_SPLIT)
        self._finish_predict = redis.register_script(scripts.FINISH_PREDICT)
        self._fail = redis.register_script(scripts.FAIL)
        self._cancel = redis.register_script(scripts.CANCEL)

    # What the API does.

    def create(
        self,
        job_id: str,
        filename: str,
        size: int,
        *,
        options: JobOptions | None = None,
        once: Once | None = None,
        callback: str | None = None,
        request: str = "",
    ) -> str:
        """Record an accepted video, whose file is in its place, and enqueue it, in one step.

        Returns its id, or that of the job which an earlier request with the same key has made; KeyReused where that
        was another request.
        """
        make_group(self.redis, SPLIT)
        now = time.time()
        fields = {"state": "queued", "filename": filename, "size": str(size), "created": repr(now), "request": request}
        if options:
            fields["options"] = options.model_dump_json(exclude_none=True)
        if callback:
            fields["callback"] = callback
        key = f"once:{sha256(once.key.encode()).hexdigest()}" if once else ""
        fingerprint = once.fingerprint if once else ""
        keys, args = (SPLIT, f"job:{job_id}", INDEX, key), (job_id, now, json.dumps(fields), fingerprint, ONCE_SECONDS)
        made, of = cast(list[str], self._create(keys=keys, args=args))
        if of != fingerprint:
            raise KeyReused("This Idempotency-Key was used before, for another video or other options: take a new one.")
        return made

    def get(self, job_id: str) -> Job | None:
        """Read a record; None where there is none. A deleted job reads `cancelled` for a minute."""
        fields = cast(dict[str, str], self.redis.hgetall(f"job:{job_id}"))
        return job_of(job_id, fields) if fields else None

    def shots(self, job_id: str, folder: Path, which: Sequence[int] = (), *, camera: bool = True) -> list[Shot]:
        """Read the shots found so far, or these of them, in order; `folder` is where the job's frames lie.

        Their camera paths, which are long, are read where they are wanted (`camera`).
        """
        key = f"job:{job_id}:shots"
        if which:
            texts = cast(list[str | None], self.redis.hmget(key, [str(index) for index in which]))
        else:
            found = cast(dict[str, str], self.redis.hgetall(key))
            texts = [found[index] for index in sorted(found, key=int)]
        return [Shot.from_json(text, folder, camera=camera) for text in texts if text]

    def predictions(self, job_id: str, which: Sequence[int] = ()) -> dict[int, Prediction]:
        """Read the predictions made so far, or these of them, by shot."""
        key = f"job:{job_id}:predictions"
        if which:
            texts = cast(list[str | None], self.redis.hmget(key, [str(index) for index in which]))
            found = {str(index): text for index, text in zip(which, texts, strict=True) if text}
        else:
            found = cast(dict[str, str], self.redis.hgetall(key))
        return {int(index): Prediction.from_json(text) for index, text in found.items()}

    def found(self, job_id: str) -> set[int]:
        """Which shots were found so far."""
        return {int(index) for index in cast(list[str], self.redis.hkeys(f"job:{job_id}:shots"))}

    def predicted(self, job_id: str) -> set[int]:
        """Which shots have a prediction."""
        return {int(index) for index in cast(list[str], self.redis.hkeys(f"job:{job_id}:predictions"))}

    def counts(self, job_id: str) -> tuple[int, int]:
        """How many shots were found so far, and how many predictions made; once there, none of them changes."""
        _, shots, predictions, _ = keys(job_id)
        with self.redis.pipeline(transaction=False) as pipe:
            pipe.hlen(shots)
            pipe.hlen(predictions)
            found, predicted = pipe.execute()
        return found, predicted

    def exists(self, job_id: str) -> bool:
        return self.redis.hget(f"job:{job_id}", "state") not in (None, "cancelled")

    def delete(self, job_id: str) -> None:
        """Remove a job in any state. Workers that hold it notice when they next publish."""
        self._cancel(keys=[*keys(job_id), METRICS, INDEX], args=[TOMBSTONE_SECONDS, job_id])

    # What the workers do: each needs the queue that the entry was taken from.

    def begin(self, queue: Queue, entry: Entry) -> None:
        """Mark the job as being cut. Raises LeaseLost or JobGone, as all that follow."""
        self._change(self._begin, queue, entry)

    def publish(
        self, queue: Queue, entry: Entry, shots: Sequence[Shot], progress: float, video: Video | None = None
    ) -> None:
        """Write progress and shots that are finished, next to each other, and enqueue them for prediction."""
        fields = {"progress": str(round(progress, 4))}
        if video:
            fields["video"] = json.dumps(asdict(video))
        texts = {str(shot.index): shot.to_json() for shot in shots}
        first, last = (shots[0].index, shots[-1].index + 1) if shots else (0, 0)
        args = (json.dumps(fields), json.dumps(texts), first, last)
        self._change(self._publish, queue, entry, *args, next_stream=PREDICT)

    def finish_split(self, queue: Queue, entry: Entry, video: Video, shots: int, warning: str | None = None) -> None:
        """Say that all shots are published; the last prediction, now or later, ends the job."""
        fields = {"video": json.dumps(asdict(video)), "shots": str(shots), "progress": "1"}
        if warning:
            fields["warning"] = warning
        self._change(self._finish_split, queue, entry, json.dumps(fields), video.duration)

    def finish_predict(
        self, queue: Queue, entry: Entry, predictions: Mapping[int, Prediction], model: Mapping[str, str]
    ) -> None:
        """Write the predictions of an entry's shots; ends the job when they were the last."""
        texts = {str(index): prediction.to_json() for index, prediction in predictions.items()}
        self._change(self._finish_predict, queue, entry, json.dumps(texts), json.dumps(dict(model)))

    def fail(self, queue: Queue, entry: Entry, error: str, cause: Cause = "other") -> None:
        """Fail the job for good: its input can never succeed."""
        self._change(self._fail, queue, entry, error, "[]", cause, next_stream=DEAD)

    def bury(self, queue: Queue, entry: Entry, reason: str, cause: Cause = "other") -> None:
        """Move an entry to `dead` with the reason, and fail its job; `requeue` can start it again."""
        dead = {**entry.fields, "stream": entry.stream, "attempts": str(entry.attempts), "reason": reason}
        pairs = [part for pair in dead.items() for part in pair]
        error = f"The video could not be processed: {reason} It was tried {MAX_ATTEMPTS} times."
        self._change(self._fail, queue, entry, error, json.dumps(pairs), cause, next_stream=DEAD)

    # What the operator does.

    def dead(self) -> list[tuple[str, dict[str, str]]]:
        """List the dead letters: entry id and fields (job, stream, attempts, reason), oldest first."""
        return cast(list[tuple[str, dict[str, str]]], self.redis.xrange(DEAD))

    def requeue(self, dead_id: str) -> bool:
        """Start the job of a dead letter anew, from its video. False: no such letter, or its job is no more."""
        for _, fields in cast(Any, self.redis.xrange(DEAD, dead_id, dead_id)):
            job, *found = keys(fields["job"])
            known = self.redis.hget(job, "state") == "failed"
            with self.redis.pipeline(transaction=True) as pipe:
                pipe.xdel(DEAD, dead_id)
                if known:
                    pipe.delete(*found)
                    pipe.hdel(job, "error", "warning", "shots", "progress", "started", "cut", "finished")
                    pipe.hset(job, mapping={"state": "queued"})
                    pipe.persist(job)
                    pipe.xadd(SPLIT, {"job": fields["job"], "request": fields.get("request", "")})
                pipe.execute()
            return known
        return False

    def _change(self, script: Any, queue: Queue, entry: Entry, *args: object, next_stream: str = "") -> None:
        job, shots, predictions, _ = keys(entry.fields["job"])
        of = [entry.stream, job, shots, predictions, next_stream, METRICS]
        outcome = script(keys=of, args=[entry.id, queue.me, time.time(), self.keep, *args])
        if outcome == 0:
            raise LeaseLost("another worker has taken this work over")
        if outcome == -1:
            raise JobGone("the job was deleted or is finished")


def keys(job_id: str) -> tuple[str, str, str, str]:
    """The keys of a job: its record, shots, predictions and edits."""
    return f"job:{job_id}", f"job:{job_id}:shots", f"job:{job_id}:predictions", f"job:{job_id}:edits"
