"""The small network that says of each moment whether a shot opens there. Plain NumPy; knows no picture."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

WEIGHTS = Path(__file__).with_name("weights") / "boundaries-1.npz"
DILATIONS = (1, 1, 2, 4, 8)  # of the convolutions over time, each of three moments
CONTEXT = sum(DILATIONS)  # moments on either side that are looked at
MOST = 3.5  # deviations that a number may be from its mean: what is beyond was never seen in training
CUT, GRADUAL, FADE = range(3)


class Judge:
    """Takes the numbers of `Likeness` in order; says of the moment `CONTEXT` before each what opens there."""

    def __init__(self, path: Path = WEIGHTS) -> None:
        with np.load(path) as weights:
            self._weights = {name: weights[name].astype(np.float32) for name in weights.files}
        self._seen: Floats = np.empty((0, 0), np.float32)

    def add(self, channels: Floats) -> Floats:
        """Take (N, CHANNELS); return (N, 3): how sure it is of a cut, of a gradual change, and that it is a fade."""
        scaled = np.clip((channels - self._weights["mean"]) / self._weights["scale"], -MOST, MOST)
        entered = self._dense("enter", scaled)
        if not len(self._seen):  # what came before the first moment was like it
            self._seen = np.repeat(entered[:1], 2 * CONTEXT, axis=0)
        rows = np.concatenate([self._seen, entered])
        self._seen = rows[-2 * CONTEXT :]
        for number, dilation in enumerate(DILATIONS):
            rows = self._look_around(rows, number, dilation)
        logits = rows @ self._weights["leave_kernel"] + self._weights["leave_bias"]
        return np.asarray(1 / (1 + np.exp(-np.clip(logits, -30, 30))), np.float32)

    def _dense(self, name: str, rows: Floats) -> Floats:
        return np.asarray(np.maximum(rows @ self._weights[f"{name}_kernel"] + self._weights[f"{name}_bias"], 0))

    def _look_around(self, rows: Floats, number: int, dilation: int) -> Floats:
        """Convolve over three moments; all but the first layer add to what they were given."""
        kernel, middle = self._weights[f"look{number}_kernel"], rows[dilation:-dilation]
        found = rows[: -2 * dilation] @ kernel[0] + middle @ kernel[1] + rows[2 * dilation :] @ kernel[2]
        found = np.maximum(found + self._weights[f"look{number}_bias"], 0)
        return np.asarray(found if number == 0 else middle + found)
