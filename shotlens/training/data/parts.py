"""Which samples an experiment learns from, and which ones judge it. Knows no network."""

import zlib
from typing import NamedTuple

from shotlens.training.data.labels import fold_of
from shotlens.training.data.samples import Stored, read_index
from shotlens.training.errors import DataError
from shotlens.training.experiment import Experiment


class Parts(NamedTuple):
    """The samples of an experiment."""

    training: list[Stored]
    held_out: list[Stored]


def parts_of(experiment: Experiment) -> Parts:
    """Tell the samples to train on from those to hold out, in all prepared folders; raises DataError."""
    config, parts = experiment.config, Parts([], [])
    extra = experiment.extra()
    for folder in [*experiment.data(), *extra]:
        for sample in read_index(folder):
            if not any(getattr(sample, head) for head in config.head_names):
                continue
            if config.held_out:
                away = fold_of(sample.group, config.held_out.folds) == config.held_out.fold
            else:
                away = sample.split == "val"
            if away and folder not in extra:
                parts.held_out.append(Stored.of(folder, sample))
            elif not away and (config.held_out or sample.split == "train"):
                parts.training.append(Stored.of(folder, sample))
    if not parts.training:
        raise DataError(f"No sample to train on has a label for {' or '.join(config.head_names)}.")
    return parts


def samples_of(experiment: Experiment, split: str) -> list[Stored]:
    """Return the samples of a split or, for `val`, those that the experiment itself holds out; raises DataError."""
    if split == "val":
        samples = parts_of(experiment).held_out
    else:
        folders = ((folder, sample) for folder in experiment.data() for sample in read_index(folder))
        samples = [Stored.of(folder, sample) for folder, sample in folders if sample.split == split]
    if not samples:
        raise DataError(f"There are no samples in the split {split!r}: `shotlens prepare` names those it made.")
    # In an order of their own, so that the first few are of all kinds.
    return sorted(samples, key=lambda stored: zlib.crc32(stored.sample.name.encode()))


def groups_of(experiment: Experiment) -> set[str]:
    """Return the groups of the samples that may be held out; raises DataError."""
    return {sample.group for folder in experiment.data() for sample in read_index(folder)}
