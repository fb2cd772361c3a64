"""Imports Keras without its backend's messages on stderr, which no setting suppresses."""

import os

from shotlens.machine.quiet import quiet

# TensorFlow logs only errors once it is loaded.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

with quiet():
    import keras

__all__ = ["gpus", "keras"]


def gpus() -> list[str]:
    """Return the names of the GPUs that Keras' backend sees."""
    try:
        return list(keras.distribution.list_devices("gpu"))
    except RuntimeError:  # raised by JAX if there is none
        return []
