"""The small networks that say of each moment whether a shot opens there. Plain NumPy; knows no picture."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

WEIGHTS = Path(__file__).with_name("weights") / "boundaries-2.npz"
DILATIONS = (1, 1, 2, 4, 8)  # of the convolutions over time, each of three moments
CONTEXT = sum(DILATIONS)  # moments on either side that are looked at
MOST = 3.5  # deviations that a number may be from its mean: what is beyond was never seen in training
CUT, GRADUAL, FADE = range(3)


class Judge:
    """Takes the numbers of `Likeness` in order; says of the moment `CONTEXT` before each what opens there."""

    def __init__(self, path: Path = WEIGHTS) -> None:
        with np.load(path) as kept:
            weights = {name: kept[name].astype(np.float32) for name in kept.files}
        self._mean, self._scale = weights["mean"], weights["scale"]
        members = sorted({name.split("_")[0] for name in weights if "_" in name})
        self._members = [_Member(weights, member) for member in members]

    def add(self, channels: Floats) -> Floats:
        """Take (N, CHANNELS); return (N, 3): how sure they are of a cut, of a gradual change, and that it is a fade.

        Networks that only their first weights tell apart err in different places: their mean errs less. Those
        that judge cuts alone, or gradual changes alone, say 0 of the rest.
        """
        scaled = np.clip((channels - self._mean) / self._scale, -MOST, MOST)
        logits = np.mean([member.add(scaled) for member in self._members], axis=0)
        return np.asarray(1 / (1 + np.exp(-np.clip(logits, -30, 30))), np.float32)


class _Member:
    """One of the networks, and what it remembers."""

    def __init__(self, weights: dict[str, Floats], name: str) -> None:
        self._weights = {key.removeprefix(f"{name}_"): value for key, value in weights.items()}
        self._seen: Floats = np.empty((0, 0), np.float32)

    def add(self, scaled: Floats) -> Floats:
        """Take the next moments; return the logits of those `CONTEXT` before them."""
        entered = np.maximum(scaled @ self._weights["enter_kernel"] + self._weights["enter_bias"], 0)
        if not len(self._seen):  # what came before the first moment was like it
            self._seen = np.repeat(entered[:1], 2 * CONTEXT, axis=0)
        rows = np.concatenate([self._seen, entered])
        self._seen = rows[-2 * CONTEXT :]
        for number, dilation in enumerate(DILATIONS):
            rows = self._look_around(rows, number, dilation)
        return np.asarray(rows @ self._weights["leave_kernel"] + self._weights["leave_bias"])

    def _look_around(self, rows: Floats, number: int, dilation: int) -> Floats:
        """Convolve over three moments; all but the first layer add to what they were given."""
        kernel, middle = self._weights[f"look{number}_kernel"], rows[dilation:-dilation]
        found = rows[: -2 * dilation] @ kernel[0] + middle @ kernel[1] + rows[2 * dilation :] @ kernel[2]
        found = np.maximum(found + self._weights[f"look{number}_bias"], 0)
        return np.asarray(found if number == 0 else middle + found)
