"""Imports Keras without its backend's messages on stderr, which no setting suppresses."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

# TensorFlow logs only errors once it is loaded.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


@contextmanager
def _quiet() -> Iterator[None]:
    """Capture what native code writes to stderr, and show it only if the block fails."""
    sys.stderr.flush()
    stderr = os.dup(2)
    with tempfile.TemporaryFile() as captured:
        os.dup2(captured.fileno(), 2)
        try:
            yield
        except BaseException:
            captured.seek(0)
            os.write(stderr, captured.read())
            raise
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)


with _quiet():
    import keras

__all__ = ["gpus", "keras"]


def gpus() -> list[str]:
    """Return the names of the GPUs that Keras' backend sees."""
    try:
        return list(keras.distribution.list_devices("gpu"))
    except RuntimeError:  # raised by JAX if there is none
        return []
