"""The job record in Redis, from accepted to done. Every change that follows from an entry is one script.

Keys:
    job:<id>              hash  version (of this form), state, progress, error, warning, filename, size, options, heads
                                (what each shot is asked, as JSON), callback, request (the id of the request that
                                brought it), video, model/<network>, shots (their number, once the cutting is
                                finished), created, started, cut, finished (times), revision (counts corrections and
                                undos)                                                          EXPIRE when finished
    job:<id>:shots        hash  <first frame> -> JSON of the shot (times, transition)            expires with the job
    job:<id>:paths        hash  <first frame> -> JSON of its camera path                         expires with the job
    job:<id>:predictions  hash  <first frame>/<head> -> JSON of the prediction                   expires with the job
    job:<id>:edits        list  JSON of each correction by hand, oldest first: an undo takes the last one away, and
                                the shots and predictions above stay as they are                 expires with the job
    jobs                  zset  the ids of all jobs by `created`; what has expired leaves it when the jobs are listed
    once:<digest>         hash  job, fingerprint: what an idempotency key was used for           EXPIRE after a day

Entries: `split` names a job and its request, `webhooks` a job; `predict` a job, its request, some of its shots by their
first frames, and the heads that are asked of them.
A shot is known by its first frame, and numbered when it is read. The job is done when the cutting is finished and every
head that the job was given has spoken on every shot, in whichever order that comes true.
A deleted job leaves a record of one word, `state: cancelled`, for a minute, so that whoever waits for it learns so.
"""

import json
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any, cast

from redis import Redis

from jobs.claim import Claim
from jobs.errors import JobGone, KeyReused, LeaseLost
from jobs.names import DEAD, INDEX, METRICS, NETWORK, SPLIT, job_keys, predict_stream
from jobs.queue import MAX_ATTEMPTS, make_group
from jobs.scripts import load
from shotlens.shots.errors import Cause
from shotlens.shots.heads import HEADS
from shotlens.shots.job import Job, State
from shotlens.shots.options import JobOptions
from shotlens.shots.shot import Prediction, Predictions, Shot, Video, path_from_json, path_to_json

VERSION = "2"  # of the records that are written; `jobs/upgrade.py` reads those of version 1, which do not say so
PREDICT_GROUP = 16  # most shots in one `predict` entry
TOMBSTONE_SECONDS = 60
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

    # What the API does.

    def create(
        self,
        job_id: str,
        filename: str,
        size: int,
        *,
        options: JobOptions | None = None,
        heads: Sequence[str] | None = None,
        once: Once | None = None,
        callback: str | None = None,
        request: str = "",
    ) -> str:
        """Record an accepted video, whose file is in its place, and enqueue it, in one step.

        Its shots are asked all heads, or these. Returns its id, or that of the job which an earlier request with the
        same key has made; KeyReused where that was another request.
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
        if callback:
            fields["callback"] = callback
        key = f"once:{sha256(once.key.encode()).hexdigest()}" if once else ""
        fingerprint = once.fingerprint if once else ""
        args = (job_id, now, json.dumps(fields), fingerprint, ONCE_SECONDS)
        made, of = self._run(("create",), [SPLIT, f"job:{job_id}", INDEX, key], args)
        if of != fingerprint:
            raise KeyReused("This Idempotency-Key was used before, for another video or other options: take a new one.")
        return str(made)

    def get(self, job_id: str) -> Job | None:
        """Read a record; None where there is none. A deleted job reads `cancelled` for a minute."""
        fields = cast(dict[str, str], self.redis.hgetall(f"job:{job_id}"))
        return job_of(job_id, fields) if fields else None

    def first_frames(self, job_id: str) -> list[int]:
        """The first frames of the shots found so far, in order: by them, shots are numbered."""
        return sorted(map(int, cast(list[str], self.redis.hkeys(job_keys(job_id).shots))))

    def shots(self, job_id: str, firsts: Sequence[int] | None = None, *, camera: bool = False) -> list[Shot]:
        """Read the shots found so far in order, or those with these first frames; with their camera paths (`camera`).

        A shot that there is not is left out.
        """
        of = job_keys(job_id)
        shots = self._read(of.shots, firsts)
        paths = self._read(of.paths, firsts) if camera else {}
        return [
            Shot.from_json(shots[first], path_from_json(paths[first]) if first in paths else ())
            for first in sorted(shots, key=int)
        ]

    def predictions(self, job_id: str, firsts: Sequence[int] | None = None) -> dict[int, Predictions]:
        """Read the predictions made so far, or those of the shots with these first frames, by first frame."""
        fields = None if firsts is None else [f"{first}/{head}" for first in firsts for head in HEADS]
        by_shot: dict[int, dict[str, Prediction]] = defaultdict(dict)
        for field, text in self._read(job_keys(job_id).predictions, fields).items():
            first, _, head = field.partition("/")
            if head in HEADS:
                by_shot[int(first)][head] = Prediction.from_json(text)
        return dict(by_shot)

    def predicted(self, job: Job) -> set[int]:
        """The first frames of the shots on which all heads of the job have spoken."""
        fields = cast(list[str], self.redis.hkeys(job_keys(job.id).predictions))
        spoken = Counter(int(field.partition("/")[0]) for field in fields)
        return {first for first, heads in spoken.items() if heads >= len(job.heads)}

    def counts(self, job_id: str) -> tuple[int, int]:
        """How many shots were found so far, and how many predictions made; once there, none of them changes."""
        with self.redis.pipeline(transaction=False) as pipe:
            pipe.hlen(job_keys(job_id).shots)
            pipe.hlen(job_keys(job_id).predictions)
            shots, predictions = pipe.execute()
        return shots, predictions

    def exists(self, job_id: str) -> bool:
        """Say whether there is such a job; a deleted one is none."""
        return self.redis.hget(f"job:{job_id}", "state") not in (None, "cancelled")

    def delete(self, job_id: str) -> None:
        """Remove a job in any state. Workers that hold it notice when they next publish."""
        self._run(("cancel",), [*job_keys(job_id), METRICS, INDEX], [TOMBSTONE_SECONDS, job_id])

    # What the workers do, each for the claim of an entry. All raise LeaseLost or JobGone.

    def begin(self, claim: Claim) -> None:
        """Mark the job as being cut."""
        self._change("begin", claim)

    def publish(self, claim: Claim, shots: Sequence[Shot], progress: float, video: Video | None = None) -> None:
        """Write progress and shots that are finished, next to each other, and enqueue them for prediction."""
        fields = {"progress": str(round(progress, 4))}
        if video:
            fields["video"] = json.dumps(asdict(video))
        texts = {str(shot.start_frame): shot.to_json() for shot in shots}
        paths = {str(shot.start_frame): path_to_json(shot.camera_path) for shot in shots}
        streams = {name: predict_stream(head.network) for name, head in HEADS.items()}
        self._change("publish", claim, *map(json.dumps, (fields, texts, paths, streams)), ",".join(texts))

    def finish_split(self, claim: Claim, video: Video, shots: int, warning: str | None = None) -> None:
        """Say that all shots are published; the last prediction, now or later, ends the job."""
        fields = {"video": json.dumps(asdict(video)), "shots": str(shots), "progress": "1"}
        if warning:
            fields["warning"] = warning
        self._change("finish_split", claim, json.dumps(fields), video.duration)

    def finish_predict(
        self,
        claim: Claim,
        predictions: Mapping[int, Predictions],
        model: Mapping[str, str],
        network: str = NETWORK,
    ) -> None:
        """Write what the heads of a network say of an entry's shots, by first frame; the last word ends the job."""
        texts = {
            f"{first}/{head}": prediction.to_json()
            for first, heads in predictions.items()
            for head, prediction in heads.items()
        }
        self._change("finish_predict", claim, json.dumps(texts), f"model/{network}", json.dumps(dict(model)))

    def fail(self, claim: Claim, error: str, cause: Cause = "other") -> None:
        """Fail the job for good: its input can never succeed."""
        self._change("fail", claim, error, "[]", cause)

    def bury(self, claim: Claim, reason: str, cause: Cause = "other") -> None:
        """Move an entry to `dead` with the reason, and fail its job; `requeue` can start it again."""
        dead = {**claim.fields, "stream": claim.stream, "attempts": str(claim.attempts), "reason": reason}
        pairs = [part for pair in dead.items() for part in pair]
        error = f"The video could not be processed: {reason} It was tried {MAX_ATTEMPTS} times."
        self._change("fail", claim, error, json.dumps(pairs), cause)

    # What the operator does.

    def dead(self) -> list[tuple[str, dict[str, str]]]:
        """List the dead letters: entry id and fields (job, stream, attempts, reason), oldest first."""
        return cast(list[tuple[str, dict[str, str]]], self.redis.xrange(DEAD))

    def requeue(self, dead_id: str) -> bool:
        """Start the job of a dead letter anew, from its video. False: no such letter, or its job is no more."""
        for _, fields in cast(Any, self.redis.xrange(DEAD, dead_id, dead_id)):
            known = self.redis.hget(job_keys(fields["job"]).record, "state") == "failed"
            with self.redis.pipeline(transaction=True) as pipe:
                pipe.xdel(DEAD, dead_id)
                if known:
                    start_anew(pipe, fields["job"], fields.get("request", ""))
                pipe.execute()
            return known
        return False

    def _read(self, key: str, fields: Sequence[object] | None) -> dict[str, str]:
        """Read a hash, or these fields of it; what it lacks is left out."""
        if fields is None:
            return cast(dict[str, str], self.redis.hgetall(key))
        names = list(map(str, fields))
        texts = cast(list[str | None], self.redis.hmget(key, names)) if names else []
        return {name: text for name, text in zip(names, texts, strict=True) if text}

    def _change(self, script: str, claim: Claim, *args: object) -> None:
        of = job_keys(claim.job)
        touched = [claim.stream, of.record, of.shots, of.predictions, of.paths, METRICS, DEAD]
        outcome = self._run(
            ("owned", "guard", script), touched, [claim.id, claim.consumer, time.time(), self.keep, *args]
        )
        if outcome == 0:
            raise LeaseLost("another worker has taken this work over")
        if outcome == -1:
            raise JobGone("the job was deleted or is finished")

    def _run(self, names: tuple[str, ...], touched: Sequence[str], args: Sequence[object]) -> Any:
        run: Any = self.redis.register_script(load(*names))
        return run(keys=touched, args=args)


def start_anew(pipe: Any, job_id: str, request: str) -> None:
    """Enqueue a job again, from its video, by a transaction: nothing of what was found is kept."""
    record, *found = job_keys(job_id)
    pipe.delete(*found)
    pipe.hdel(record, "error", "warning", "shots", "progress", "started", "cut", "finished")
    pipe.hset(record, mapping={"version": VERSION, "state": "queued", "heads": json.dumps(list(HEADS))})
    pipe.persist(record)
    pipe.xadd(SPLIT, {"job": job_id, "request": request})


def job_of(job_id: str, fields: Mapping[str, str]) -> Job:
    """Read a record's fields."""
    video, model = fields.get("video"), fields.get(f"model/{NETWORK}")
    started, finished = fields.get("started"), fields.get("finished")
    return Job(
        id=job_id,
        version=fields.get("version", "1"),
        state=cast(State, fields["state"]),
        progress=float(fields.get("progress", 0)),
        error=fields.get("error"),
        warning=fields.get("warning"),
        filename=fields.get("filename", ""),
        size=int(fields.get("size", 0)),
        heads=tuple(json.loads(fields.get("heads", "[]"))),
        options=JobOptions.model_validate_json(fields.get("options", "{}")),
        callback=fields.get("callback"),
        revision=int(fields.get("revision", 0)),
        video=Video(**json.loads(video)) if video else None,
        model=json.loads(model) if model else None,
        created=float(fields.get("created", 0)),
        finished=float(finished) if finished else None,
        started=float(started) if started else None,
    )
