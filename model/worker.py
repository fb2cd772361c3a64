"""The model worker: gathers shots of any jobs from `predict` and predicts them as one batch."""

from collections.abc import Sequence

from jobs.claim import Claim
from jobs.errors import JobGone
from jobs.logs import log
from jobs.names import NETWORK, predict_stream
from jobs.queue import Queue, connect
from jobs.record import Jobs
from jobs.upgrade import upgrade
from jobs.worker import Worker
from model.settings import ModelSettings
from shotlens.predicting.options import PredictOptions
from shotlens.predicting.predictor import Predictor
from shotlens.shots.shot import Predictions
from shotlens.storage.files import Files
from shotlens.storage.frames import StoredShot


class ModelWorker:
    """Holds the model, loaded once, and predicts for as long as it lives."""

    def __init__(self, settings: ModelSettings, options: PredictOptions) -> None:
        redis = connect(settings.redis_url)
        self.batch = options.model_batch
        self.files = Files(settings.data)
        self.jobs = Jobs(redis, settings.keep_days * 86400)
        self.queue = Queue(redis, predict_stream(NETWORK), settings.lease)
        self.worker = Worker(self.queue, self.jobs, settings, settings.deadline)
        self.predictor = Predictor(options.weights)

    def run(self) -> None:
        """Warm up, then work until SIGTERM."""
        self.predictor.warm_up()
        log.info("the model is ready", model=self.predictor.name)
        self.worker.run(self._handle, gather=self._gather)

    def _gather(self, first: Claim) -> list[Claim]:
        """Claim more entries, without waiting, until they hold a batch of shots."""
        claims, shots = [first], len(_first_frames(first))
        while shots < self.batch and (claim := self.queue.take(block=None)):
            claims.append(claim)
            shots += len(_first_frames(claim))
        return claims

    def _handle(self, claims: list[Claim]) -> None:
        """Predict all claims together; if that goes wrong, one by one, so that a poisoned one fails alone."""
        try:
            shots = [self._shots(claim) for claim in claims]
            predictions = self._predict([shot for group in shots for shot in group])
        except Exception as error:
            log.warning("a batch went wrong: each entry is tried alone", entries=len(claims), why=str(error))
            for claim in claims:
                self.worker.settle(claim, lambda claim=claim: self._predict_one(claim))  # type: ignore[misc]
            return
        for claim, group in zip(claims, shots, strict=True):
            own, predictions = predictions[: len(group)], predictions[len(group) :]
            self.worker.settle(claim, lambda c=claim, g=group, o=own: self._finish(c, g, o))  # type: ignore[misc]

    def _predict_one(self, claim: Claim) -> None:
        shots = self._shots(claim)
        self._finish(claim, shots, self._predict(shots))

    def _shots(self, claim: Claim) -> list[StoredShot]:
        """Read the shots of an entry; none where the job is gone."""
        store, firsts = self.files.frames(claim.job), _first_frames(claim)
        return [StoredShot(shot, store) for shot in self.jobs.shots(claim.job, firsts, camera=True)]

    def _predict(self, shots: Sequence[StoredShot]) -> list[Predictions]:
        starts = range(0, len(shots), self.batch)
        return [one for start in starts for one in self.predictor.predict(shots[start : start + self.batch])]

    def _finish(self, claim: Claim, shots: Sequence[StoredShot], predictions: Sequence[Predictions]) -> None:
        by_shot = {stored.shot.start_frame: one for stored, one in zip(shots, predictions, strict=True)}
        model = {"name": self.predictor.name, "sha256": self.predictor.sha256}
        if "shots" not in claim.fields:  # of version 1: its job starts again, and asks for its shots anew
            upgrade(self.jobs.redis, claim.job)
            claim.drop()
            return
        try:
            self.jobs.finish_predict(claim, by_shot, model)
            log.info("predicted", shots=len(shots), seconds=self.worker.seconds())  # those of the whole batch
        except JobGone:
            log.info("its predictions are dropped, the job is gone")


def _first_frames(claim: Claim) -> list[int]:
    """Which shots are asked for; none in an entry of version 1, which numbers them."""
    return [int(first) for first in claim.fields.get("shots", "").split(",") if first]
