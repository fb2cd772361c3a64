"""Prepared samples as the batches that a network is trained on."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from shotlens.predicting.batch import Batch, empty
from shotlens.predicting.frames import cells, decode, stripped
from shotlens.predicting.networks.backend import keras
from shotlens.predicting.path import path_arrays
from shotlens.shots.heads import MOVEMENT, SCALE
from shotlens.shots.shot import FRAMES_PER_SHOT
from shotlens.training.data.augment import NONE, Augmentation, Way, changed
from shotlens.training.data.labels import Sample
from shotlens.training.data.samples import Content, content_file, read_content

LABELS = {head.name: head.names for head in (SCALE, MOVEMENT)}


@dataclass(frozen=True, slots=True)
class Stored:
    """A sample and where its content lies."""

    sample: Sample
    file: Path

    @classmethod
    def of(cls, folder: Path, sample: Sample) -> "Stored":
        """The sample of this prepared folder."""
        return cls(sample, content_file(folder, sample))


@dataclass(frozen=True, slots=True)
class Shape:
    """What a batch holds for one sample."""

    heads: tuple[str, ...]  # of `scale`, `movement`
    size: tuple[int, int]  # height and width of a frame
    frames: int  # of the eight that tell the scale


class Batches(keras.utils.PyDataset):  # type: ignore[misc]  # Keras is not typed throughout
    """Batches of samples: inputs, labels as one-hot rows, and weights, each under its name.

    The order and every change are the same for the same seed and epoch, so that a run that was resumed goes on as it
    would have. A label that is not known weighs nothing.
    """

    def __init__(
        self, samples: Sequence[Stored], shape: Shape, *, batch: int, how: Augmentation | None = None,
        weights: dict[str, NDArray[np.float32]] | None = None, seed: int = 0, epoch: int = 0, workers: int = 1,
    ) -> None:  # fmt: skip
        super().__init__(workers=workers)
        self._samples, self._shape, self._batch = list(samples), shape, batch
        self._how = how  # none: as they are, in their order
        self._weights = weights or {head: np.ones(len(LABELS[head]), np.float32) for head in LABELS}
        self._seed, self._epoch = seed, epoch
        self._ways: dict[int, Way] = {}  # of each sample, read once
        self._order = self._shuffled()

    def __len__(self) -> int:
        return math.ceil(len(self._samples) / self._batch)

    def __getitem__(self, number: int) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        rows = [self._row(int(place)) for place in self._order[number * self._batch : (number + 1) * self._batch]]
        inputs, labels, weights = ([row[part] for row in rows] for part in range(3))
        lacking = self._batch - len(rows)  # the last batch is filled up by what weighs nothing: all have one shape
        return _stacked(inputs, lacking), _stacked(labels, lacking), self._filled(_stacked(weights), lacking)

    def on_epoch_end(self) -> None:
        """Draw the next epoch's order and changes."""
        self._epoch += 1
        self._order = self._shuffled()

    def _shuffled(self) -> NDArray[np.int64]:
        if self._how is None:
            return np.arange(len(self._samples))
        return np.random.default_rng([self._seed, self._epoch]).permutation(len(self._samples))

    def _row(self, place: int) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        """Inputs, labels and weights of one sample."""
        random = np.random.default_rng([self._seed, self._epoch, place])
        how, sample = self._how or NONE, self._samples[place].sample
        reverse, flip = random.random() < how.reverse, random.random() < how.flip
        inputs: dict[str, Any] = {}
        said = {"scale": sample.scale, "movement": sample.movement}
        if "movement" in self._shape.heads:
            way = self._way(place)
            way = way.backwards() if reverse else way
            way = way.mirrored() if flip else way
            said["movement"] = way.movement
            inputs["path"], inputs["statistics"] = path_arrays(way.camera_path)
            inputs["cells"] = way.cells.astype(np.float32)
        if "scale" in self._shape.heads:
            inputs["frames"] = self._frames(place, how, flip, random)
        labels = {head: _one_hot(said[head], LABELS[head]) for head in self._shape.heads}
        weights = {head: np.float32(sample.weight * (labels[head] @ self._weights[head])) for head in self._shape.heads}
        return inputs, labels, weights

    def _filled(self, weights: dict[str, Any], lacking: int) -> dict[str, Any]:
        """Add zeros; all others of the epoch weigh so much more that its mean loss stays what it was."""
        more = len(self) * self._batch / len(self._samples)
        return {name: np.append(array * more, np.zeros(lacking)).astype(np.float32) for name, array in weights.items()}

    def _way(self, place: int) -> Way:
        if place not in self._ways:
            content = read_content(self._samples[place].file)
            way = Way(content.camera_path, cells(all_frames(content, self._shape.size)), None)
            self._ways[place] = Way(way.camera_path, way.cells.astype(np.float16), self._samples[place].sample.movement)
        return self._ways[place]

    def _frames(self, place: int, how: Augmentation, flip: bool, random: np.random.Generator) -> NDArray[np.uint8]:
        """(frames, H, W, 3) RGB: some of the eight, changed alike."""
        content = read_content(self._samples[place].file)
        chosen = _some(len(content.jpegs), self._shape.frames, random if self._how else None)
        pictures = changed(_pictures(content, chosen), how, random)
        found = _resized(pictures, self._shape.size)
        return found[:, :, ::-1] if flip else found


def all_frames(content: Content, size: tuple[int, int]) -> NDArray[np.uint8]:
    """The eight frames (8, H, W, 3) RGB as serving would read them; those of a photo are all the same."""
    return _resized(_pictures(content, _some(len(content.jpegs), FRAMES_PER_SHOT, None)), size)


def serving_batch(samples: Sequence[Stored], size: tuple[int, int]) -> Batch:
    """What the network would read of these samples in serving."""
    batch = empty(len(samples), size)
    for row, stored in enumerate(samples):
        content = read_content(stored.file)
        batch.frames[row] = all_frames(content, size)
        batch.cells[row] = cells(batch.frames[row])
        batch.path[row], batch.statistics[row] = path_arrays(content.camera_path)
    return batch


def class_weights(samples: Sequence[Stored], power: float) -> dict[str, NDArray[np.float32]]:
    """A weight for each label of each head, mean 1 over the samples: 0 counts each sample alike, 1 each label."""
    found = {}
    for head, names in LABELS.items():
        known = [getattr(stored.sample, head) for stored in samples if getattr(stored.sample, head)]
        counts = np.array([known.count(name) for name in names], np.float64)
        weights = np.where(counts > 0, (max(len(known), 1) / len(names) / np.maximum(counts, 1)) ** power, 0)
        mean = (weights * counts).sum() / max(len(known), 1)
        found[head] = (weights / (mean or 1)).astype(np.float32)
    return found


def _some(there: int, wanted: int, random: np.random.Generator | None) -> NDArray[np.int64]:
    """Choose so many of the frames that are there, in order: at random, or evenly."""
    if there == 1:
        return np.zeros(wanted, np.int64)
    if random is None or wanted == there:
        return np.floor((np.arange(wanted) + 0.5) * there / wanted).astype(np.int64)
    return np.sort(random.choice(there, wanted, replace=False))


def _pictures(content: Content, chosen: NDArray[np.int64]) -> list[NDArray[np.uint8]]:
    """The chosen frames, BGR, without the bars that they share."""
    known = {number: decode(content.jpegs[number]) for number in set(chosen.tolist())}
    return stripped([known[number] for number in chosen.tolist()])


def _resized(pictures: Sequence[NDArray[np.uint8]], size: tuple[int, int]) -> NDArray[np.uint8]:
    rows = [cv2.resize(p, size[::-1], interpolation=cv2.INTER_AREA) for p in pictures]
    return np.asarray(rows, np.uint8)[..., ::-1]


def _one_hot(label: str | None, names: Sequence[str]) -> NDArray[np.float32]:
    return np.array([label == name for name in names], np.float32)


def _stacked(rows: list[dict[str, Any]], lacking: int = 0) -> dict[str, Any]:
    """Put the arrays of all rows together by name; the first row is repeated where some are lacking."""
    return {name: np.stack([row[name] for row in rows + rows[:1] * lacking]) for name in rows[0]}
