"""Folding the normalisations of a network does not change its output."""

import numpy as np
import pytest

pytest.importorskip("keras", reason="Keras is not installed here")

import keras

from shotlens.predicting.heads.scale import BACKBONES, build_scale
from shotlens.predicting.networks.folding import folded

pytestmark = pytest.mark.slow

SIZE = (32, 64)


@pytest.mark.parametrize("backbone", BACKBONES)
def test_a_folded_backbone_says_the_same_and_normalises_nothing(backbone: str) -> None:
    network = build_scale(backbone, SIZE)
    random = np.random.default_rng(0)
    for layer in _normalisations(network):
        ranges = ((0.3, 0.6), (-0.2, 0.2), (-0.2, 0.2), (0.5, 1.5))  # of scale, shift, mean and variance
        layer.set_weights([random.uniform(*ends, layer.gamma.shape) for ends in ranges])
    pictures = random.uniform(-1, 1, (2, *SIZE, 3)).astype(np.float32)
    before = network(pictures, training=False)
    after = folded(network)
    assert np.ptp(before) > 1e-2
    np.testing.assert_allclose(after(pictures, training=False), before, rtol=1e-3, atol=1e-4)
    assert _normalisations(network)
    assert not _normalisations(after)


def test_only_what_alone_reads_a_linear_convolution_is_folded() -> None:
    picture = keras.Input((8, 8, 3))
    entering = keras.layers.BatchNormalization(name="entering")(picture)
    seen_twice = keras.layers.Conv2D(4, 3, name="twice")(entering)
    normalised = keras.layers.BatchNormalization(name="normalised")(seen_twice)
    biased = keras.layers.BatchNormalization(name="behind_a_bias")(keras.layers.Conv2D(4, 1)(normalised))
    bent = keras.layers.Conv2D(4, 1, activation="relu")(normalised)
    bent = keras.layers.BatchNormalization(name="behind_an_activation")(bent)
    doubled = keras.layers.DepthwiseConv2D(3, depth_multiplier=2, padding="same")(normalised)
    doubled = keras.layers.BatchNormalization(name="of_two_for_each")(doubled)
    network = keras.Model(picture, keras.layers.Concatenate()([seen_twice, biased, bent, doubled]))
    random = np.random.default_rng(1)
    network.set_weights([random.uniform(0.5, 1.5, array.shape) for array in network.get_weights()])
    pictures = random.uniform(-1, 1, (2, 8, 8, 3)).astype(np.float32)
    after = folded(network)
    assert [layer.name for layer in _normalisations(after)] == ["entering", "normalised", "behind_an_activation"]
    np.testing.assert_allclose(after(pictures, training=False), network(pictures, training=False), rtol=1e-4)


def _normalisations(network: keras.Model) -> list[keras.layers.Layer]:
    return [layer for layer in network.layers if isinstance(layer, keras.layers.BatchNormalization)]
