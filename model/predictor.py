"""Shots in, predictions out: the network loaded once. Knows no queue, no job and no HTTP."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from jobs.shot import FRAMES_PER_SHOT, MOVEMENTS, SCALES, Prediction, Shot
from model import weights as stored
from model.backend import keras
from model.network import build_network
from model.preprocess import CHANNELS, HEIGHT, STATISTICS, STEPS, WIDTH, Batch, prepare

# The network is compiled once for each number of shots it meets, so it meets only these.
SIZES = (1, 4, 16)


class Predictor:
    """Movement and scale of shots. Computes in float16 where there is a GPU."""

    name: str
    sha256: str

    def __init__(self, weights: Path | None = None) -> None:
        """Load the weights described by the JSON `weights`, or the shipped ones; raises WeightsError."""
        before = keras.config.dtype_policy()
        keras.config.set_dtype_policy("mixed_float16" if on_gpu() else "float32")
        try:
            self._network = build_network()
        finally:
            keras.config.set_dtype_policy(before)
        meta = stored.load(self._network, weights or stored.SHIPPED)
        self.name, self.sha256 = meta.name, meta.sha256

    def warm_up(self) -> None:
        """Compile the network for every size of batch, so that the first shot need not wait for it."""
        for size in SIZES:
            self._run(
                Batch(
                    frames=np.zeros((size, FRAMES_PER_SHOT, HEIGHT, WIDTH, 3), np.uint8),
                    path=np.zeros((size, STEPS, CHANNELS), np.float32),
                    statistics=np.zeros((size, STATISTICS), np.float32),
                )
            )

    def predict(self, shots: Sequence[Shot]) -> list[Prediction]:
        """One prediction for each shot, in order; raises FrameError. `shots` may be of any length."""
        predictions = []
        for start in range(0, len(shots), SIZES[-1]):
            some = shots[start : start + SIZES[-1]]
            movement, scale = self._run(prepare(some))
            predictions += [_prediction(movement[row], scale[row]) for row in range(len(some))]
        return predictions

    def _run(self, batch: Batch) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Probabilities (N, 4) and (N, 5), through the smallest of `SIZES` that takes the batch."""
        count = len(batch.frames)
        size = next(size for size in SIZES if size >= count)
        inputs = {key: _pad(array, size) for key, array in batch.inputs().items()}
        outputs = self._network.predict_on_batch(inputs)
        return outputs["movement"][:count], outputs["scale"][:count]


def on_gpu() -> bool:
    """Whether the Keras backend sees a GPU."""
    return bool(keras.distribution.list_devices("gpu"))


def _pad(array: NDArray[np.uint8] | NDArray[np.float32], size: int) -> NDArray[np.uint8] | NDArray[np.float32]:
    return np.concatenate([array, np.zeros((size - len(array), *array.shape[1:]), array.dtype)])


def _prediction(movement: NDArray[np.float32], scale: NDArray[np.float32]) -> Prediction:
    return Prediction(_probabilities(MOVEMENTS, movement), _probabilities(SCALES, scale))


def _probabilities(labels: Sequence[str], values: NDArray[np.float32]) -> dict[str, float]:
    exact = values.astype(np.float64) / values.sum(dtype=np.float64)
    return {label: float(value) for label, value in zip(labels, exact, strict=True)}
