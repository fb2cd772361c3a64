"""The network: eight frames and a camera path in, movement and scale out. Keras 3 alone, so any backend runs it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jobs.shot import FRAMES_PER_SHOT, MOVEMENTS, SCALES
from model.backend import keras
from model.efficientnet_lite import efficientnet_lite2
from model.preprocess import CHANNELS, COLUMNS, HEIGHT, ROWS, STATISTICS, STEPS, WIDTH

layers, ops = keras.layers, keras.ops

BACKBONES = {  # each reads pictures in -1..1
    "efficientnet_lite2": efficientnet_lite2,
    "mobilenet_v2": keras.applications.MobileNetV2,
    "efficientnet_v2_b0": lambda **how: keras.applications.EfficientNetV2B0(include_preprocessing=False, **how),
    "efficientnet_v2_s": lambda **how: keras.applications.EfficientNetV2S(include_preprocessing=False, **how),
}
MEMBERS = 6  # movement heads whose opinions are averaged
# Of the eight frames those that tell the scale: it seldom changes within a shot, and each frame takes its time.
TELLING = (1, 3, 4, 6)


def build_network(parts: Mapping[str, keras.Model], frames: int = FRAMES_PER_SHOT) -> keras.Model:
    """The whole network of its parts, `scale` and `movement`; while training, there may be one of them alone.

    Inputs `frames` (8, height, width, 3) uint8 RGB, `cells` (ROWS, COLUMNS, 8), `path` (STEPS, CHANNELS),
    `statistics` (STATISTICS,); outputs `movement` (4,) and `scale` (5,), each summing to 1.
    """
    inputs: dict[str, Any] = {}
    outputs: dict[str, Any] = {}
    if "movement" in parts:
        inputs |= movement_inputs()
        outputs["movement"] = parts["movement"](list(inputs.values()))
    if "scale" in parts:
        picture = parts["scale"].input.shape[1:]
        inputs["frames"] = keras.Input((frames, *picture), dtype="uint8", name="frames")
        outputs["scale"] = _scale(parts["scale"], inputs["frames"])
    return keras.Model(inputs, outputs, name="shotlens")


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


def movement_inputs() -> dict[str, Any]:
    """What the movement is told from."""
    shapes = {
        "path": (STEPS, CHANNELS),
        "statistics": (STATISTICS,),
        "cells": (ROWS, COLUMNS, FRAMES_PER_SHOT),
    }
    return {name: keras.Input(shape, dtype="float32", name=name) for name, shape in shapes.items()}


def build_movement() -> keras.Model:
    """Path, statistics and cells -> probabilities of the movements: the mean of `MEMBERS` heads."""
    inputs = list(movement_inputs().values())
    opinions = [_movement_member(*inputs) for _ in range(MEMBERS)]
    return keras.Model(inputs, layers.Average(dtype="float32")(opinions), name="movement")


def _scale(scale: keras.Model, frames: Any) -> Any:
    """Probabilities of the scales: the mean over the frames that tell it, before they are made probabilities."""
    if frames.shape[1] == FRAMES_PER_SHOT:
        frames = ops.take(frames, TELLING, axis=1)
    count, picture = frames.shape[1], frames.shape[2:]
    logits = scale(ops.reshape(layers.Rescaling(1 / 127.5, -1.0)(frames), (-1, *picture)))
    mean = ops.mean(ops.reshape(logits, (-1, count, len(SCALES))), axis=1)
    return layers.Softmax(dtype="float32", name="scale")(mean)


def _scale_logits(features: Any) -> Any:
    pooled = layers.Dropout(0.3)(layers.GlobalAveragePooling2D()(features))
    return layers.Dense(len(SCALES), name="scale_dense")(pooled)


def _movement_member(path: Any, statistics: Any, cells: Any) -> Any:
    """One head: the path as a sequence and as a whole, and where in the picture the frames differ."""
    sequence = layers.Conv1D(32, 5, padding="same", activation="relu")(path)
    sequence = layers.Conv1D(32, 5, padding="same", activation="relu")(sequence)
    whole = layers.Dense(64, activation="relu")(layers.Dropout(0.1)(statistics))
    parts = [
        layers.GlobalAveragePooling1D()(sequence),
        layers.GlobalMaxPooling1D()(sequence),
        whole,
        layers.Dropout(0.3)(_differences(cells)),
    ]
    hidden = layers.Dense(48, activation="relu")(layers.Dropout(0.3)(layers.Concatenate()(parts)))
    return layers.Dense(len(MOVEMENTS), activation="softmax", dtype="float32")(layers.Dropout(0.2)(hidden))


def _differences(cells: Any) -> Any:
    """How much each part of the picture changes from frame to frame: (16,)."""
    change = ops.abs(cells[..., 1:] - cells[..., :-1])
    # The smallest change tells the background that a passing subject uncovers again.
    maps = ops.stack([ops.mean(change, axis=-1), ops.min(change, axis=-1), ops.max(change, axis=-1)], axis=-1)
    maps = layers.Conv2D(12, 3, strides=2, padding="same", activation="relu")(maps)
    maps = layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(maps)
    return layers.GlobalAveragePooling2D()(maps)
