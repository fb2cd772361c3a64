"""`shotlens evaluate`: what an experiment's network says of samples that it was not trained on."""

import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shotlens.predicting.batch import Batch, empty
from shotlens.predicting.network import build_network
from shotlens.predicting.networks.backend import keras
from shotlens.training.data.dataset import LABELS, Stored, serving_batch
from shotlens.training.data.samples import read_index
from shotlens.training.errors import DataError
from shotlens.training.experiment import Checkpoint, Experiment
from shotlens.training.fit.train import split
from shotlens.training.judge.metrics import Metrics, Probabilities, Truth, measure

BATCH = 16
SIZES = (1, 4, 16)  # shots in a batch that is timed
TIMED = 5  # batches, of which the median is taken


@dataclass(frozen=True, slots=True)
class Judged:
    """What one head said of N samples whose label is known."""

    samples: list[Stored]
    truth: Truth
    probabilities: Probabilities

    def said(self, head: str) -> list[str]:
        """The most probable label of each."""
        return [LABELS[head][place] for place in self.probabilities.argmax(axis=1)]

    def metrics(self, head: str) -> Metrics:
        """How good that was."""
        return measure(self.truth, self.probabilities, LABELS[head])


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What is known of one experiment."""

    experiment: Experiment
    checkpoint: Checkpoint  # the best; of the first fold, where it was trained in folds
    judged: dict[str, Judged]  # by head
    speed: dict[int, float]  # shots per second, by shots in a batch


def evaluate(experiment: Experiment, which: str = "val", limit: int | None = None) -> Evaluation:
    """Judge the best checkpoint on the split `which`, or what was held out; at most `limit` samples.

    Where the experiment was trained in folds, each fold is judged by the network that saw nothing of it.
    Raises ConfigError and DataError.
    """
    folds = experiment.folds() if which == "val" else []
    found = []
    for part in folds or [experiment]:
        network, checkpoint = load(part)
        samples = held_out(part, which)[: limit and -(-limit // len(folds or [part]))]
        found.append((network, checkpoint, judge(network, samples, part.config.input_size)))
    network, checkpoint, _ = found[0]
    judged = {head: _joined([parts[head] for _, _, parts in found]) for head in experiment.config.parts}
    return Evaluation(experiment, checkpoint, judged, _speed(network, experiment.config.input_size))


def load(experiment: Experiment) -> tuple[keras.Model, Checkpoint]:
    """The network of the best checkpoint as it serves: it takes all eight frames."""
    checkpoint = experiment.best()
    return build_network(parts(experiment)), checkpoint


def parts(experiment: Experiment) -> dict[str, keras.Model]:
    """The heads of the best checkpoint."""
    trained = keras.models.load_model(experiment.best().path, compile=False)
    names = {"scale": "scale_logits", "movement": "movement"}
    return {head: trained.get_layer(names[head]) for head in experiment.config.parts}


def held_out(experiment: Experiment, which: str) -> list[Stored]:
    """The samples of a split; of `val`, what the experiment itself kept out."""
    if which == "val":
        _, samples = split(experiment)
    else:
        folders = ((folder, sample) for folder in experiment.data() for sample in read_index(folder))
        samples = [Stored.of(folder, sample) for folder, sample in folders if sample.split == which]
    if not samples:
        raise DataError(f"There are no samples in the split {which!r}: `shotlens prepare` names those it made.")
    # In an order of their own, so that the first few are of all kinds.
    return sorted(samples, key=lambda stored: zlib.crc32(stored.sample.name.encode()))


def judge(network: keras.Model, samples: Sequence[Stored], size: tuple[int, int]) -> dict[str, Judged]:
    """What a network, as it serves, says of the samples, by head."""
    said: dict[str, list[Probabilities]] = {head: [] for head in network.output}
    for start in range(0, len(samples), BATCH):
        answers = network.predict_on_batch(_inputs(network, serving_batch(samples[start : start + BATCH], size)))
        for head, answer in answers.items():
            said[head].append(np.asarray(answer, np.float32))
    return {head: _known(samples, np.concatenate(answers), head) for head, answers in said.items()}


def _inputs(network: keras.Model, batch: Batch) -> dict[str, np.ndarray]:
    return {name: array for name, array in batch.inputs().items() if name in network.input}


def _known(samples: Sequence[Stored], said: Probabilities, head: str) -> Judged:
    """Those whose label is known."""
    labels = [getattr(stored.sample, head) for stored in samples]
    rows = [row for row, label in enumerate(labels) if label]
    truth = np.array([LABELS[head].index(labels[row]) for row in rows], np.int64)
    return Judged([samples[row] for row in rows], truth, said[rows])


def _joined(judged: Sequence[Judged]) -> Judged:
    return Judged(
        [stored for some in judged for stored in some.samples],
        np.concatenate([some.truth for some in judged]),
        np.concatenate([some.probabilities for some in judged]),
    )


def _speed(network: keras.Model, size: tuple[int, int]) -> dict[int, float]:
    found = {}
    for count in SIZES:
        inputs = _inputs(network, empty(count, size))
        network.predict_on_batch(inputs)
        seconds = []
        for _ in range(TIMED):
            started = time.perf_counter()
            network.predict_on_batch(inputs)
            seconds.append(time.perf_counter() - started)
        found[count] = round(count / sorted(seconds)[TIMED // 2], 1)
    return found
