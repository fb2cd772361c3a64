"""How large the subject is: told from single frames over a backbone."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from shotlens.predicting.frames import HEIGHT, WIDTH
from shotlens.predicting.networks.backend import keras
from shotlens.predicting.networks.efficientnet_lite import efficientnet_lite2
from shotlens.shots.heads import SCALE
from shotlens.shots.shot import FRAMES_PER_SHOT

layers, ops = keras.layers, keras.ops

BACKBONES = {  # each reads pictures in -1..1
    "efficientnet_lite2": efficientnet_lite2,
    "mobilenet_v2": keras.applications.MobileNetV2,
    "efficientnet_v2_b0": lambda **how: keras.applications.EfficientNetV2B0(include_preprocessing=False, **how),
    "efficientnet_v2_s": lambda **how: keras.applications.EfficientNetV2S(include_preprocessing=False, **how),
}
# Of the eight frames those that tell the scale: it seldom changes within a shot, and each frame takes its time.
TELLING = (1, 3, 4, 6)


def build_scale(
    backbone: str,
    size: tuple[int, int] = (HEIGHT, WIDTH),
    weights: str | list[NDArray[np.float32]] | None = None,
) -> keras.Model:
    """One frame (height, width, 3) in -1..1 -> logits of the scales, over a backbone.

    `weights` is `imagenet`, which Keras downloads, or the backbone's own weights without its top: a file, or arrays.
    """
    named = weights == "imagenet"
    body = BACKBONES[backbone](include_top=False, weights=weights if named else None, input_shape=(*size, 3))
    if isinstance(weights, list):
        body.set_weights(weights)
    elif weights and not named:
        body.load_weights(weights)
    return keras.Model(body.input, _scale_logits(body.output), name="scale_logits")


def scale_of_shot(scale: keras.Model, frames: Any) -> Any:
    """Probabilities of the scales: the mean over the frames that tell it, before they are made probabilities."""
    if frames.shape[1] == FRAMES_PER_SHOT:
        frames = ops.take(frames, TELLING, axis=1)
    count, picture = frames.shape[1], frames.shape[2:]
    logits = scale(ops.reshape(layers.Rescaling(1 / 127.5, -1.0)(frames), (-1, *picture)))
    mean = ops.mean(ops.reshape(logits, (-1, count, len(SCALE.names))), axis=1)
    return layers.Softmax(dtype="float32", name="scale")(mean)


def _scale_logits(features: Any) -> Any:
    pooled = layers.Dropout(0.3)(layers.GlobalAveragePooling2D()(features))
    return layers.Dense(len(SCALE.names), name="scale_dense")(pooled)
