"""The network: eight frames and a camera path in, movement and scale out. Keras 3 alone, so any backend runs it."""

from typing import Any

from jobs.shot import FRAMES_PER_SHOT, MOVEMENTS, SCALES
from model.backend import keras
from model.preprocess import CHANNELS, HEIGHT, STATISTICS, STEPS, WIDTH

layers, ops = keras.layers, keras.ops

CELL = 8  # pixels: frames are compared as the means of cells, so that noise and a small shake do not count
TRAINED_FROM = "block_12_add"  # the backbone is kept as it is up to here, and trained behind it
MEMBERS = 3  # movement heads whose opinions are averaged


def build_network(backbone: keras.Model | None = None, movement: keras.Model | None = None) -> keras.Model:
    """The whole network; the parts are made anew where none are given.

    Inputs `frames` (8, HEIGHT, WIDTH, 3) uint8 RGB, `path` (STEPS, CHANNELS), `statistics` (STATISTICS,);
    outputs `movement` (4,) and `scale` (5,), each summing to 1.
    """
    frames = keras.Input((FRAMES_PER_SHOT, HEIGHT, WIDTH, 3), dtype="uint8", name="frames")
    path = keras.Input((STEPS, CHANNELS), dtype="float32", name="path")
    statistics = keras.Input((STATISTICS,), dtype="float32", name="statistics")
    picture = ops.reshape(layers.Rescaling(1 / 127.5, -1.0)(frames), (-1, HEIGHT, WIDTH, 3))
    logits = (backbone or build_scale())(picture)
    scale = ops.mean(ops.reshape(logits, (-1, FRAMES_PER_SHOT, len(SCALES))), axis=1)
    cells = build_cells()(frames)
    return keras.Model(
        {"frames": frames, "path": path, "statistics": statistics},
        {
            "movement": (movement or build_movement())([path, statistics, cells]),
            "scale": layers.Softmax(dtype="float32", name="scale")(scale),
        },
        name="shotlens",
    )


def build_scale(backbone_weights: str | None = None) -> keras.Model:
    """One frame (HEIGHT, WIDTH, 3) in -1..1 -> logits of the scales, over MobileNetV2."""
    backbone = keras.applications.MobileNetV2(include_top=False, weights=None, input_shape=(HEIGHT, WIDTH, 3))
    if backbone_weights:
        backbone.load_weights(backbone_weights)
    return keras.Model(backbone.input, _scale_logits(backbone.output), name="scale_logits")


def split_scale(scale: keras.Model) -> tuple[keras.Model, keras.Model]:
    """The same layers in two: what stays as it is (frame -> map) and what is trained (map -> logits)."""
    middle = scale.get_layer(TRAINED_FROM).output
    return keras.Model(scale.input, middle), keras.Model(middle, scale.output)


def build_cells() -> keras.Model:
    """Frames (8, HEIGHT, WIDTH, 3) uint8 -> grey cells (HEIGHT / CELL, WIDTH / CELL, 8) of contrast about 1."""
    frames = keras.Input((FRAMES_PER_SHOT, HEIGHT, WIDTH, 3), dtype="uint8", name="frames")
    shape = (-1, FRAMES_PER_SHOT, HEIGHT // CELL, CELL, WIDTH // CELL, CELL * 3)
    grey = ops.mean(ops.reshape(layers.Rescaling(1 / 255, dtype="float32")(frames), shape), axis=(3, 5))
    spread = ops.std(grey, axis=(1, 2, 3), keepdims=True)
    cells = (grey - ops.mean(grey, axis=(1, 2, 3), keepdims=True)) / (spread + 0.02)
    return keras.Model(frames, ops.transpose(cells, (0, 2, 3, 1)), name="cells")


def build_movement() -> keras.Model:
    """Path, statistics and cells -> probabilities of the movements: the mean of `MEMBERS` heads."""
    path = keras.Input((STEPS, CHANNELS), name="path")
    statistics = keras.Input((STATISTICS,), name="statistics")
    cells = keras.Input((HEIGHT // CELL, WIDTH // CELL, FRAMES_PER_SHOT), name="cells")
    opinions = [_movement_member(path, statistics, cells) for _ in range(MEMBERS)]
    mean = layers.Average(dtype="float32")(opinions)
    return keras.Model([path, statistics, cells], mean, name="movement")


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
