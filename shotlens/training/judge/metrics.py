"""Measures how good probabilities are. Knows no network, no file and no picture."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Probabilities = NDArray[np.float32]  # (N, classes)
Truth = NDArray[np.int64]  # (N,) indices of classes
BINS = 10  # of confidence
DRAWS = 10_000  # of which labels might be right by chance
TEMPERATURES = np.exp(np.linspace(np.log(0.3), np.log(4.0), 100))
DOUBTFUL = 0.6  # share of labels of one confidence: if no more than this are right, they are uncertain


@dataclass(frozen=True, slots=True)
class Bin:
    """Some labels of about the same confidence."""

    count: int
    confidence: float  # their mean
    right: float  # the share of them that is right


@dataclass(frozen=True, slots=True)
class ClassMetrics:
    """How well the network tells one label."""

    precision: float  # share of those given this label that have it
    recall: float  # share of those that have it that were given it
    f1: float
    count: int  # how many have it


@dataclass(frozen=True, slots=True)
class Metrics:
    """How one head does on N samples."""

    count: int
    accuracy: float
    macro_f1: float  # over the labels that occur
    calibration_error: float  # expected: the mean gap between confidence and share of right labels
    classes: dict[str, ClassMetrics]
    confusion: list[list[int]]  # rows are the truth
    bins: list[Bin]


def measure(truth: Truth, probabilities: Probabilities, labels: Sequence[str]) -> Metrics:
    """Measure the probabilities of N samples against the truth."""
    confusion = confusion_matrix(truth, probabilities.argmax(axis=1), len(labels))
    bins = reliability(truth, probabilities)
    count = max(len(truth), 1)
    return Metrics(
        count=len(truth),
        accuracy=float(np.trace(confusion) / count),
        macro_f1=macro_f1(confusion),
        calibration_error=float(sum(abs(b.confidence - b.right) * b.count for b in bins) / count),
        classes={label: _class(confusion, place) for place, label in enumerate(labels)},
        confusion=confusion.tolist(),
        bins=bins,
    )


def confusion_matrix(truth: Truth, guess: Truth, classes: int) -> NDArray[np.int64]:
    """Count each pair of truth and guess: (classes, classes), rows are the truth."""
    confusion = np.zeros((classes, classes), np.int64)
    np.add.at(confusion, (truth, guess), 1)
    return confusion


def macro_f1(confusion: NDArray[np.int64]) -> float:
    """Return the mean F1 of the labels that occur in the truth; rows are the truth."""
    occurs = confusion.sum(axis=1) > 0
    scores = 2 * np.diag(confusion) / np.maximum(confusion.sum(axis=0) + confusion.sum(axis=1), 1)
    return float(scores[occurs].mean()) if occurs.any() else 0.0


def reliability(truth: Truth, probabilities: Probabilities) -> list[Bin]:
    """Group the labels by their confidence in steps of a tenth, without empty steps."""
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == truth
    return [Bin(int(m.sum()), float(confidence[m].mean()), float(right[m].mean())) for m in _members(confidence)]


def error_by_chance(probabilities: Probabilities) -> tuple[float, float]:
    """Return the calibration error of N samples if each confidence were true: its mean and its 95th percentile.

    A few samples scatter about any confidence, so this is well above 0, and only a larger error tells anything.
    """
    confidence = probabilities.max(axis=1)
    right = np.random.default_rng(0).random((DRAWS, len(confidence))) < confidence
    gaps = [np.abs(right[:, m].sum(axis=1) - confidence[m].sum()) for m in _members(confidence)]
    errors = np.sum(gaps, axis=0) / len(confidence)
    return float(errors.mean()), float(np.percentile(errors, 95))


def best_temperature(truth: Truth, probabilities: Probabilities) -> float:
    """Return what to divide the logarithms by to make the truth most likely (Guo et al. 2017)."""
    logs = np.log(np.maximum(probabilities.astype(np.float64), 1e-9))

    def surprise(temperature: float) -> float:
        scaled = logs / temperature
        scaled -= scaled.max(axis=1, keepdims=True)
        likely = scaled - np.log(np.exp(scaled).sum(axis=1, keepdims=True))
        return float(-likely[np.arange(len(truth)), truth].mean())

    return round(float(min(TEMPERATURES, key=surprise)), 3)


def certain_from(truth: Truth, probabilities: Probabilities) -> float:
    """Return the confidence up to which at most `DOUBTFUL` of the labels are right, by a monotone fit to all."""
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == truth
    order = np.argsort(confidence, kind="stable")
    doubtful = np.flatnonzero(_rising(right[order]) <= DOUBTFUL + 1e-9)
    return round(float(confidence[order[doubtful[-1]]]) + 5e-4, 3) if len(doubtful) else 0.0


def _rising(values: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the nearest numbers that never fall: neighbours that do become their mean (isotonic regression)."""
    blocks: list[tuple[float, int]] = []  # mean and length
    for value in values:
        mean, length = float(value), 1
        while blocks and blocks[-1][0] >= mean:
            before, count = blocks.pop()
            mean, length = (before * count + mean * length) / (count + length), count + length
        blocks.append((mean, length))
    return np.repeat([mean for mean, _ in blocks], [length for _, length in blocks])


def _members(confidence: NDArray[np.float32]) -> list[NDArray[np.bool_]]:
    """Tell which of the N labels are in each step of confidence, without empty steps."""
    place = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return [place == number for number in range(BINS) if (place == number).any()]


def _class(confusion: NDArray[np.int64], place: int) -> ClassMetrics:
    hits, predicted, true = confusion[place, place], confusion[:, place].sum(), confusion[place].sum()
    return ClassMetrics(
        precision=float(hits / max(predicted, 1)),
        recall=float(hits / max(true, 1)),
        f1=float(2 * hits / max(predicted + true, 1)),
        count=int(true),
    )
