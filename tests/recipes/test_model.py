"""The recipe of the shipped weights trains on what it renders, and leaves its checkpoints beside its configs."""

import subprocess

import pytest

from recipes.model import RENDERED, ROOT
from shotlens.training.experiment import Experiment


@pytest.mark.parametrize(("name", "folders"), [("scale", {"stills", "crops"}), ("movement", {"cameras"})])
def test_the_configs_name_the_rendered_folders(name: str, folders: set[str]) -> None:
    experiment = Experiment.read(ROOT / "recipes" / name)
    assert {folder.resolve() for folder in [*experiment.data(), *experiment.extra()]} == {
        RENDERED / folder for folder in folders
    }


@pytest.mark.parametrize("name", ["scale", "movement"])
def test_git_ignores_all_but_the_config(name: str) -> None:
    names = [f"recipes/{name}/{file}" for file in ("config.yml", "model.01.keras", "fold-0/resolved.yml")]
    ignored = subprocess.run(["git", "check-ignore", *names], cwd=ROOT, capture_output=True, text=True, check=False)
    if ignored.returncode == 128:
        pytest.skip("this is no checkout of git")
    assert ignored.stdout.split() == names[1:]
