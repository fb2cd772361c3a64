"""From MovieShots' own files to weights that serve, as a person would do it: prepare, train, evaluate, export."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import numpy as np
import pytest
import yaml
from nbclient import NotebookClient

from shotlens.cli.main import main
from shotlens.predicting.predictor import Predictor
from shotlens.shots.shot import CameraMotion, Shot, frames_of
from shotlens.storage.frames import FrameMemory, StoredShot
from shotlens.training.data.samples import content_file, read_content, read_index
from shotlens.training.experiment import Experiment
from shotlens.training.judge.evaluate import trained_heads
from shotlens.training.soup import as_sure_as, mean_weights
from tests.training.lookalike import write_dataset

ROOT = Path(__file__).resolve().parents[2]
# Keras itself warns when it writes a checkpoint.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")]

CONFIG = {
    "data": ["../../data_cleaned"],
    "backbone": {"name": "mobilenet_v2", "weights": None, "trained_from": "block_15_add"},
    "input_size": [32, 64],
    "frames": 2,
    "epochs": 2,
    "batch": 8,
}


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a prepared data set and a trained experiment."""
    work = tmp_path_factory.mktemp("work")
    labels, clips = write_dataset(work)
    assert main(["prepare", str(labels), "--clips", str(clips), "--out", str(work / "data_cleaned")]) == 0
    assert main(["train", str(experiment(work, "exp_001", CONFIG) / "config.yml")]) == 0
    return work


def experiment(work: Path, name: str, config: dict[str, object]) -> Path:
    folder = work / "experiments" / name
    folder.mkdir(parents=True)
    (folder / "config.yml").write_text(yaml.safe_dump(config))
    return folder


def test_clips_are_linked_by_split_and_every_oddity_is_reported(work: Path) -> None:
    prepared = work / "data_cleaned"
    report = json.loads((prepared / "report.json").read_text())
    assert report["ready"] == 23
    assert report["missing"] == ["tt0000003_shot_0099"]
    assert list(report["unreadable"]) == ["tt0000003_shot_0006"]
    assert report["multi_movement"] == ["tt0000001_shot_0007"]
    assert sorted(report["unlabelled"]) == ["tt0000002_shot_0055", "tt0000003_shot_0077"]
    linked = prepared / "train" / "tt0000001_shot_0000.mp4"
    assert linked.samefile(work / "clips" / "tt0000001" / "shot_0000.mp4")
    samples = {sample.name: sample for sample in read_index(prepared)}
    assert samples["tt0000001_shot_0007"].movement is None
    assert samples["tt0000001_shot_0007"].scale == "MS"
    assert {sample.split for sample in samples.values()} == {"train", "val"}


def test_a_sample_holds_what_serving_would_see(work: Path) -> None:
    prepared = work / "data_cleaned"
    samples = {sample.name: sample for sample in read_index(prepared)}
    content = read_content(content_file(prepared, samples["tt0000001_shot_0002"]))
    assert len(content.jpegs) == 8
    assert sum(motion.log_scale for motion in content.camera_path) > 0.2  # a push


def test_preparing_again_makes_nothing_again(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    prepared = work / "data_cleaned"
    before = {path: path.stat().st_mtime_ns for path in (prepared / "cache").iterdir()}
    again = ["prepare", str(work / "v1_split_trailer.json"), "--clips", str(work / "clips"), "--out", str(prepared)]
    assert main(again) == 0
    assert {path: path.stat().st_mtime_ns for path in (prepared / "cache").iterdir()} == before
    assert "23 samples are ready" in capsys.readouterr().out


def test_a_checkpoint_follows_every_epoch_with_all_that_is_known_of_it(work: Path) -> None:
    folder = work / "experiments" / "exp_001"
    checkpoints = Experiment.read(folder).checkpoints()
    assert [checkpoint.epoch for checkpoint in checkpoints] == [1, 2]
    assert all(checkpoint.loss is not None for checkpoint in checkpoints)
    last = checkpoints[-1]
    meta = json.loads((folder / f"{last.path.name.removesuffix('.keras')}.meta.json").read_text())
    assert meta["epoch"] == 2
    assert meta["logs"]["val_loss"] == pytest.approx(last.loss, abs=1e-4)
    assert yaml.safe_load((folder / "resolved.yml").read_text())["weight_decay"] == 0.02
    assert len((folder / "log.csv").read_text().splitlines()) == 3
    assert list((folder / "tensorboard").rglob("events*"))


@pytest.fixture(scope="module")
def movement(work: Path) -> Path:
    """An experiment that trains the movement alone, killed after its first epoch."""
    folder = experiment(work, "movement", CONFIG | {"epochs": 4, "heads": "movement"})
    command = [sys.executable, "-m", "shotlens", "train", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as running:
        wait_for(lambda: len(Experiment.read(folder).checkpoints()) >= 1)
        os.kill(running.pid, signal.SIGKILL)
    return folder


def test_a_training_that_was_killed_goes_on_where_it_stopped(movement: Path) -> None:
    seen = len(Experiment.read(movement).checkpoints())
    assert main(["train", str(movement)]) == 0
    assert [checkpoint.epoch for checkpoint in Experiment.read(movement).checkpoints()] == [1, 2, 3, 4]
    assert 1 <= seen <= 4
    lines = (movement / "log.csv").read_text().splitlines()[1:]
    assert sorted({int(line.split(",")[0]) for line in lines}) == [0, 1, 2, 3]


SPREAD = """
import sys
from pathlib import Path
import keras
import shotlens.training.fit.train as train
from shotlens.training.experiment import Experiment

train.gpus = lambda: keras.distribution.list_devices("cpu")  # stands in for the GPUs that are not here
assert len(train.gpus()) == 2
train.train(Experiment.read(Path(sys.argv[1])))
"""


def test_a_batch_is_spread_over_all_devices_with_jax(work: Path) -> None:
    folder = experiment(work, "spread", CONFIG | {"heads": "movement", "epochs": 1})
    two = {"KERAS_BACKEND": "jax", "XLA_FLAGS": "--xla_force_host_platform_device_count=2"}
    subprocess.run([sys.executable, "-c", SPREAD, str(folder)], cwd=ROOT, env=os.environ | two, check=True)
    loss = Experiment.read(folder).best().loss
    assert loss and 0.5 < loss < 3


def wait_for(condition: Callable[[], bool], seconds: float = 300) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.05)


def test_a_config_that_changed_does_not_go_on_with_other_checkpoints(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = work / "experiments" / "exp_001" / "config.yml"
    before = config.read_text()
    config.write_text(yaml.safe_dump(CONFIG | {"batch": 4}))
    assert main(["train", str(config)]) == 1
    assert "checkpoints of another config (batch differ)" in capsys.readouterr().err
    config.write_text(before)


def test_evaluation_gives_a_page_that_needs_no_other_file(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = work / "experiments" / "exp_001"
    arguments = work / "arguments.txt"
    arguments.write_text(f"evaluate\n{folder}\n--limit\n6\n")
    assert main([f"@{arguments}"]) == 0
    assert "macro-F1" in capsys.readouterr().out
    [values] = json.loads((folder / "evaluation" / "report.json").read_text())
    assert values["heads"]["scale"]["count"] == 6
    assert set(values["heads"]) == {"scale", "movement"}
    assert values["shots_per_second"]["16"] > 0
    page = (folder / "evaluation" / "report.html").read_text()
    assert page.count("<svg") == 4
    assert "data:image/jpeg;base64," in page
    assert 'src="http' not in page and 'href="http' not in page.replace('xlink:href="#', "")


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")  # Jupyter itself warns
def test_the_notebook_shows_the_same(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOTLENS_EXPERIMENT", str(work / "experiments" / "exp_001"))
    monkeypatch.setenv("SHOTLENS_LIMIT", "6")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    text = (ROOT / "notebooks" / "model_evaluation.ipynb").read_text()
    notebook = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
    executed = NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    outputs = [output for cell in executed.cells for output in cell.get("outputs", [])]
    assert "macro-F1" in "".join(output.get("text", "") for output in outputs)
    assert len([output for output in outputs if "image/svg+xml" in output.get("data", {})]) == 4


def test_the_exported_weights_serve(work: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = work / "experiments" / "exp_001"
    assert main(["export", str(folder), "--name", "tiny-1", "--out", str(tmp_path)]) == 0
    weights = tmp_path / "tiny-1.json"
    predictor = Predictor(weights)
    assert predictor.name == "tiny-1"
    assert predictor.meta.temperatures["scale"] > 0
    card = (tmp_path / "tiny-1.md").read_text()
    assert predictor.sha256 in card and "macro-F1" in card
    prepared = work / "data_cleaned"
    content = read_content(content_file(prepared, read_index(prepared)[0]))
    store = FrameMemory()
    for frame, jpeg in zip(frames_of(0), content.jpegs, strict=True):
        store.write(frame, jpeg.tobytes())
    still = (CameraMotion(0.125, 0, 0, 0, 0, 1),)
    shot = StoredShot(Shot(0, 12, 0.0, 1.0, frames_of(0), still), store)
    [predictions], [by_keras] = (some.predict([shot]) for some in (predictor, Predictor(weights, "keras")))
    assert predictor.runtime == "litert"
    for head, prediction in predictions.items():
        assert sum(prediction.probabilities.values()) == pytest.approx(1)
        assert prediction.probabilities == pytest.approx(by_keras[head].probabilities, abs=1e-4)
    weights.with_suffix(".tflite").unlink()
    assert main(["convert", str(weights)]) == 0
    assert "tiny-1.tflite" in capsys.readouterr().out
    assert Predictor(weights, "litert").predict([shot]) == [predictions]


def test_each_head_may_come_from_an_experiment_of_its_own(
    work: Path, movement: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(movement), "--name", "half-1", "--out", str(work / "half")]) == 1
    assert "No experiment trained the scale" in capsys.readouterr().err
    both = str(work / "experiments" / "exp_001")
    assert main(["export", str(movement), both, "--name", "half-1", "--out", str(work / "half")]) == 1
    assert "trained the movement" in capsys.readouterr().err


def test_folds_judge_every_sample_by_a_network_that_has_not_seen_it(work: Path) -> None:
    folder = experiment(work, "folds", CONFIG | {"heads": "movement", "epochs": 1})
    assert main(["train", str(folder), "--folds", "3"]) == 0
    assert main(["evaluate", str(folder)]) == 0
    [values] = json.loads((folder / "evaluation" / "report.json").read_text())
    assert values["heads"]["movement"]["count"] == 22  # all that have a movement
    folds = Experiment.read(folder).folds()
    means = mean_weights(folds, "movement")
    alone = [trained_heads(fold)["movement"].get_weights() for fold in folds]
    assert len(folds) > 1 and not np.array_equal(alone[0][0], alone[1][0])
    assert as_sure_as(folds[:1] * 2, "movement", alone[0]) == pytest.approx(1, abs=0.01)
    for number, mean in enumerate(means):
        assert np.allclose(mean, sum(arrays[number] for arrays in alone) / len(folds))
