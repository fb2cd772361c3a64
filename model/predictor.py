"""Shots in, predictions out: the network loaded once. Knows no queue, no job and no HTTP."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from jobs.shot import MOVEMENTS, SCALES, Prediction, Shot
from model import weights as stored
from model.backend import gpus, keras
from model.errors import WeightsError
from model.network import build_movement, build_network, build_scale
from model.preprocess import Batch, empty, prepare

# The network is compiled once for each number of shots it meets, so it meets only these. On a processor one shot at a
# time is as fast as sixteen (with MobileNetV2 37 ms a shot against 59, on two busy cores, in 0.85 GB instead of 1.9).
SIZES_ON_GPU = (1, 4, 16)
SIZES_ON_CPU = (1,)


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
        before = keras.config.dtype_policy()
        keras.config.set_dtype_policy("mixed_float16" if gpus() else "float32")
        try:
            parts = {"scale": build_scale(self.meta.backbone, self._size), "movement": build_movement()}
            self._network = build_network(parts)
        except KeyError as error:
            raise WeightsError(f"The weights {self.name} are for the backbone {error}, which is not known.") from error
        finally:
            keras.config.set_dtype_policy(before)
        for name, part in parts.items():
            if [array.shape for array in arrays[name]] != [tuple(variable.shape) for variable in part.weights]:
                raise WeightsError(f"The weights {self.name} do not fit this version of the network.")
            part.set_weights(arrays[name])

    def warm_up(self) -> None:
        """Compile the network for every size of batch, so that the first shot need not wait for it."""
        for size in self._sizes:
            self._run(empty(size, self._size))

    def predict(self, shots: Sequence[Shot]) -> list[Prediction]:
        """One prediction for each shot, in order; raises FrameError. `shots` may be of any length."""
        predictions = []
        for start in range(0, len(shots), self._sizes[-1]):
            some = shots[start : start + self._sizes[-1]]
            said = self.probabilities(prepare(some, self._size))
            predictions += [self._prediction(said["movement"][row], said["scale"][row]) for row in range(len(some))]
        return predictions

    def probabilities(self, batch: Batch) -> dict[str, NDArray[np.float32]]:
        """Probabilities `movement` (N, 4) and `scale` (N, 5) of as many shots as are computed at a time."""
        said = self._run(batch)
        return {name: tempered(said[name], self.meta.temperatures[name]) for name in stored.PARTS}

    def _run(self, batch: Batch) -> dict[str, NDArray[np.float32]]:
        """What the network says, through the smallest size that takes the batch."""
        count = len(batch.frames)
        size = next(size for size in self._sizes if size >= count)
        outputs = self._network.predict_on_batch({key: _pad(array, size) for key, array in batch.inputs().items()})
        return {name: np.asarray(outputs[name][:count]) for name in stored.PARTS}

    def _prediction(self, movement: NDArray[np.float32], scale: NDArray[np.float32]) -> Prediction:
        sure = self.meta.sure
        unsure = tuple(name for name, said in (("movement", movement), ("scale", scale)) if said.max() < sure[name])
        return Prediction(_by_label(MOVEMENTS, movement), _by_label(SCALES, scale), unsure)


def tempered(probabilities: NDArray[np.float32], temperature: float) -> NDArray[np.float32]:
    """Make probabilities (N, classes) less sure by a temperature above 1, surer by one below."""
    logs = np.log(np.maximum(probabilities.astype(np.float64), 1e-9)) / temperature
    odds = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True), np.float32)


def _pad(array: NDArray[np.uint8] | NDArray[np.float32], size: int) -> NDArray[np.uint8] | NDArray[np.float32]:
    return np.concatenate([array, np.zeros((size - len(array), *array.shape[1:]), array.dtype)])


def _by_label(labels: Sequence[str], values: NDArray[np.float32]) -> dict[str, float]:
    exact = values.astype(np.float64) / values.sum(dtype=np.float64)
    return {label: float(value) for label, value in zip(labels, exact, strict=True)}
