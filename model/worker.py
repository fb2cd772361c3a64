"""The model worker: claims shots of any jobs from `predict` and predicts them as one batch."""

from collections.abc import Sequence
from functools import partial

from jobs.claim import Claim
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
    """Loads the model once, and predicts until it is stopped."""

    def __init__(self, settings: ModelSettings, options: PredictOptions) -> None:
        redis = connect(settings.redis_url)
        self.batch = options.model_batch
        self.files = Files(settings.data)
        self.jobs = Jobs(redis, settings.keep_days * 86400)
        self.queue = Queue(redis, predict_stream(NETWORK), settings.lease)
        self.worker = Worker(self.queue, self.jobs, settings, settings.deadline)
        self.predictor = Predictor(options.weights, options.runtime)

    def run(self) -> None:
        """Warm up, then work until SIGTERM."""
        self.predictor.warm_up()
        log.info("the model is ready", model=self.predictor.name, runtime=self.predictor.runtime)
        self.worker.run(self._handle, gather=self._gather)

    def _gather(self, first: Claim) -> list[Claim]:
        """Claim more entries, without waiting, until they hold a batch of shots."""
        claims, shots = [first], len(_first_frames(first))
        while shots < self.batch and (claim := self.queue.take(block=None)):
            claims.append(claim)
            shots += len(_first_frames(claim))
        return claims

    def _handle(self, claims: list[Claim]) -> None:
        for claim in claims:
            if "shots" not in claim.fields:  # of version 1, which stored numbers of shots instead
                self.worker.settle(claim, partial(self._drop_old, claim))
        self._predict_together([claim for claim in claims if "shots" in claim.fields])

    def _drop_old(self, claim: Claim) -> None:
        """Drop an entry of version 1. Upgrading its job restarts it, and its shots are enqueued again."""
        upgrade(self.jobs.redis, claim.job)
        claim.drop()

    def _predict_together(self, claims: list[Claim]) -> None:
        """Predict all claims in one batch; if it fails, one by one, so that an entry with broken frames fails alone."""
        try:
            shots = [self._shots(claim) for claim in claims]
            predictions = self._predict([shot for group in shots for shot in group])
        except Exception as error:
            log.warning("a batch failed, each entry is tried alone", entries=len(claims), why=str(error))
            for claim in claims:
                self.worker.settle(claim, partial(self._predict_one, claim))
            return
        for claim, group in zip(claims, shots, strict=True):
            own, predictions = predictions[: len(group)], predictions[len(group) :]
            self.worker.settle(claim, partial(self._finish, claim, group, own))

    def _predict_one(self, claim: Claim) -> None:
        shots = self._shots(claim)
        self._finish(claim, shots, self._predict(shots))

    def _shots(self, claim: Claim) -> list[StoredShot]:
        """Read the shots of an entry; none if the job is gone."""
        store = self.files.frames(claim.job)
        return [StoredShot(shot, store) for shot in self.jobs.shots(claim.job, _first_frames(claim), camera=True)]

    def _predict(self, shots: Sequence[StoredShot]) -> list[Predictions]:
        starts = range(0, len(shots), self.batch)
        batches = [self.predictor.predict(shots[start : start + self.batch]) for start in starts]
        return [predictions for batch in batches for predictions in batch]

    def _finish(self, claim: Claim, shots: Sequence[StoredShot], predictions: Sequence[Predictions]) -> None:
        first_frames = [stored.shot.start_frame for stored in shots]
        model = {"name": self.predictor.name, "sha256": self.predictor.sha256}
        self.jobs.finish_predict(claim, dict(zip(first_frames, predictions, strict=True)), model)
        log.info("predicted", shots=len(shots), seconds=self.worker.seconds())  # seconds of the whole batch


def _first_frames(claim: Claim) -> list[int]:
    """Return the first frames of the shots in an entry; none for an entry of version 1."""
    return [int(first) for first in claim.fields.get("shots", "").split(",") if first]
