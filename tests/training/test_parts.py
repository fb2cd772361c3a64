"""An experiment learns from some samples and holds others out, by the split of the data set or by fold."""

from pathlib import Path

import pytest

from shotlens.training.data.labels import Sample, fold_of
from shotlens.training.data.parts import parts_of, samples_of
from shotlens.training.data.samples import Stored, write_index
from shotlens.training.errors import DataError
from shotlens.training.experiment import Experiment


def experiment(folder: Path, more: str = "") -> Experiment:
    """Write an experiment with twelve samples of each folder, of which it learns the movement."""
    for name in ("real", "rendered"):
        (folder / name).mkdir()
        splits = [("train", "val", "test")[number % 3] for number in range(12)]
        samples = [Sample(f"{name}{n}", split, "MS", "push", f"{name}{n}") for n, split in enumerate(splits)]
        write_index(folder / name, [*samples, Sample(f"{name}-scale", "train", "MS", None, name)])
    (folder / "config.yml").write_text(f"data: [real]\nextra: [rendered]\nheads: movement\n{more}")
    return Experiment.read(folder)


def names(samples: list[Stored]) -> set[str]:
    return {stored.sample.name for stored in samples}


def test_the_splits_of_the_data_set_tell_what_is_held_out(tmp_path: Path) -> None:
    training, held_out = parts_of(experiment(tmp_path))
    assert names(training) == {f"{name}{number}" for name in ("real", "rendered") for number in range(0, 12, 3)}
    assert names(held_out) == {f"real{number}" for number in range(1, 12, 3)}


def test_a_fold_tells_what_is_held_out_and_extra_samples_never_judge(tmp_path: Path) -> None:
    training, held_out = parts_of(experiment(tmp_path, "held_out: {folds: 3, fold: 1}"))
    everything = {f"{name}{number}" for name in ("real", "rendered") for number in range(12)}
    away = {name for name in everything if fold_of(name, 3) == 1}
    assert names(training) == everything - away
    assert names(held_out) == {name for name in away if name.startswith("real")}


def test_the_samples_of_a_split_come_in_an_order_of_their_own(tmp_path: Path) -> None:
    read = experiment(tmp_path)
    assert names(samples_of(read, "val")) == names(parts_of(read).held_out)
    assert names(samples_of(read, "test")) == {f"real{number}" for number in range(2, 12, 3)}
    assert [stored.sample.name for stored in samples_of(read, "test")] != sorted(names(samples_of(read, "test")))


def test_no_samples_are_a_sentence(tmp_path: Path) -> None:
    read = experiment(tmp_path)
    for name in ("real", "rendered"):
        write_index(tmp_path / name, [Sample("a", "val", "MS", None, "a")])
    with pytest.raises(DataError, match="No sample to train on has a label for movement"):
        parts_of(read)
    with pytest.raises(DataError, match="no samples in the split 'test'"):
        samples_of(read, "test")
