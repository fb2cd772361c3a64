"""How sure a prediction is. Pure NumPy; knows no network."""

import numpy as np
from numpy.typing import NDArray


def with_temperature(probabilities: NDArray[np.float32], temperature: float) -> NDArray[np.float32]:
    """Apply a temperature to probabilities (N, classes): above 1 it lowers the confidence, below 1 it raises it."""
    logs = np.log(np.maximum(probabilities.astype(np.float64), 1e-9)) / temperature
    exponentials = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(axis=1, keepdims=True), np.float32)
