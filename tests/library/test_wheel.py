"""The library as a person installs it: a wheel in an empty environment, beside files of the person's own."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import shotlens
from testkit.film import SHOTS, write_film

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
UV = ROOT / ".tools/bin/uv"
STORED = Path(__file__).with_name("agent327_480p.json")
CLOSE = 0.01  # of a probability: since then, the frames are reduced in another way before they are compared
# Modules that a person may have beside the library: their names were ours once, or are those of our services.
FOREIGN = ("model.py", "training.py", "cli.py", "api/__init__.py", "jobs/__init__.py", "cutting.py")
ASK = """
import sys
import shotlens
import model, api, jobs
assert model.MINE and api.MINE and jobs.MINE
result = shotlens.predict(sys.argv[1], pictures=len(sys.argv) > 2)
print(result.model_dump_json())
print([shot.pictures.shape for shot in result.shots if shot.pictures is not None], file=sys.stderr)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not UV.exists():
        pytest.skip("uv, which `make` puts into .tools, is not here")
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"  # a copy, as setuptools would leave its build files in the repository and use them again
    shutil.copytree(ROOT / "shotlens", source / "shotlens", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, source)
    subprocess.run([UV, "build", "-q", "--wheel", "--out-dir", folder, source], check=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with the wheel and its dependencies."""
    environment = tmp_path_factory.mktemp("empty") / "venv"
    subprocess.run([UV, "venv", "-q", "--python", sys.executable, environment], check=True)
    python = environment / "bin/python"
    versions = ["--constraint", str(ROOT / "requirements/dev.txt")]  # without hashes, so that the cache serves
    subprocess.run([UV, "pip", "install", "-q", "--python", python, *versions, wheel], check=True)
    return python


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with modules of these names."""
    for name in FOREIGN:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("MINE = True\n")
    return tmp_path


def run(python: Path, folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run Python in the folder, without the variables of the tests' environment."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("SHOTLENS_", "PYTHON"))}
    return subprocess.run([python, *arguments], cwd=folder, env=inherited, capture_output=True, text=True, check=False)


def test_one_package_comes_with_types_weights_templates_and_licence(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0].removesuffix(f"-{shotlens.__version__}.dist-info") for name in names} == {"shotlens"}
    for part in (
        "shotlens/py.typed",
        "shotlens/predicting/CARD.md",
        "shotlens/predicting/weights/shotlens-5.npz",
        "shotlens/predicting/weights/shotlens-5.tflite",
        "shotlens/cutting/detect/weights/boundaries-2.npz",
        "shotlens/training/judge/templates/report.html",
    ):
        assert part in names
    assert {"LICENSE", "NOTICE"} <= {name.rpartition("/")[2] for name in names if ".dist-info/licenses/" in name}


def test_the_wheel_installs_nothing_of_a_service_and_no_tensorflow(python: Path, tmp_path: Path) -> None:
    names = ("flask", "redis", "gunicorn", "structlog", "keras", "tensorflow")
    code = f"import importlib.util as u; print([name for name in {names} if u.find_spec(name)])"
    assert run(python, tmp_path, "-c", code).stdout == "[]\n"


def test_it_and_its_dependencies_take_less_than_half_a_gigabyte(python: Path) -> None:
    files = {path.stat().st_ino: path.stat().st_size for path in python.parents[1].rglob("*") if path.is_file()}
    assert sum(files.values()) < 500e6


def test_training_says_what_to_install(python: Path, folder: Path) -> None:
    answer = run(python, folder, "-m", "shotlens", "train", "config.yml")
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "pip install shotlens[training]" in answer.stderr


def test_a_film_is_predicted_beside_foreign_modules(python: Path, folder: Path) -> None:
    write_film(folder / "ad.mp4")
    answer = run(python, folder, "-c", ASK, "ad.mp4", "pictures")
    assert answer.returncode == 0, answer.stderr
    result = json.loads(answer.stdout)
    assert len(result["shots"]) == len(SHOTS)
    assert "pictures" not in result["shots"][0]
    assert answer.stderr.splitlines()[-1] == str([(8, 360, 640, 3)] * len(SHOTS))


def test_the_command_works_and_says_where_the_service_is(python: Path, folder: Path) -> None:
    assert run(python, folder, "-m", "shotlens", "--version").stdout == f"shotlens {shotlens.__version__}\n"
    for command in (["run"], ["keys", "list"], ["dead"]):
        answer = run(python, folder, "-m", "shotlens", *command)
        assert (answer.returncode, answer.stdout) == (1, "")
        assert "in a clone of the repository" in answer.stderr


def test_a_real_film_has_the_same_result_as_version_0_1(python: Path, folder: Path, shared: Path) -> None:
    stored = json.loads(STORED.read_text())
    answer = run(python, folder, "-c", ASK, str(shared / "data/videos/agent327_480p.mp4"))
    assert answer.returncode == 0, answer.stderr
    result = json.loads(answer.stdout)
    if result["model"] != stored["model"]:
        pytest.skip(f"these are the answers of {stored['model']['name']}, whose weights are shipped no more")
    assert {name: result["video"][name] for name in stored["video"]} == stored["video"]
    assert [[shot["start_frame"], shot["end_frame"], shot["transition"]] for shot in result["shots"]] == [
        shot[:3] for shot in stored["shots"]
    ]
    for shot, (*_, movement, scale) in zip(result["shots"], stored["shots"], strict=True):
        assert list(shot["movement"]["probabilities"].values()) == pytest.approx(movement, abs=CLOSE)
        assert list(shot["scale"]["probabilities"].values()) == pytest.approx(scale, abs=CLOSE)
