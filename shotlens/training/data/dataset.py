"""Turns prepared samples into the batches that a network is trained on."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shotlens.predicting.batch import Batch, empty_batch, fill
from shotlens.predicting.frames import Picture, Pictures, cells, decode, read_pictures, resized, without_bars
from shotlens.predicting.networks.backend import keras
from shotlens.predicting.path import path_arrays
from shotlens.shots.heads import HEADS
from shotlens.shots.shot import FRAMES_PER_SHOT
from shotlens.training.data.augment import NONE, Augmentation, Way, changed
from shotlens.training.data.samples import Content, Stored, read_content


@dataclass(frozen=True, slots=True)
class Shape:
    """What a batch holds for one sample."""

    heads: tuple[str, ...]  # by name
    size: tuple[int, int]  # height and width of a frame
    frames: int  # how many of the eight tell the scale


class Batches(keras.utils.PyDataset):  # type: ignore[misc]  # Keras is not typed throughout
    """Batches of samples: inputs, labels as one-hot rows, and weights, each under its name.

    The same seed and epoch give the same order and the same changes, so that a resumed run goes on as it would have
    without the break. A label that is not known weighs nothing.
    """

    def __init__(
        self, samples: Sequence[Stored], shape: Shape, *, batch: int, how: Augmentation | None = None,
        weights: dict[str, NDArray[np.float32]] | None = None, seed: int = 0, epoch: int = 0, workers: int = 1,
    ) -> None:  # fmt: skip
        super().__init__(workers=workers)
        self._samples, self._shape, self._batch = list(samples), shape, batch
        self._how = how  # none leaves the samples as they are, in their order
        self._weights = weights or {head: np.ones(len(HEADS[head].names), np.float32) for head in shape.heads}
        self._seed, self._epoch = seed, epoch
        self._ways: dict[int, Way] = {}  # of each sample, read once
        self._order = self._shuffled()

    def __len__(self) -> int:
        return math.ceil(len(self._samples) / self._batch)

    def __getitem__(self, number: int) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        rows = [self._row(int(place)) for place in self._order[number * self._batch : (number + 1) * self._batch]]
        inputs, labels, weights = ([row[part] for row in rows] for part in range(3))
        lacking = self._batch - len(rows)  # rows that weigh nothing fill up the last batch: all have one shape
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
        """Return the inputs, labels and weights of one sample."""
        random = np.random.default_rng([self._seed, self._epoch, place])
        how, sample = self._how or NONE, self._samples[place].sample
        reverse, flip = random.random() < how.reverse, random.random() < how.flip
        inputs: dict[str, Any] = {}
        label_of = {"scale": sample.scale, "movement": sample.movement}
        if "movement" in self._shape.heads:
            way = self._way(place)
            way = way.backwards() if reverse else way
            way = way.mirrored() if flip else way
            label_of["movement"] = way.movement
            inputs["path"], inputs["statistics"] = path_arrays(way.camera_path)
            inputs["cells"] = way.cells.astype(np.float32)
        if "scale" in self._shape.heads:
            inputs["frames"] = self._frames(place, how, flip, random)
        labels = {head: _one_hot(label_of[head], HEADS[head].names) for head in self._shape.heads}
        weights = {head: np.float32(sample.weight * (labels[head] @ self._weights[head])) for head in self._shape.heads}
        return inputs, labels, weights

    def _filled(self, weights: dict[str, Any], lacking: int) -> dict[str, Any]:
        """Add zeros, and make all other weights of the epoch so much larger that its mean loss stays what it was."""
        more = len(self) * self._batch / len(self._samples)
        return {name: np.append(array * more, np.zeros(lacking)).astype(np.float32) for name, array in weights.items()}

    def _way(self, place: int) -> Way:
        if place not in self._ways:
            content = read_content(self._samples[place].file)
            way = Way(content.camera_path, cells(all_pictures(content).small), None)
            self._ways[place] = Way(way.camera_path, way.cells.astype(np.float16), self._samples[place].sample.movement)
        return self._ways[place]

    def _frames(self, place: int, how: Augmentation, flip: bool, random: np.random.Generator) -> NDArray[np.uint8]:
        """Return some of the eight frames, all changed alike: (frames, H, W, 3) RGB."""
        content = read_content(self._samples[place].file)
        chosen = _some(len(content.jpegs), self._shape.frames, random if self._how else None)
        pictures = changed(_pictures(content, chosen), how, random)
        frames = resized(pictures, self._shape.size)
        return frames[:, :, ::-1] if flip else frames


def all_pictures(content: Content) -> Pictures:
    """Return the eight pictures as serving would read them; those of a photo are all the same."""
    numbers = _some(len(content.jpegs), FRAMES_PER_SHOT, None)
    return read_pictures([content.jpegs[number].tobytes() for number in numbers])


def serving_batch(samples: Sequence[Stored], size: tuple[int, int]) -> Batch:
    """Return what the network would read of these samples in serving."""
    batch = empty_batch(len(samples), size)
    for row, stored in enumerate(samples):
        content = read_content(stored.file)
        fill(batch, row, all_pictures(content), content.camera_path)
    return batch


def class_weights(samples: Sequence[Stored], heads: Sequence[str], power: float) -> dict[str, NDArray[np.float32]]:
    """Return a weight for each label of each head, of mean 1 over the samples.

    A `power` of 0 counts each sample alike, 1 counts each label alike.
    """
    by_head = {}
    for head in heads:
        names = HEADS[head].names
        known = [getattr(stored.sample, head) for stored in samples if getattr(stored.sample, head)]
        counts = np.array([known.count(name) for name in names], np.float64)
        weights = np.where(counts > 0, (max(len(known), 1) / len(names) / np.maximum(counts, 1)) ** power, 0)
        mean = (weights * counts).sum() / max(len(known), 1)
        by_head[head] = (weights / (mean or 1)).astype(np.float32)
    return by_head


def _some(there: int, wanted: int, random: np.random.Generator | None) -> NDArray[np.int64]:
    """Choose some of the frames that are there, in order: at random, or evenly."""
    if there == 1:
        return np.zeros(wanted, np.int64)
    if random is None or wanted == there:
        return np.floor((np.arange(wanted) + 0.5) * there / wanted).astype(np.int64)
    return np.sort(random.choice(there, wanted, replace=False))


def _pictures(content: Content, chosen: NDArray[np.int64]) -> list[Picture]:
    """Decode the chosen frames, BGR, without the bars that they share."""
    known = {number: decode(content.jpegs[number]) for number in set(chosen.tolist())}
    return without_bars([known[number] for number in chosen.tolist()])


def _one_hot(label: str | None, names: Sequence[str]) -> NDArray[np.float32]:
    return np.array([label == name for name in names], np.float32)


def _stacked(rows: list[dict[str, Any]], lacking: int = 0) -> dict[str, Any]:
    """Stack the arrays of all rows by name; the first row stands for those that are lacking."""
    return {name: np.stack([row[name] for row in rows + rows[:1] * lacking]) for name in rows[0]}
