"""The model worker: gathers shots of any jobs from `predict` and predicts them as one batch."""

from collections.abc import Sequence

from jobs.errors import JobGone
from jobs.files import Files
from jobs.logs import log
from jobs.queue import Entry, Queue, connect
from jobs.record import PREDICT, Jobs
from jobs.settings import ModelSettings
from jobs.shot import Prediction, Shot
from jobs.worker import Worker
from model.predictor import Predictor


class ModelWorker:
    """Holds the model, loaded once, and predicts for as long as it lives."""

    def __init__(self, settings: ModelSettings) -> None:
        redis = connect(settings.redis_url)
        self.settings = settings
        self.files = Files(settings.data)
        self.jobs = Jobs(redis, settings.keep_days * 86400)
        self.queue = Queue(redis, PREDICT, settings.lease)
        self.worker = Worker(self.queue, self.jobs, settings, settings.deadline)
        self.predictor = Predictor(settings.weights)

    def run(self) -> None:
        """Warm up, then work until SIGTERM."""
        self.predictor.warm_up()
        log.info("the model is ready", model=self.predictor.name)
        self.worker.run(self._handle, gather=self._gather)

    def _gather(self, first: Entry) -> list[Entry]:
        """Take more entries, without waiting, until they hold a batch of shots."""
        entries, shots = [first], _shots_in(first)
        while shots < self.settings.model_batch and (entry := self.queue.take(block=None)):
            entries.append(entry)
            shots += _shots_in(entry)
        return entries

    def _handle(self, entries: list[Entry]) -> None:
        """Predict all entries together; if that goes wrong, one by one, so that a poisoned one fails alone."""
        try:
            shots = [self._shots(entry) for entry in entries]
            predictions = self._predict([shot for group in shots for shot in group])
        except Exception as error:
            log.warning("a batch went wrong: each entry is tried alone", entries=len(entries), why=str(error))
            for entry in entries:
                self.worker.settle(entry, lambda entry=entry: self._predict_one(entry))  # type: ignore[misc]
            return
        for entry, group in zip(entries, shots, strict=True):
            made, predictions = predictions[: len(group)], predictions[len(group) :]
            self.worker.settle(entry, lambda e=entry, g=group, m=made: self._finish(e, g, m))  # type: ignore[misc]

    def _predict_one(self, entry: Entry) -> None:
        shots = self._shots(entry)
        self._finish(entry, shots, self._predict(shots))

    def _shots(self, entry: Entry) -> list[Shot]:
        """Read the shots of an entry; none where the job is gone."""
        job_id, first, last = entry.fields["job"], int(entry.fields["first"]), int(entry.fields["last"])
        return self.jobs.shots(job_id, self.files.frames(job_id), range(first, last))

    def _predict(self, shots: Sequence[Shot]) -> list[Prediction]:
        batch = self.settings.model_batch
        starts = range(0, len(shots), batch)
        return [made for start in starts for made in self.predictor.predict(shots[start : start + batch])]

    def _finish(self, entry: Entry, shots: Sequence[Shot], made: Sequence[Prediction]) -> None:
        predictions = {shot.index: prediction for shot, prediction in zip(shots, made, strict=True)}
        model = {"name": self.predictor.name, "sha256": self.predictor.sha256}
        try:
            self.jobs.finish_predict(self.queue, entry, predictions, model)
            log.info("predicted", shots=len(shots), seconds=self.worker.seconds())  # those of the whole batch
        except JobGone:
            log.info("its predictions are dropped, the job is gone")


def _shots_in(entry: Entry) -> int:
    return int(entry.fields["last"]) - int(entry.fields["first"])
