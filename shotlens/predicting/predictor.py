"""Shots in, predictions out, by a network that is loaded once. Knows nothing about jobs, queues or HTTP."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shotlens.predicting import weights as weight_files
from shotlens.predicting.batch import Batch, Outputs, prepare
from shotlens.predicting.confidence import with_temperature
from shotlens.predicting.options import RuntimeName
from shotlens.predicting.runtimes.choice import open_network
from shotlens.shots.heads import HEADS
from shotlens.shots.shot import Prediction, Predictions
from shotlens.storage.frames import StoredShot

AT_ONCE = 16  # shots whose frames are in memory


class Predictor:
    """Predicts the movement and scale of shots. Computes in mixed float16 on a GPU, in float32 otherwise.

    Several threads may use one.
    """

    name: str
    sha256: str

    def __init__(self, weights: Path | None = None, runtime: RuntimeName | None = None) -> None:
        """Load the weights described by the JSON file `weights`, or the shipped ones, and choose what runs the network.

        Raises WeightsError.
        """
        path = weights or weight_files.SHIPPED
        self.meta = weight_files.read_meta(path)
        self.name, self.sha256 = self.meta.name, self.meta.sha256
        self._size = (self.meta.height, self.meta.width)
        self._network = open_network(path, self.meta, runtime)

    @property
    def runtime(self) -> RuntimeName:
        """What runs the network."""
        return self._network.runtime

    def warm_up(self) -> None:
        """Do what the first shot would have to wait for."""
        self._network.warm_up()

    def predict(self, shots: Sequence[StoredShot]) -> list[Predictions]:
        """Return the predictions for each shot, in order; `shots` may have any length. Raises FrameError."""
        predictions: list[Predictions] = []
        for start in range(0, len(shots), AT_ONCE):
            chunk = shots[start : start + AT_ONCE]
            rows = self.probabilities(prepare(chunk, self._size))
            predictions += [self._predictions({head: rows[head][row] for head in rows}) for row in range(len(chunk))]
        return predictions

    def probabilities(self, batch: Batch) -> Outputs:
        """Return the probabilities `movement` (N, 4) and `scale` (N, 5) of a non-empty batch."""
        outputs = self._network.run(batch.inputs())
        return {name: with_temperature(outputs[name], self.meta.temperatures[name]) for name in weight_files.PARTS}

    def _predictions(self, rows: Mapping[str, NDArray[np.float32]]) -> Predictions:
        return {
            head: Prediction(_by_label(HEADS[head].names, row), bool(row.max() < self.meta.sure[head]))
            for head, row in rows.items()
        }


def _by_label(labels: Sequence[str], values: NDArray[np.float32]) -> dict[str, float]:
    normalised = values.astype(np.float64) / values.sum(dtype=np.float64)
    return {label: float(value) for label, value in zip(labels, normalised, strict=True)}
