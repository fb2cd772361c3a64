"""Predicts how the camera moves, from its measured path and from where in the picture the frames differ."""

from typing import Any

from shotlens.predicting.frames import COLUMNS, ROWS
from shotlens.predicting.networks.backend import keras
from shotlens.predicting.path import CHANNELS, STATISTICS, STEPS
from shotlens.shots.heads import MOVEMENT
from shotlens.shots.shot import FRAMES_PER_SHOT

layers, ops = keras.layers, keras.ops

MEMBERS = 6  # networks in the ensemble


def movement_inputs() -> dict[str, Any]:
    """Return the inputs from which the movement is predicted."""
    shapes = {
        "path": (STEPS, CHANNELS),
        "statistics": (STATISTICS,),
        "cells": (ROWS, COLUMNS, FRAMES_PER_SHOT),
    }
    return {name: keras.Input(shape, dtype="float32", name=name) for name, shape in shapes.items()}


def build_movement() -> keras.Model:
    """Build the network from path, statistics and cells to movement probabilities: an average of `MEMBERS` networks."""
    inputs = list(movement_inputs().values())
    outputs = [_movement_member(*inputs) for _ in range(MEMBERS)]
    return keras.Model(inputs, layers.Average(dtype="float32")(outputs), name="movement")


def _movement_member(path: Any, statistics: Any, cells: Any) -> Any:
    """Build one network: on the path as a sequence and as a whole, and on where in the picture the frames differ."""
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
    return layers.Dense(len(MOVEMENT.names), activation="softmax", dtype="float32")(layers.Dropout(0.2)(hidden))


def _differences(cells: Any) -> Any:
    """Return features of how much each part of the picture changes from frame to frame: (16,)."""
    change = ops.abs(cells[..., 1:] - cells[..., :-1])
    # The smallest change shows the background that a passing subject uncovers again.
    maps = ops.stack([ops.mean(change, axis=-1), ops.min(change, axis=-1), ops.max(change, axis=-1)], axis=-1)
    maps = layers.Conv2D(12, 3, strides=2, padding="same", activation="relu")(maps)
    maps = layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(maps)
    return layers.GlobalAveragePooling2D()(maps)
