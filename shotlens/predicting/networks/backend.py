"""Keras, imported without the chatter of its backend on stderr, which no setting stops."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

# Of TensorFlow, once it is loaded: errors only.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what native code writes to stderr, and show it only when the block fails."""
    sys.stderr.flush()
    real = os.dup(2)
    with tempfile.TemporaryFile() as kept:
        os.dup2(kept.fileno(), 2)
        try:
            yield
        except BaseException:
            kept.seek(0)
            os.write(real, kept.read())
            raise
        finally:
            os.dup2(real, 2)
            os.close(real)


with _quiet():
    import keras

__all__ = ["gpus", "keras"]


def gpus() -> list[str]:
    """Name the GPUs that Keras' backend sees."""
    try:
        return list(keras.distribution.list_devices("gpu"))
    except RuntimeError:  # JAX, where there is none
        return []
