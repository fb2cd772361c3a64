"""How the two heads are fitted: the scale head with the backbone's last blocks, the movement head by itself."""

import keras
import numpy as np
from numpy.typing import NDArray

from jobs.shot import MOVEMENTS, SCALES, CameraMotion
from model.network import build_movement, split_scale
from model.preprocess import path_arrays
from training.clips import Clips
from training.maps import Maps

BATCH = 64
# Half way from clips made in equal numbers to films, where two of three shots are static and few are zooms.
MOVEMENT_WEIGHTS = {"static": 2.0, "motion": 1.3, "push": 0.8, "pull": 0.8}

Mask = NDArray[np.bool_]


def fit_scale(scale: keras.Model, maps: Maps, chosen: Mask, epochs: int, rate: float) -> None:
    """Train the last blocks of `scale` in place on the framings `chosen` (N,)."""
    _, trained = split_scale(scale)
    for layer in trained.layers:
        # The published statistics are folded: with gamma 1 and mean 0 there is nothing to adapt.
        layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
    steps = epochs * (int(chosen.sum()) * maps.maps.shape[1] // BATCH)
    loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.05)
    trained.compile(keras.optimizers.AdamW(_cosine(rate, steps), weight_decay=0.02), loss)
    variants = maps.maps.shape[1]
    weight = maps.weight * _balance(maps.scale, len(SCALES))
    trained.fit(
        maps.maps[chosen].reshape(-1, *maps.maps.shape[2:]).astype(np.float32),
        np.eye(len(SCALES), dtype=np.float32)[np.repeat(maps.scale[chosen], variants)],
        sample_weight=np.repeat(weight[chosen], variants),
        batch_size=BATCH,
        epochs=epochs,
        verbose=2,
    )


def predict_scale(scale: keras.Model, maps: Maps, chosen: Mask) -> NDArray[np.float32]:
    """Probabilities (n, 5) of the framings `chosen`, as they are."""
    _, trained = split_scale(scale)
    logits = trained.predict(maps.maps[chosen][:, 0].astype(np.float32), batch_size=BATCH, verbose=0)
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True), np.float32)


def fit_movement(clips: Clips, chosen: Mask, epochs: int, rate: float) -> keras.Model:
    """A movement head trained on the clips `chosen` (N,), each also mirrored and played backwards."""
    arrays, labels = _movement_arrays(clips, chosen, vary=True)
    network = build_movement()
    steps = epochs * (len(labels) // BATCH)
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=0.05)
    network.compile(keras.optimizers.AdamW(_cosine(rate, steps), weight_decay=0.01), loss)
    network.fit(
        arrays,
        np.eye(len(MOVEMENTS), dtype=np.float32)[labels],
        sample_weight=np.array(list(MOVEMENT_WEIGHTS.values()), np.float32)[labels],
        batch_size=BATCH,
        epochs=epochs,
        verbose=2,
    )
    return network


def predict_movement(network: keras.Model, clips: Clips, chosen: Mask) -> NDArray[np.float32]:
    """Probabilities (n, 4) of the clips `chosen`."""
    arrays, _ = _movement_arrays(clips, chosen, vary=False)
    return np.asarray(network.predict(arrays, batch_size=BATCH, verbose=0), np.float32)


def _movement_arrays(clips: Clips, chosen: Mask, vary: bool) -> tuple[list[NDArray[np.float32]], NDArray[np.int64]]:
    """Path, statistics and cells, and labels; with `vary` each clip in its four mirror images."""
    paths, labels, cells = [], [], []
    all_paths = clips.paths()
    for row in np.flatnonzero(chosen):
        for backwards, mirrored in ((0, 0), (0, 1), (1, 0), (1, 1)) if vary else ((0, 0),):
            step, side = (-1 if backwards else 1), (-1 if mirrored else 1)
            motions = np.array([[m.seconds, m.dx, m.dy, m.log_scale, m.rotation, m.inliers] for m in all_paths[row]])
            motions = motions[::step] * [1, step * side, step, step, step * side, 1]
            paths.append(path_arrays([CameraMotion(*values) for values in motions.tolist()]))
            labels.append(_backwards(int(clips.movement[row])) if backwards else int(clips.movement[row]))
            cells.append(clips.cells[row][:, ::side, ::step])
    arrays = [np.stack(parts) for parts in zip(*paths, strict=True)]
    return [*arrays, np.stack(cells).astype(np.float32)], np.array(labels)


def _backwards(movement: int) -> int:
    """Played backwards, a push is a pull."""
    push, pull = MOVEMENTS.index("push"), MOVEMENTS.index("pull")
    return {push: pull, pull: push}.get(movement, movement)


def _balance(labels: NDArray[np.int64], classes: int) -> NDArray[np.float32]:
    """(N,) weights, mean about 1: half way from each example alike to each class alike."""
    counts = np.bincount(labels, minlength=classes)
    weights = (len(labels) / classes / np.maximum(counts, 1)) ** 0.5
    return np.asarray(weights[labels], np.float32)


def _cosine(rate: float, steps: int) -> keras.optimizers.schedules.LearningRateSchedule:
    return keras.optimizers.schedules.CosineDecay(
        rate / 10, max(1, steps - steps // 10), warmup_target=rate, warmup_steps=max(1, steps // 10)
    )
