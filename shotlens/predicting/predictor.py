"""Shots in, predictions out: the network loaded once. Knows no queue, no job and no HTTP."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shotlens.predicting import weights as stored
from shotlens.predicting.batch import Batch, Inputs, empty, prepare
from shotlens.predicting.errors import WeightsError
from shotlens.predicting.heads.movement import build_movement
from shotlens.predicting.heads.scale import BACKBONES, build_scale
from shotlens.predicting.network import build_network
from shotlens.predicting.networks.backend import gpus, keras
from shotlens.predicting.networks.folding import folded
from shotlens.shots.heads import HEADS
from shotlens.shots.shot import Prediction, Predictions
from shotlens.storage.frames import StoredShot

# The network is compiled once for each number of shots it meets, so it meets only these. On a processor one shot at a
# time takes 0.85 GB, sixteen 1.17 (and 29 ms a shot, sixteen 22, on two cores).
SIZES_ON_GPU = (1, 4, 16)
SIZES_ON_CPU = (1,)
READ = 16  # shots that are read side by side before the network sees them


class Predictor:
    """Movement and scale of shots. Computes in float16 where there is a GPU."""

    name: str
    sha256: str

    def __init__(self, weights: Path | None = None) -> None:
        """Load the weights described by the JSON `weights`, or the shipped ones; raises WeightsError."""
        self.meta, arrays = stored.read(weights or stored.SHIPPED)
        self.name, self.sha256 = self.meta.name, self.meta.sha256
        self._size = (self.meta.height, self.meta.width)
        self._sizes = SIZES_ON_GPU if gpus() else SIZES_ON_CPU
        self._network = _network(self.meta, arrays)

    def warm_up(self) -> None:
        """Compile the network for every size of batch, so that the first shot need not wait for it."""
        for size in self._sizes:
            self._run(empty(size, self._size).inputs())

    def predict(self, shots: Sequence[StoredShot]) -> list[Predictions]:
        """What each head says of each shot, in order; raises FrameError. `shots` may be of any length."""
        predictions: list[Predictions] = []
        for start in range(0, len(shots), READ):
            some = shots[start : start + READ]
            rows = self.probabilities(prepare(some, self._size))
            predictions += [self._predictions({head: rows[head][row] for head in rows}) for row in range(len(some))]
        return predictions

    def probabilities(self, batch: Batch) -> dict[str, NDArray[np.float32]]:
        """Probabilities `movement` (N, 4) and `scale` (N, 5) of a batch that is not empty."""
        inputs, most = batch.inputs(), self._sizes[-1]
        parts = [
            self._run({name: array[start : start + most] for name, array in inputs.items()})
            for start in range(0, len(batch.frames), most)
        ]
        return {
            name: tempered(np.concatenate([part[name] for part in parts]), self.meta.temperatures[name])
            for name in stored.PARTS
        }

    def _run(self, inputs: Inputs) -> dict[str, NDArray[np.float32]]:
        """What the network says, through the smallest size that takes them."""
        count = len(inputs["frames"])
        size = next(size for size in self._sizes if size >= count)
        outputs = self._network.predict_on_batch({name: _pad(array, size) for name, array in inputs.items()})
        return {name: np.asarray(outputs[name][:count]) for name in stored.PARTS}

    def _predictions(self, rows: Mapping[str, NDArray[np.float32]]) -> Predictions:
        return {
            head: Prediction(_by_label(HEADS[head].names, row), bool(row.max() < self.meta.sure[head]))
            for head, row in rows.items()
        }


def tempered(probabilities: NDArray[np.float32], temperature: float) -> NDArray[np.float32]:
    """Make probabilities (N, classes) less sure by a temperature above 1, surer by one below."""
    logs = np.log(np.maximum(probabilities.astype(np.float64), 1e-9)) / temperature
    odds = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True), np.float32)


def _network(meta: stored.Meta, arrays: stored.Arrays) -> keras.Model:
    """The network with these weights, as it predicts fastest; raises WeightsError where they are for another."""
    if meta.backbone not in BACKBONES:
        raise WeightsError(f"The weights {meta.name} are for the backbone '{meta.backbone}', which is not known.")
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16" if gpus() else "float32")
    try:
        parts = {"scale": build_scale(meta.backbone, (meta.height, meta.width)), "movement": build_movement()}
        for name, part in parts.items():
            if [array.shape for array in arrays[name]] != [tuple(variable.shape) for variable in part.weights]:
                raise WeightsError(f"The weights {meta.name} do not fit this version of the network.")
            part.set_weights(arrays[name])
        return build_network(parts | {"scale": folded(parts["scale"])})
    finally:
        keras.config.set_dtype_policy(before)


def _pad(array: NDArray[np.uint8] | NDArray[np.float32], size: int) -> NDArray[np.uint8] | NDArray[np.float32]:
    return np.concatenate([array, np.zeros((size - len(array), *array.shape[1:]), array.dtype)])


def _by_label(labels: Sequence[str], values: NDArray[np.float32]) -> dict[str, float]:
    exact = values.astype(np.float64) / values.sum(dtype=np.float64)
    return {label: float(value) for label, value in zip(labels, exact, strict=True)}
