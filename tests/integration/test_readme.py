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


def test_curl_returns_the_answer_that_is_shown(service_url: str, folder: Path) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not on PATH")
    command = next(block for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) if "curl" in block)
    command = command.replace("localhost:5000", service_url)
    run = subprocess.run(command, shell=True, cwd=folder, capture_output=True, text=True, check=True)
    answer = JobResult.model_validate_json(run.stdout)
    assert (answer.state, len(answer.shots)) == ("done", len(SHOTS))
    shown = json.loads(example("json").replace("…", "").replace(", ...", ""))
    assert shown.keys() == answer.model_dump().keys()
    first = answer.shots[0].model_dump()
    assert shown["shots"][0].keys() == first.keys()
    for key in ("start_frame", "end_frame", "end_timecode"):
        assert shown["shots"][0][key] == first[key]
    for head in ("scale", "movement"):
        assert shown["shots"][0][head]["label"] == first[head]["label"]
        # The film is always the same; other processors compute slightly different probabilities.
        assert shown["shots"][0][head]["probabilities"] == pytest.approx(first[head]["probabilities"], abs=0.01)
    assert shown["summary"] == answer.model_dump()["summary"]


def test_the_python_example_prints_the_shots(service_url: str, folder: Path) -> None:
    code = example("python").replace("http://localhost:5000", service_url)
    run = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True)
    lines = run.stdout.splitlines()
    assert len(lines) == len(SHOTS)
    assert lines[0].startswith("00:00:00:00 ")
