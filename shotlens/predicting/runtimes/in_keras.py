"""Runs the network by Keras and its backend, TensorFlow: in mixed float16 on a GPU, in float32 otherwise."""

from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shotlens.predicting.batch import Inputs, Outputs, empty_batch
from shotlens.predicting.errors import WeightsError
from shotlens.predicting.heads.movement import build_movement
from shotlens.predicting.heads.scale import BACKBONES, build_scale
from shotlens.predicting.network import build_network
from shotlens.predicting.networks.backend import gpus, keras
from shotlens.predicting.networks.folding import folded
from shotlens.predicting.options import RuntimeName
from shotlens.predicting.weights import PARTS, Arrays, Meta

# The network is compiled once per batch size, so only these sizes are used. On a CPU, sixteen shots at a time would
# save a quarter of the time, and take .3 GB more.
SIZES_ON_GPU = (1, 4, 16)
SIZES_ON_CPU = (1,)


class KerasNetwork:
    """The network as a Keras model."""

    runtime: RuntimeName = "keras"

    def __init__(self, meta: Meta, arrays: Arrays) -> None:
        """Build the network and give it its weights. Raises WeightsError if they do not fit."""
        self._sizes = SIZES_ON_GPU if gpus() else SIZES_ON_CPU
        self._size = (meta.height, meta.width)
        self._model = build(meta, arrays, "mixed_float16" if gpus() else "float32")
        self._running = Lock()

    def warm_up(self) -> None:
        """Compile the network for every batch size, so that the first shot need not wait for it."""
        for size in self._sizes:
            self._run(empty_batch(size, self._size).inputs())

    def run(self, inputs: Inputs) -> Outputs:
        """Return `movement` (N, 4) and `scale` (N, 5) of N shots."""
        largest = self._sizes[-1]
        parts = [
            self._run({name: array[start : start + largest] for name, array in inputs.items()})
            for start in range(0, len(inputs["frames"]), largest)
        ]
        return {name: np.concatenate([part[name] for part in parts]) for name in PARTS}

    def _run(self, inputs: Inputs) -> Outputs:
        """Return the network's outputs, using the smallest batch size that holds the inputs."""
        count = len(inputs["frames"])
        size = next(size for size in self._sizes if size >= count)
        with self._running:
            outputs = self._model.predict_on_batch({name: _pad(array, size) for name, array in inputs.items()})
        return {name: np.asarray(outputs[name][:count]) for name in PARTS}


def build(meta: Meta, arrays: Arrays, policy: str = "float32") -> keras.Model:
    """Build the fastest network for prediction with these weights, in a dtype policy of Keras.

    Raises WeightsError if they do not fit.
    """
    if meta.backbone not in BACKBONES:
        raise WeightsError(
            f"The weights {meta.name} need the backbone '{meta.backbone}', which this version does not have."
        )
    previous = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        parts = {"scale": build_scale(meta.backbone, (meta.height, meta.width)), "movement": build_movement()}
        for name, part in parts.items():
            if [array.shape for array in arrays[name]] != [tuple(variable.shape) for variable in part.weights]:
                raise WeightsError(f"The weights {meta.name} do not fit this version of the network.")
            part.set_weights(arrays[name])
        return build_network(parts | {"scale": folded(parts["scale"])})
    finally:
        keras.config.set_dtype_policy(previous)


def _pad(array: NDArray[Any], size: int) -> NDArray[Any]:
    return np.concatenate([array, np.zeros((size - len(array), *array.shape[1:]), array.dtype)])
