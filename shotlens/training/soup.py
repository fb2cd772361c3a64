"""The mean of the weights of several fits: a uniform model soup (Wortsman et al. 2022).

Fits that start from the same pretrained weights stay near each other, and their mean errs less than one of them on
what is unlike the data.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from shotlens.predicting.network import build_network
from shotlens.predicting.predictor import tempered
from shotlens.training.experiment import Experiment
from shotlens.training.judge.evaluate import held_out, judge, load, parts
from shotlens.training.judge.metrics import Probabilities

ASKED = 300  # samples that tell how sure a network is
TRIED = np.geomspace(0.3, 1.5, 200)  # temperatures


def mean_weights(fits: Sequence[Experiment], head: str) -> list[NDArray[np.float32]]:
    """The mean of the weights that each of these fits gave the head, in Keras' order."""
    arrays = [parts(fit)[head].get_weights() for fit in fits]
    return [np.mean(of_one, axis=0) for of_one in zip(*arrays, strict=True)]


def as_sure_as(fits: Sequence[Experiment], head: str, mean: list[NDArray[np.float32]]) -> float:
    """The temperature at which the mean of the weights, `mean`, is as sure, on average, as its fits are.

    It is less sure than they are, and no more often wrong, so what was learnt of their confidence does not hold for it.
    Asked of what the folds among them kept out, which the others have seen.
    """
    kept = [stored for fold in fits if fold.config.held_out for stored in held_out(fold, "val")]
    samples, size = kept[:: -(-len(kept) // ASKED)], fits[0].config.input_size
    said = [judge(load(fit)[0], samples, size)[head].probabilities for fit in fits]
    mixed = parts(fits[0])[head]
    mixed.set_weights(mean)
    of_mean = judge(build_network({head: mixed}), samples, size)[head].probabilities
    wanted = _sureness(np.concatenate(said))
    return float(min(TRIED, key=lambda temperature: abs(_sureness(tempered(of_mean, temperature)) - wanted)))


def _sureness(probabilities: Probabilities) -> float:
    return float(probabilities.max(axis=1).mean())
