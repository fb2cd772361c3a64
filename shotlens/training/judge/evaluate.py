"""`shotlens evaluate`: lets an experiment's network predict samples that it was not trained on."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shotlens.predicting.batch import Batch, Inputs, empty_batch
from shotlens.predicting.network import build_network
from shotlens.predicting.networks.backend import keras
from shotlens.shots.heads import HEADS
from shotlens.training.data.dataset import serving_batch
from shotlens.training.data.parts import samples_of
from shotlens.training.data.samples import Stored
from shotlens.training.experiment import Checkpoint, Experiment
from shotlens.training.judge.metrics import Metrics, Probabilities, Truth, measure

BATCH = 16
SIZES = (1, 4, 16)  # shots in a batch that is timed
TIMED = 5  # batches, of which the median is taken


@dataclass(frozen=True, slots=True)
class Judged:
    """What one head predicts of N samples whose label is known."""

    samples: list[Stored]
    truth: Truth
    probabilities: Probabilities

    def labels(self, head: str) -> list[str]:
        """Return the most probable label of each."""
        return [HEADS[head].names[place] for place in self.probabilities.argmax(axis=1)]

    def metrics(self, head: str) -> Metrics:
        """Measure how good the predictions are."""
        return measure(self.truth, self.probabilities, HEADS[head].names)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What is known about one experiment."""

    experiment: Experiment
    checkpoint: Checkpoint  # the best, or that of the first fold if there are folds
    judged: dict[str, Judged]  # by head
    speed: dict[int, float]  # shots per second, by shots in a batch


def evaluate(experiment: Experiment, split: str = "val", limit: int | None = None) -> Evaluation:
    """Judge the best checkpoint on a split, or on what was held out; on at most `limit` samples.

    If the experiment was trained in folds, the network that has not seen a fold predicts its samples.
    Raises ConfigError and DataError.
    """
    fits = (experiment.folds() if split == "val" else []) or [experiment]
    by_fit = []
    for fit in fits:
        network, checkpoint = load(fit)
        samples = samples_of(fit, split)[: limit and -(-limit // len(fits))]
        by_fit.append((network, checkpoint, judge(network, samples, fit.config.input_size)))
    network, checkpoint, _ = by_fit[0]
    judged = {head: _joined([heads[head] for _, _, heads in by_fit]) for head in experiment.config.head_names}
    return Evaluation(experiment, checkpoint, judged, _speed(network, experiment.config.input_size))


def load(experiment: Experiment) -> tuple[keras.Model, Checkpoint]:
    """Load the network of the best checkpoint as it serves: it takes all eight frames."""
    checkpoint = experiment.best()
    return build_network(trained_heads(experiment)), checkpoint


def trained_heads(experiment: Experiment) -> dict[str, keras.Model]:
    """Load the heads of the best checkpoint."""
    trained = keras.models.load_model(experiment.best().path, compile=False)
    names = {"scale": "scale_logits", "movement": "movement"}
    return {head: trained.get_layer(names[head]) for head in experiment.config.head_names}


def judge(network: keras.Model, samples: Sequence[Stored], size: tuple[int, int]) -> dict[str, Judged]:
    """Let a network, as it serves, predict the samples; return the predictions by head."""
    batches: dict[str, list[Probabilities]] = {head: [] for head in network.output}
    for start in range(0, len(samples), BATCH):
        answers = network.predict_on_batch(_inputs(network, serving_batch(samples[start : start + BATCH], size)))
        for head, answer in answers.items():
            batches[head].append(np.asarray(answer, np.float32))
    return {head: _known(samples, np.concatenate(answers), head) for head, answers in batches.items()}


def _inputs(network: keras.Model, batch: Batch) -> Inputs:
    return {name: array for name, array in batch.inputs().items() if name in network.input}


def _known(samples: Sequence[Stored], probabilities: Probabilities, head: str) -> Judged:
    """Choose the samples whose label is known."""
    labels = [getattr(stored.sample, head) for stored in samples]
    rows = [row for row, label in enumerate(labels) if label]
    truth = np.array([HEADS[head].names.index(labels[row]) for row in rows], np.int64)
    return Judged([samples[row] for row in rows], truth, probabilities[rows])


def _joined(judged: Sequence[Judged]) -> Judged:
    return Judged(
        [stored for some in judged for stored in some.samples],
        np.concatenate([some.truth for some in judged]),
        np.concatenate([some.probabilities for some in judged]),
    )


def _speed(network: keras.Model, size: tuple[int, int]) -> dict[int, float]:
    speed = {}
    for count in SIZES:
        inputs = _inputs(network, empty_batch(count, size))
        network.predict_on_batch(inputs)
        seconds = []
        for _ in range(TIMED):
            started = time.perf_counter()
            network.predict_on_batch(inputs)
            seconds.append(time.perf_counter() - started)
        speed[count] = round(count / sorted(seconds)[TIMED // 2], 1)
    return speed
