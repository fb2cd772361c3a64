"""`shotlens train`: from a config to checkpoints. Stopped at any moment, it goes on after the last whole epoch."""

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
from shotlens.shots.heads import MOVEMENT, SCALE
from shotlens.training.data.dataset import Batches, Shape, Stored, class_weights
from shotlens.training.data.labels import fold_of
from shotlens.training.data.samples import read_index
from shotlens.training.errors import ConfigError, DataError
from shotlens.training.experiment import Config, Experiment, HeldOut, commit
from shotlens.training.fit.imagenet import efficientnet_lite2


def train_folds(experiment: Experiment, folds: int) -> None:
    """Train once for each fold of the groups, which is kept out, in a folder `fold-<k>` of its own."""
    groups = {sample.group for folder in experiment.data() for sample in read_index(folder)}
    for fold in sorted({fold_of(group, folds) for group in groups}):  # few groups may leave a fold empty
        train(experiment.fold(HeldOut(folds=folds, fold=fold)))


def train(experiment: Experiment) -> Path:
    """Train until the config's last epoch; returns the best checkpoint. Raises ConfigError and DataError."""
    config = experiment.config
    keras.utils.clear_session()
    keras.utils.set_random_seed(config.seed)
    keras.config.set_dtype_policy(config.precision)
    use_all_gpus(config.batch)
    training, kept = split(experiment)
    experiment.keep_config()
    network, done = _network(experiment, steps=-(-len(training) // config.batch))
    shape = Shape(config.parts, config.input_size, config.frames)
    weights = class_weights(training, config.class_balance)
    for head, names in (("scale", SCALE.names), ("movement", MOVEMENT.names)):
        weights[head] *= np.array([config.class_weights.get(name, 1.0) for name in names], np.float32)
    batches = Batches(
        training, shape, batch=config.batch, how=config.augmentation, weights=weights,
        seed=config.seed, epoch=done, workers=config.workers,
    )  # fmt: skip
    judged = Batches(kept, shape, batch=config.batch, workers=config.workers) if kept else None
    print(f"{len(training)} samples to train on, {len(kept)} kept out; epoch {done} of {config.epochs} is done.")
    network.fit(
        batches, validation_data=judged, initial_epoch=done, epochs=config.epochs, verbose=2, callbacks=[
            Keeper(experiment),
            keras.callbacks.CSVLogger(str(experiment.folder / "log.csv"), append=done > 0),
            *_tensorboard(experiment.folder / "tensorboard"),
        ],
    )  # fmt: skip
    return experiment.best().path


def split(experiment: Experiment) -> tuple[list[Stored], list[Stored]]:
    """The samples to train on and those that are kept out, of all prepared folders; raises DataError."""
    config, training, kept = experiment.config, [], []
    extra = experiment.extra()
    for folder in [*experiment.data(), *extra]:
        for sample in read_index(folder):
            if not any(getattr(sample, head) for head in config.parts):
                continue
            if config.held_out:
                away = fold_of(sample.group, config.held_out.folds) == config.held_out.fold
            else:
                away = sample.split == "val"
            if away and folder not in extra:
                kept.append(Stored.of(folder, sample))
            elif not away and (config.held_out or sample.split == "train"):
                training.append(Stored.of(folder, sample))
    if not training:
        raise DataError(f"No sample to train on has a label for {' or '.join(config.parts)}.")
    return training, kept


def use_all_gpus(batch: int) -> None:
    """Spread every batch over all GPUs, which Keras does itself where its backend is JAX; raises ConfigError."""
    found = gpus()
    if len(found) > 1 and keras.backend.backend() == "jax":
        if batch % len(found):
            raise ConfigError(f"batch: {batch} cannot be spread over {len(found)} GPUs alike; take a multiple.")
        keras.distribution.set_distribution(keras.distribution.DataParallel(devices=found))
    elif len(found) > 1:
        print(f"One of {len(found)} GPUs is used; KERAS_BACKEND=jax uses all of them.")


class Keeper(keras.callbacks.Callback):  # type: ignore[misc]  # Keras is not typed throughout
    """Keeps the network after every epoch, whole or not at all, with what is known of it beside it."""

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
    """The network and the epochs that it has seen: that of the last checkpoint, or a new one."""
    for checkpoint in experiment.checkpoints()[-1:]:
        return keras.models.load_model(checkpoint.path), checkpoint.epoch
    network = build(experiment)
    config = experiment.config
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=config.label_smoothing)
    network.compile(
        keras.optimizers.AdamW(_rate(config, steps * config.epochs), weight_decay=config.weight_decay),
        loss={head: loss for head in config.parts},
        weighted_metrics={head: ["accuracy"] for head in config.parts},
    )
    return network, 0


def build(experiment: Experiment) -> keras.Model:
    """A new network with the config's heads, as it is trained: its scale is told from `frames` of the eight frames."""
    config = experiment.config
    parts = {}
    if "movement" in config.parts:
        parts["movement"] = build_movement()
    if "scale" in config.parts:
        parts["scale"] = build_scale(config.backbone.name, config.input_size, _weights(experiment))
        freeze(parts["scale"], config.backbone.trained_from)
    return build_network(parts, config.frames)


def freeze(scale: keras.Model, last: str | None) -> None:
    """Keep the layers up to `last` as they are, and batch normalisation everywhere: so few pictures would spoil it."""
    names = [layer.name for layer in scale.layers]
    if last is not None and last not in names:
        raise ConfigError(f"backbone.trained_from: there is no layer {last!r}; {names[-5]!r} would be one.")
    first = names.index(last) + 1 if last else 0
    for number, layer in enumerate(scale.layers):
        layer.trainable = number >= first and not isinstance(layer, keras.layers.BatchNormalization)


def _weights(experiment: Experiment) -> str | list[NDArray[np.float32]] | None:
    """What the backbone starts from: a file is looked for from the config's folder on."""
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
    """The learning rate at each of so many steps."""
    peak, warmup = config.learning_rate.peak, round(config.learning_rate.warmup * steps)
    if config.learning_rate.schedule == "constant":
        return peak
    return keras.optimizers.schedules.CosineDecay(
        peak / 10, max(1, steps - warmup), warmup_target=peak, warmup_steps=warmup
    )


def _tensorboard(folder: Path) -> list[keras.callbacks.Callback]:
    """Logs for TensorBoard, where TensorFlow is there to write them."""
    if not all(importlib.util.find_spec(name) for name in ("tensorflow", "tensorboard")):
        return []
    return [keras.callbacks.TensorBoard(str(folder))]
