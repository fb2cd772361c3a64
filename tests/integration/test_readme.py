"""The examples of the README run as they stand, with the address of the service and a film of ours."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from shotlens.shots.result import JobResult
from testkit.film import SHOTS, write_film

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()


def example(language: str, number: int = 0) -> str:
    blocks: list[str] = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    return blocks[number]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the README's ad.mp4 and the file of the client."""
    folder = tmp_path_factory.mktemp("readme")
    shutil.copy(ROOT / "shotlens/client.py", folder / "shotlens.py")
    write_film(folder / "ad.mp4")
    return folder


@pytest.mark.slow
def test_the_commands_run(folder: Path, tmp_path: Path) -> None:
    for path in (tmp_path / "ad.mp4", tmp_path / "films/b.mp4"):
        path.parent.mkdir(exist_ok=True)
        shutil.copy(folder / "ad.mp4", path)
    (block,) = (block for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) if "shotlens predict" in block)
    for command in (line.split("#")[0].split() for line in block.splitlines()):
        assert command[0] == "shotlens"
        subprocess.run([sys.executable, "-m", *command], cwd=tmp_path, check=True)
    assert len(list((tmp_path / "clips/ad").iterdir())) == len(SHOTS)
    assert (tmp_path / "tables/b.csv").is_file()


def test_curl_returns_the_answer_that_is_shown(service_url: str, folder: Path) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not on PATH")
    command = next(block for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) if "curl" in block)
    command = command.replace("localhost:5000", service_url)
    run = subprocess.run(command, shell=True, cwd=folder, capture_output=True, text=True, check=True)
    answer = JobResult.model_validate_json(run.stdout)
    assert (answer.state, len(answer.shots)) == ("done", len(SHOTS))
    shown = json.loads(example("json"))
    assert_within(shown, answer.model_dump(mode="json") | {"id": shown["id"]})


def assert_within(shown: object, answer: object) -> None:
    """Assert that all that is shown is in the answer; lists may break off."""
    if isinstance(shown, dict) and isinstance(answer, dict):
        assert shown.keys() <= answer.keys()
        for key, value in shown.items():
            assert_within(value, answer[key])
    elif isinstance(shown, list) and isinstance(answer, list):
        for one, other in zip(shown, answer, strict=False):
            assert_within(one, other)
    elif isinstance(shown, float):  # other processors compute slightly different probabilities
        assert shown == pytest.approx(answer, abs=0.01)
    else:
        assert shown == answer


def test_the_python_example_prints_the_shots(service_url: str, folder: Path) -> None:
    code = example("python").replace("localhost:5000", service_url)
    run = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True)
    lines = run.stdout.splitlines()
    assert len(lines) == len(SHOTS)
    assert lines[0].startswith("00:00:00:00 ")
