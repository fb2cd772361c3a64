"""Predicts how large the subject is, from single frames, on top of a backbone."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from shotlens.predicting.frames import HEIGHT, WIDTH
from shotlens.predicting.networks.backend import keras
from shotlens.predicting.networks.efficientnet_lite import efficientnet_lite2
from shotlens.shots.heads import SCALE

layers, ops = keras.layers, keras.ops

BACKBONES = {  # each takes pictures in -1..1
    "efficientnet_lite2": efficientnet_lite2,
    "mobilenet_v2": keras.applications.MobileNetV2,
    "efficientnet_v2_b0": lambda **options: keras.applications.EfficientNetV2B0(include_preprocessing=False, **options),
    "efficientnet_v2_s": lambda **options: keras.applications.EfficientNetV2S(include_preprocessing=False, **options),
}


def build_scale(
    backbone: str,
    size: tuple[int, int] = (HEIGHT, WIDTH),
    weights: str | list[NDArray[np.float32]] | None = None,
) -> keras.Model:
    """Build the network from one frame (height, width, 3) in -1..1 to the scale logits, on top of a backbone.

    `weights` is `imagenet`, which Keras downloads, or the backbone's weights without its top: a file, or arrays.
    """
    pretrained = weights == "imagenet"
    body = BACKBONES[backbone](include_top=False, weights=weights if pretrained else None, input_shape=(*size, 3))
    if isinstance(weights, list):
        body.set_weights(weights)
    elif weights and not pretrained:
        body.load_weights(weights)
    return keras.Model(body.input, _scale_logits(body.output), name="scale_logits")


def scale_of_shot(scale: keras.Model, frames: Any) -> Any:
    """Return the scale probabilities of a shot: the softmax of the mean logits over the frames used."""
    count, picture = frames.shape[1], frames.shape[2:]
    logits = scale(ops.reshape(layers.Rescaling(1 / 127.5, -1.0)(frames), (-1, *picture)))
    mean = ops.mean(ops.reshape(logits, (-1, count, len(SCALE.names))), axis=1)
    return layers.Softmax(dtype="float32", name="scale")(mean)


def _scale_logits(features: Any) -> Any:
    pooled = layers.Dropout(0.3)(layers.GlobalAveragePooling2D()(features))
    return layers.Dense(len(SCALE.names), name="scale_dense")(pooled)
