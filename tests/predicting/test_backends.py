"""The network uses nothing but Keras: another backend computes the same."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from shotlens.predicting.batch import empty_batch
from shotlens.predicting.predictor import Predictor

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
PRINT_PROBABILITIES = """
import json
import numpy as np
from shotlens.predicting.predictor import Predictor
from shotlens.predicting.batch import empty_batch

batch = empty_batch(1)
batch.frames[:] = np.random.default_rng(1).integers(0, 255, batch.frames.shape)
probabilities = Predictor().probabilities(batch)
print(json.dumps({head: values.tolist() for head, values in probabilities.items()}))
"""


@pytest.mark.skipif(find_spec("jax") is None, reason="JAX is not installed here")
def test_jax_says_what_tensorflow_says() -> None:
    environment = os.environ | {"KERAS_BACKEND": "jax"}
    command = [sys.executable, "-c", PRINT_PROBABILITIES]
    jax = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    batch = empty_batch(1)
    batch.frames[:] = np.random.default_rng(1).integers(0, 255, batch.frames.shape)
    ours = Predictor().probabilities(batch)
    for head, values in json.loads(jax.stdout.splitlines()[-1]).items():
        assert np.allclose(values, ours[head], atol=1e-4), head
