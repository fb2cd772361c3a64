"""A config says what is wrong with it, and an experiment knows its checkpoints."""

from pathlib import Path

import pytest

from shotlens.training.errors import ConfigError
from shotlens.training.experiment import Config, Experiment


def read(folder: Path, text: str) -> Experiment:
    (folder / "config.yml").write_text(text)
    return Experiment.read(folder)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("data: [a]\nepoch: 3", "epoch: Extra inputs are not permitted"),
        ("epochs: 3", "data: Field required"),
        ("data: [a]\nlearning_rate: {peak: 0}", "learning_rate.peak: Input should be greater than 0"),
        ("data: [a]\nheads: all\nbatch: -1", "heads: .*batch: "),
        ("data: [a]\ninput_size: [100, 200]", "not multiples of 32"),
        ("data: [a", "is not YAML"),
        ("just words", "list of keys and values"),
    ],
)
def test_every_key_that_is_wrong_is_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read(tmp_path, text)


def test_the_best_checkpoint_is_that_of_the_least_loss_or_else_the_last(tmp_path: Path) -> None:
    experiment = read(tmp_path, "data: [a]")
    with pytest.raises(ConfigError, match="holds no checkpoint"):
        experiment.best()
    for name in ("model.01.keras", "model.02.keras"):
        (tmp_path / name).touch()
    assert experiment.best().epoch == 2
    for name in ("model.09-0.5000.keras", "model.10-0.7000.keras"):
        (tmp_path / name).touch()
    assert experiment.best().epoch == 9


def test_every_key_says_what_it_is_for() -> None:
    assert all(field.description for field in Config.model_fields.values())
