"""The mean of the weights of several fits: a uniform model soup (Wortsman et al. 2022).

Fits that start from the same pretrained weights stay near each other, and on film that is unlike the data their mean
makes fewer mistakes than any one of them.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from shotlens.predicting.confidence import with_temperature
from shotlens.predicting.network import build_network
from shotlens.training.data.parts import samples_of
from shotlens.training.experiment import Experiment
from shotlens.training.judge.evaluate import judge, load, trained_heads
from shotlens.training.judge.metrics import Probabilities

ASKED = 300  # samples that show how sure a network is
TRIED = np.geomspace(0.3, 1.5, 200)  # temperatures


def mean_weights(fits: Sequence[Experiment], head: str) -> list[NDArray[np.float32]]:
    """Return the mean of the weights that these fits gave the head, in Keras' order."""
    arrays = [trained_heads(fit)[head].get_weights() for fit in fits]
    return [np.mean(of_one, axis=0) for of_one in zip(*arrays, strict=True)]


def as_sure_as(fits: Sequence[Experiment], head: str, mean: list[NDArray[np.float32]]) -> float:
    """Return the temperature at which the mean of the weights, `mean`, is on average as sure as its fits are.

    It is less sure than they are, and no more often wrong, so what was learnt about their confidence does not hold for
    it. All of them predict the samples that the folds among them held out, which the other fits have seen.
    """
    held_out = [stored for fold in fits if fold.config.held_out for stored in samples_of(fold, "val")]
    samples, size = held_out[:: -(-len(held_out) // ASKED)], fits[0].config.input_size
    of_fits = [judge(load(fit)[0], samples, size)[head].probabilities for fit in fits]
    mixed = trained_heads(fits[0])[head]
    mixed.set_weights(mean)
    of_mean = judge(build_network({head: mixed}), samples, size)[head].probabilities
    wanted = _sureness(np.concatenate(of_fits))
    return float(min(TRIED, key=lambda temperature: abs(_sureness(with_temperature(of_mean, temperature)) - wanted)))


def _sureness(probabilities: Probabilities) -> float:
    return float(probabilities.max(axis=1).mean())
