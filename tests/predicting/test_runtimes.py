"""LiteRT and Keras say the same; which of them runs, and what is said where neither can."""

import json
import logging
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from shotlens.predicting.batch import Batch, empty_batch, prepare
from shotlens.predicting.errors import WeightsError
from shotlens.predicting.options import RuntimeName
from shotlens.predicting.predictor import Predictor
from shotlens.predicting.runtimes import choice
from shotlens.predicting.weights import SHIPPED, read, read_meta
from shotlens.storage.frames import FrameMemory, StoredShot

ROOT = Path(__file__).resolve().parents[2]
BOTH = all(find_spec(name) for name in ("ai_edge_litert", "tensorflow"))
needs_litert = pytest.mark.skipif(not find_spec("ai_edge_litert"), reason="LiteRT is not installed here")
CLOSE = 1e-4  # far below the .005 that nobody would notice
IMPORTED = """
import sys
from shotlens.predicting.options import RuntimeName
from shotlens.predicting.predictor import Predictor
print(Predictor().runtime, [name for name in ("keras", "tensorflow", "ai_edge_litert") if name in sys.modules])
"""


def labelled(shared: Path) -> list[Path]:
    """The videos with labels, without those whose files are not there."""
    found = []
    for folder in ("labels", "labels_real"):
        for file in sorted((shared / "data" / folder).glob("*.json")):
            name = json.loads(file.read_text())["video"]
            found += [path for place in ("", "real") if (path := shared / "data/videos" / place / name).is_file()]
    return found


@pytest.fixture(scope="module")
def keras() -> Predictor:
    """The shipped network in Keras on TensorFlow, which takes ten seconds to build."""
    return Predictor(runtime="keras")


@pytest.mark.slow
@pytest.mark.skipif(not BOTH, reason="LiteRT or TensorFlow is not installed here")
def test_both_agree_on_every_labelled_video(shared: Path, keras: Predictor) -> None:
    from shotlens.cutting.cut import cut

    litert = Predictor(runtime="litert")
    videos = labelled(shared)
    assert len(videos) > 15
    for video in videos:
        store = FrameMemory()
        shots = [StoredShot(shot, store) for shot in cut(video, store)]
        for start in range(0, len(shots), 16):
            batch = prepare(shots[start : start + 16])
            ours, theirs = litert.probabilities(batch), keras.probabilities(batch)
            for head, values in ours.items():
                assert np.array_equal(values.argmax(axis=1), theirs[head].argmax(axis=1)), (video.name, head)
                np.testing.assert_allclose(values, theirs[head], atol=CLOSE, err_msg=f"{video.name}, {head}")


@needs_litert
def test_where_there_is_no_gpu_neither_keras_nor_tensorflow_is_imported() -> None:
    run = subprocess.run([sys.executable, "-c", IMPORTED], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout == "litert ['ai_edge_litert']\n"
    assert run.stderr == ""


@pytest.fixture
def without_tflite(tmp_path: Path) -> Path:
    """The shipped weights as they were exported before LiteRT ran them."""
    meta = json.loads(SHIPPED.read_text())
    del meta["tflite_sha256"]
    shutil.copy(SHIPPED.with_suffix(".npz"), tmp_path / "old.npz")
    (tmp_path / "old.json").write_text(json.dumps(meta | {"name": "old"}))
    return tmp_path / "old.json"


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The runtimes that were chosen; none is loaded."""
    names: list[str] = []
    monkeypatch.setattr(choice, "_in_keras", lambda path: names.append("keras"))
    monkeypatch.setattr(choice, "_in_litert", lambda path, meta: names.append("litert"))
    monkeypatch.setattr(choice, "_sees_gpu", lambda: False)
    monkeypatch.setattr(choice, "_has_keras", lambda: True)
    monkeypatch.setattr(choice, "_has_litert", lambda: True)
    return names


def opened(path: Path, runtime: RuntimeName | None = None) -> None:
    choice.open_network(path, read_meta(path), runtime)


def test_litert_runs_it_unless_there_is_a_gpu(chosen: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    opened(SHIPPED)
    monkeypatch.setattr(choice, "_sees_gpu", lambda: True)
    opened(SHIPPED)
    opened(SHIPPED, runtime="litert")
    opened(SHIPPED, runtime="keras")
    assert chosen == ["litert", "keras", "litert", "keras"]


def test_weights_without_the_file_run_where_tensorflow_is_and_the_log_says_so(
    chosen: list[str], without_tflite: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        opened(without_tflite)
    assert chosen == ["keras"]
    assert "without a file old.tflite, which LiteRT needs, so TensorFlow runs the network" in caplog.text


def test_without_litert_tensorflow_runs_it_and_the_log_says_so(
    chosen: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(choice, "_has_litert", lambda: False)
    with caplog.at_level(logging.WARNING):
        opened(SHIPPED)
    assert chosen == ["keras"]
    assert "LiteRT is not installed" in caplog.text and "so TensorFlow runs the network" in caplog.text


def test_what_is_missing_is_said_in_a_sentence(
    chosen: list[str], without_tflite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choice, "_has_keras", lambda: False)
    with pytest.raises(WeightsError, match=r"old\.tflite, which.*and TensorFlow is not installed.*shotlens convert"):
        opened(without_tflite)
    with pytest.raises(WeightsError, match=r"come without a file old\.tflite, which LiteRT needs\.$"):
        opened(without_tflite, runtime="litert")
    with pytest.raises(WeightsError, match=r"SHOTLENS_RUNTIME is keras, and TensorFlow is not installed"):
        opened(SHIPPED, runtime="keras")
    monkeypatch.setattr(choice, "_has_litert", lambda: False)
    with pytest.raises(WeightsError, match=r"LiteRT is not installed.*shotlens\[tensorflow\]`\.$"):
        opened(SHIPPED)
    assert chosen == []


def test_no_driver_no_question_to_keras(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(choice, "GPU_DEVICES", (tmp_path / "nvidiactl",))
    monkeypatch.setattr(choice, "_has_keras", lambda: pytest.fail("it was asked for Keras"))
    assert not choice._sees_gpu()


@pytest.mark.slow
@pytest.mark.skipif(not BOTH, reason="LiteRT or TensorFlow is not installed here")
def test_a_driver_without_a_gpu_for_keras_leaves_the_cpu(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    device = tmp_path / "nvidiactl"
    device.touch()
    monkeypatch.setattr(choice, "GPU_DEVICES", (device,))
    from shotlens.predicting.networks.backend import gpus

    assert choice._sees_gpu() == bool(gpus())


@needs_litert
def test_a_changed_or_broken_file_is_refused(tmp_path: Path) -> None:
    for suffix in (".json", ".npz", ".tflite"):
        shutil.copy(SHIPPED.with_suffix(suffix), tmp_path / f"mine{suffix}")
    path, tflite = tmp_path / "mine.json", tmp_path / "mine.tflite"
    data = bytearray(tflite.read_bytes())
    data[len(data) // 2] ^= 1
    tflite.write_bytes(data)
    with pytest.raises(WeightsError, match=r"mine\.tflite is not the file that mine\.json describes"):
        Predictor(path, "litert")
    tflite.unlink()
    with pytest.raises(WeightsError, match="cannot be read"):
        Predictor(path, "litert")


@needs_litert
def test_a_file_that_holds_no_network_is_refused(tmp_path: Path) -> None:
    import hashlib

    noise = b"no network" * 100
    (tmp_path / "mine.tflite").write_bytes(noise)
    meta = json.loads(SHIPPED.read_text()) | {"tflite_sha256": hashlib.sha256(noise).hexdigest()}
    (tmp_path / "mine.json").write_text(json.dumps(meta))
    with pytest.raises(WeightsError, match=r"mine\.tflite holds no network"):
        Predictor(tmp_path / "mine.json", "litert")


@pytest.mark.slow
@pytest.mark.skipif(not BOTH, reason="LiteRT or TensorFlow is not installed here")
def test_what_a_gpu_would_compute_is_close(monkeypatch: pytest.MonkeyPatch) -> None:
    """In float16 and in batches of one, four and sixteen, here on a CPU."""
    from shotlens.predicting.runtimes import in_keras

    monkeypatch.setattr(in_keras, "gpus", lambda: ["a GPU that is not here"])
    batch = empty_batch(19)
    batch.frames[:] = np.random.default_rng(1).integers(0, 255, batch.frames.shape)
    network = in_keras.KerasNetwork(*read(SHIPPED))
    for head, values in Predictor(runtime="litert")._network.run(batch.inputs()).items():
        np.testing.assert_allclose(network.run(batch.inputs())[head], values, atol=0.005)


def noise() -> Batch:
    batch = empty_batch(1)
    batch.frames[:] = np.random.default_rng(1).integers(0, 255, batch.frames.shape)
    return batch


PRINT_PROBABILITIES = """
import json
from tests.predicting.test_runtimes import Predictor, noise

probabilities = Predictor(runtime="keras").probabilities(noise())
print(json.dumps({head: values.tolist() for head, values in probabilities.items()}))
"""


@pytest.mark.slow
@pytest.mark.skipif(find_spec("jax") is None or not BOTH, reason="JAX or TensorFlow is not installed here")
def test_the_network_uses_nothing_but_keras_so_jax_says_what_tensorflow_says(keras: Predictor) -> None:
    command, jax = [sys.executable, "-c", PRINT_PROBABILITIES], {"KERAS_BACKEND": "jax"}
    run = subprocess.run(command, cwd=ROOT, env=os.environ | jax, capture_output=True, check=True)
    by_jax = json.loads(run.stdout.splitlines()[-1])
    for head, values in keras.probabilities(noise()).items():
        np.testing.assert_allclose(by_jax[head], values, atol=1e-4, err_msg=head)
