"""Shots in, predictions out, by a network that is loaded once. Knows nothing about jobs, queues or HTTP."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shotlens.predicting import weights as weight_files
from shotlens.predicting.batch import Batch, Inputs, empty_batch, prepare
from shotlens.predicting.confidence import with_temperature
from shotlens.predicting.errors import WeightsError
from shotlens.predicting.heads.movement import build_movement
from shotlens.predicting.heads.scale import BACKBONES, build_scale
from shotlens.predicting.network import build_network
from shotlens.predicting.networks.backend import gpus, keras
from shotlens.predicting.networks.folding import folded
from shotlens.shots.heads import HEADS
from shotlens.shots.shot import Prediction, Predictions
from shotlens.storage.frames import StoredShot

# The network is compiled once per batch size, so only these sizes are used. On a CPU, one shot at a time takes 0.85 GB
# and, on two cores, 29 ms per shot; sixteen at a time take 1.17 GB and 22 ms per shot.
SIZES_ON_GPU = (1, 4, 16)
SIZES_ON_CPU = (1,)
READ_BATCH = 16  # shots whose frames are read in parallel before the network runs


class Predictor:
    """Predicts the movement and scale of shots. Computes in mixed float16 on a GPU, in float32 otherwise."""

    name: str
    sha256: str

    def __init__(self, weights: Path | None = None) -> None:
        """Load the weights described by the JSON file `weights`, or the shipped ones. Raises WeightsError."""
        self.meta, arrays = weight_files.read(weights or weight_files.SHIPPED)
        self.name, self.sha256 = self.meta.name, self.meta.sha256
        self._size = (self.meta.height, self.meta.width)
        self._sizes = SIZES_ON_GPU if gpus() else SIZES_ON_CPU
        self._network = _network(self.meta, arrays)

    def warm_up(self) -> None:
        """Compile the network for every batch size, so that the first shot need not wait for it."""
        for size in self._sizes:
            self._run(empty_batch(size, self._size).inputs())

    def predict(self, shots: Sequence[StoredShot]) -> list[Predictions]:
        """Return the predictions for each shot, in order; `shots` may have any length. Raises FrameError."""
        predictions: list[Predictions] = []
        for start in range(0, len(shots), READ_BATCH):
            chunk = shots[start : start + READ_BATCH]
            rows = self.probabilities(prepare(chunk, self._size))
            predictions += [self._predictions({head: rows[head][row] for head in rows}) for row in range(len(chunk))]
        return predictions

    def probabilities(self, batch: Batch) -> dict[str, NDArray[np.float32]]:
        """Return the probabilities `movement` (N, 4) and `scale` (N, 5) of a non-empty batch."""
        inputs, largest = batch.inputs(), self._sizes[-1]
        parts = [
            self._run({name: array[start : start + largest] for name, array in inputs.items()})
            for start in range(0, len(batch.frames), largest)
        ]
        return {
            name: with_temperature(np.concatenate([part[name] for part in parts]), self.meta.temperatures[name])
            for name in weight_files.PARTS
        }

    def _run(self, inputs: Inputs) -> dict[str, NDArray[np.float32]]:
        """Return the network's outputs, using the smallest batch size that holds the inputs."""
        count = len(inputs["frames"])
        size = next(size for size in self._sizes if size >= count)
        outputs = self._network.predict_on_batch({name: _pad(array, size) for name, array in inputs.items()})
        return {name: np.asarray(outputs[name][:count]) for name in weight_files.PARTS}

    def _predictions(self, rows: Mapping[str, NDArray[np.float32]]) -> Predictions:
        return {
            head: Prediction(_by_label(HEADS[head].names, row), bool(row.max() < self.meta.sure[head]))
            for head, row in rows.items()
        }


def _network(meta: weight_files.Meta, arrays: weight_files.Arrays) -> keras.Model:
    """Build the fastest network for prediction with these weights. Raises WeightsError if they do not fit."""
    if meta.backbone not in BACKBONES:
        raise WeightsError(
            f"The weights {meta.name} need the backbone '{meta.backbone}', which this version does not have."
        )
    previous = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16" if gpus() else "float32")
    try:
        parts = {"scale": build_scale(meta.backbone, (meta.height, meta.width)), "movement": build_movement()}
        for name, part in parts.items():
            if [array.shape for array in arrays[name]] != [tuple(variable.shape) for variable in part.weights]:
                raise WeightsError(f"The weights {meta.name} do not fit this version of the network.")
            part.set_weights(arrays[name])
        return build_network(parts | {"scale": folded(parts["scale"])})
    finally:
        keras.config.set_dtype_policy(previous)


def _pad(array: NDArray[np.uint8] | NDArray[np.float32], size: int) -> NDArray[np.uint8] | NDArray[np.float32]:
    return np.concatenate([array, np.zeros((size - len(array), *array.shape[1:]), array.dtype)])


def _by_label(labels: Sequence[str], values: NDArray[np.float32]) -> dict[str, float]:
    normalised = values.astype(np.float64) / values.sum(dtype=np.float64)
    return {label: float(value) for label, value in zip(labels, normalised, strict=True)}
