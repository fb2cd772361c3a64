"""Folds batch normalisation into the preceding convolution: during prediction, both are linear."""

from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shotlens.predicting.networks.backend import keras

layers = keras.layers

CONVOLUTIONS = (layers.Conv2D, layers.DepthwiseConv2D)


def folded(network: keras.Model) -> keras.Model:
    """Return an equivalent network for prediction only, which takes seven tenths of the time on a CPU.

    Every normalisation that is the only consumer of a convolution's output is folded into that convolution.
    """
    consumers = Counter(id(tensor) for layer in network.layers for tensor in keras.tree.flatten(layer.input))
    convolutions = {
        id(layer.output): layer for layer in network.layers if _linear(layer) and consumers[id(layer.output)] == 1
    }
    normalisations = {
        convolutions[id(layer.input)].name: layer
        for layer in network.layers
        if isinstance(layer, layers.BatchNormalization) and id(layer.input) in convolutions
    }
    dropped = {layer.name for layer in normalisations.values()}

    def clone(layer: keras.layers.Layer) -> keras.layers.Layer:
        bias = {"use_bias": True} if layer.name in normalisations else {}
        return type(layer).from_config(layer.get_config() | bias)

    def call(layer: keras.layers.Layer, inputs: Any, **options: Any) -> Any:
        return inputs if layer.name in dropped else layer(inputs, **options)

    result = keras.models.clone_model(network, clone_function=clone, call_function=call)
    for layer in (layer for layer in result.layers if layer.weights):
        original = network.get_layer(layer.name)
        normalisation = normalisations.get(layer.name)
        layer.set_weights(_joined(original, normalisation) if normalisation else original.get_weights())
    return result


def _linear(layer: keras.layers.Layer) -> bool:
    return isinstance(layer, CONVOLUTIONS) and layer.activation is keras.activations.linear


def _joined(convolution: keras.layers.Layer, normalisation: keras.layers.Layer) -> list[NDArray[np.float32]]:
    """Return the kernel and bias of both combined."""
    kernel, *bias = convolution.get_weights()
    scale, shift, mean, variance = normalisation.get_weights()
    factor = scale / np.sqrt(variance + normalisation.epsilon)
    by_channel = factor.reshape(kernel.shape[2:]) if isinstance(convolution, layers.DepthwiseConv2D) else factor
    return [kernel * by_channel, shift + (sum(bias) - mean) * factor]
