"""The small networks that predict for each moment whether a shot opens there. Plain NumPy."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

WEIGHTS = Path(__file__).with_name("weights") / "boundaries-2.npz"
DILATIONS = (1, 1, 2, 4, 8)  # of the temporal convolutions, whose kernels cover three moments
CONTEXT = sum(DILATIONS)  # moments on either side in the receptive field
MAX_SIGMA = 3.5  # standard deviations at which inputs are clipped: training saw nothing beyond
CUT, GRADUAL, FADE = range(3)


class Judge:
    """Accepts the features from `Likeness` in order; predicts what opens at the moment `CONTEXT` before each."""

    def __init__(self, path: Path = WEIGHTS) -> None:
        with np.load(path) as file:
            weights = {name: file[name].astype(np.float32) for name in file.files}
        self._mean, self._scale = weights["mean"], weights["scale"]
        members = sorted({name.split("_")[0] for name in weights if "_" in name})
        self._members = [_Member(weights, member) for member in members]

    def add(self, channels: Floats) -> Floats:
        """Take (N, CHANNELS); return (N, 3): the probabilities of a cut, of a gradual change, and that it is a fade.

        Networks that differ only in their initial weights make different mistakes: their mean makes fewer. Networks
        for cuts only, or for gradual changes only, output logits of 0 for the others.
        """
        scaled = np.clip((channels - self._mean) / self._scale, -MAX_SIGMA, MAX_SIGMA)
        logits = np.mean([member.add(scaled) for member in self._members], axis=0)
        return np.asarray(1 / (1 + np.exp(-np.clip(logits, -30, 30))), np.float32)


class _Member:
    """One of the networks, with its state."""

    def __init__(self, weights: dict[str, Floats], name: str) -> None:
        self._weights = {key.removeprefix(f"{name}_"): value for key, value in weights.items()}
        self._previous: Floats = np.empty((0, 0), np.float32)

    def add(self, scaled: Floats) -> Floats:
        """Take the next moments; return the logits of those `CONTEXT` before them."""
        hidden = np.maximum(scaled @ self._weights["enter_kernel"] + self._weights["enter_bias"], 0)
        if not len(self._previous):  # pad with copies of the first moment
            self._previous = np.repeat(hidden[:1], 2 * CONTEXT, axis=0)
        rows = np.concatenate([self._previous, hidden])
        self._previous = rows[-2 * CONTEXT :]
        for number, dilation in enumerate(DILATIONS):
            rows = self._convolved(rows, number, dilation)
        return np.asarray(rows @ self._weights["leave_kernel"] + self._weights["leave_bias"])

    def _convolved(self, rows: Floats, number: int, dilation: int) -> Floats:
        """Convolve over three moments; all layers but the first are residual."""
        kernel, middle = self._weights[f"look{number}_kernel"], rows[dilation:-dilation]
        output = rows[: -2 * dilation] @ kernel[0] + middle @ kernel[1] + rows[2 * dilation :] @ kernel[2]
        output = np.maximum(output + self._weights[f"look{number}_bias"], 0)
        return np.asarray(output if number == 0 else middle + output)
