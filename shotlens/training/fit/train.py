"""`shotlens train`: from a config to checkpoints. However it was stopped, it goes on after the last whole epoch."""

import importlib.util
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shotlens.predicting.heads.movement import build_movement
from shotlens.predicting.heads.scale import build_scale
from shotlens.predicting.network import build_network
from shotlens.predicting.networks.backend import gpus, keras
from shotlens.shots.heads import HEADS
from shotlens.training.data.dataset import Batches, Shape, class_weights
from shotlens.training.data.labels import fold_of
from shotlens.training.data.parts import groups_of, parts_of
from shotlens.training.errors import ConfigError
from shotlens.training.experiment import Config, Experiment, HeldOut, commit
from shotlens.training.fit.imagenet import efficientnet_lite2


def train_folds(experiment: Experiment, folds: int) -> None:
    """Train once for each fold of the groups, which is held out, in a folder `fold-<k>` of its own."""
    for fold in sorted({fold_of(group, folds) for group in groups_of(experiment)}):  # few groups may leave a fold empty
        train(experiment.fold(HeldOut(folds=folds, fold=fold)))


def train(experiment: Experiment) -> Path:
    """Train until the config's last epoch; returns the best checkpoint. Raises ConfigError and DataError."""
    config = experiment.config
    keras.utils.clear_session()
    keras.utils.set_random_seed(config.seed)
    keras.config.set_dtype_policy(config.precision)
    use_all_gpus(config.batch)
    training, held_out = parts_of(experiment)
    experiment.keep_config()
    network, done = _network(experiment, steps=-(-len(training) // config.batch))
    shape = Shape(config.head_names, config.input_size, config.frames)
    weights = class_weights(training, config.head_names, config.class_balance)
    for head in config.head_names:
        weights[head] *= np.array([config.class_weights.get(name, 1.0) for name in HEADS[head].names], np.float32)
    batches = Batches(
        training, shape, batch=config.batch, how=config.augmentation, weights=weights,
        seed=config.seed, epoch=done, workers=config.workers,
    )  # fmt: skip
    judged = Batches(held_out, shape, batch=config.batch, workers=config.workers) if held_out else None
    print(f"{len(training)} samples to train on, {len(held_out)} held out; epoch {done} of {config.epochs} is done.")
    network.fit(
        batches, validation_data=judged, initial_epoch=done, epochs=config.epochs, verbose=2, callbacks=[
            Keeper(experiment),
            keras.callbacks.CSVLogger(str(experiment.folder / "log.csv"), append=done > 0),
            *_tensorboard(experiment.folder / "tensorboard"),
        ],
    )  # fmt: skip
    return experiment.best().path


def use_all_gpus(batch: int) -> None:
    """Spread every batch over all GPUs, which Keras itself does if its backend is JAX; raises ConfigError."""
    devices = gpus()
    if len(devices) > 1 and keras.backend.backend() == "jax":
        if batch % len(devices):
            raise ConfigError(f"batch: {batch} cannot be spread evenly over {len(devices)} GPUs: take a multiple.")
        keras.distribution.set_distribution(keras.distribution.DataParallel(devices=devices))
    elif len(devices) > 1:
        print(f"One of {len(devices)} GPUs is used; KERAS_BACKEND=jax uses all of them.")


class Keeper(keras.callbacks.Callback):  # type: ignore[misc]  # Keras is not typed throughout
    """Writes the network after every epoch, whole or not at all, and beside it what is known about it."""

    def __init__(self, experiment: Experiment) -> None:
        super().__init__()
        self._experiment = experiment

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Write the checkpoint and its meta.json; `epoch` counts from 0."""
        logs = {name: float(value) for name, value in (logs or {}).items()}
        name = f"model.{epoch + 1:02d}" + (f"-{logs['val_loss']:.4f}" if "val_loss" in logs else "")
        meta = {"epoch": epoch + 1, "logs": logs, "commit": commit(), "config": self._experiment.config.model_dump()}
        part = self._experiment.folder / "part.keras"
        self.model.save(part)
        (self._experiment.folder / f"{name}.meta.json").write_text(json.dumps(meta, indent=2, default=str) + "\n")
        part.replace(self._experiment.folder / f"{name}.keras")


def _network(experiment: Experiment, steps: int) -> tuple[keras.Model, int]:
    """Return the network and the epochs it has been through: that of the last checkpoint, or a new one."""
    for checkpoint in experiment.checkpoints()[-1:]:
        return keras.models.load_model(checkpoint.path), checkpoint.epoch
    network = build(experiment)
    config = experiment.config
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=config.label_smoothing)
    network.compile(
        keras.optimizers.AdamW(_rate(config, steps * config.epochs), weight_decay=config.weight_decay),
        loss={head: loss for head in config.head_names},
        weighted_metrics={head: ["accuracy"] for head in config.head_names},
    )
    return network, 0


def build(experiment: Experiment) -> keras.Model:
    """Build a network with the config's heads for training: it tells the scale from `frames` of the eight frames."""
    config = experiment.config
    heads = {}
    if "movement" in config.head_names:
        heads["movement"] = build_movement()
    if "scale" in config.head_names:
        heads["scale"] = build_scale(config.backbone.name, config.input_size, _weights(experiment))
        freeze(heads["scale"], config.backbone.trained_from)
    return build_network(heads, config.frames)


def freeze(scale: keras.Model, last: str | None) -> None:
    """Leave the layers up to `last` as they are, and every batch normalisation, which so few pictures would spoil."""
    names = [layer.name for layer in scale.layers]
    if last is not None and last not in names:
        raise ConfigError(f"backbone.trained_from: there is no layer {last!r}; {names[-5]!r} would be one.")
    first = names.index(last) + 1 if last else 0
    for number, layer in enumerate(scale.layers):
        layer.trainable = number >= first and not isinstance(layer, keras.layers.BatchNormalization)


def _weights(experiment: Experiment) -> str | list[NDArray[np.float32]] | None:
    """Return what the backbone starts from; the path of a file is relative to the config's folder."""
    backbone = experiment.config.backbone
    weights = backbone.weights
    if weights == "imagenet" and backbone.name == "efficientnet_lite2":
        return efficientnet_lite2()
    if weights in (None, "imagenet"):
        return weights
    file = experiment.home / str(weights)
    if not file.is_file():
        raise ConfigError(f"backbone.weights: there is no file {file}.")
    return str(file)


def _rate(config: Config, steps: int) -> float | keras.optimizers.schedules.LearningRateSchedule:
    """Return the learning rate at each of so many steps."""
    peak, warmup = config.learning_rate.peak, round(config.learning_rate.warmup * steps)
    if config.learning_rate.schedule == "constant":
        return peak
    return keras.optimizers.schedules.CosineDecay(
        peak / 10, max(1, steps - warmup), warmup_target=peak, warmup_steps=warmup
    )


def _tensorboard(folder: Path) -> list[keras.callbacks.Callback]:
    """Write logs for TensorBoard, if TensorFlow is there to do it."""
    if not all(importlib.util.find_spec(name) for name in ("tensorflow", "tensorboard")):
        return []
    return [keras.callbacks.TensorBoard(str(folder))]
