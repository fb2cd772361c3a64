"""The predictor gives each shot its probabilities, alone or among others, and refuses weights that are not its own."""

import json
import re
import shutil
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import pytest

from shotlens.predicting.batch import prepare
from shotlens.predicting.errors import WeightsError
from shotlens.predicting.frames import SCALE_FRAMES
from shotlens.predicting.options import RuntimeName
from shotlens.predicting.predictor import Predictor
from shotlens.predicting.weights import SHIPPED, read
from shotlens.shots.heads import HEADS
from shotlens.shots.shot import CameraMotion, Predictions, Shot, frames_of
from shotlens.storage.frames import FrameFolder, StoredShot

pytestmark = pytest.mark.slow

PREDICTING = SHIPPED.parents[1]
NETWORK = ("network.py", "heads/scale.py", "heads/movement.py")  # the modules of the network
RUNTIMES: dict[RuntimeName, tuple[str, ...]] = {"litert": ("ai_edge_litert",), "keras": ("keras", "tensorflow")}


@pytest.fixture(scope="module", params=RUNTIMES)
def predictor(request: pytest.FixtureRequest) -> Predictor:
    if missing := [library for library in RUNTIMES[request.param] if not find_spec(library)]:
        pytest.skip(f"{missing[0]} is not installed here")
    return Predictor(runtime=request.param)


@pytest.fixture(scope="module")
def shots(tmp_path_factory: pytest.TempPathFactory) -> list[StoredShot]:
    """Six shots of moving stripes, of several sizes; the last has no camera path."""
    store = FrameFolder(tmp_path_factory.mktemp("frames"))
    stored = []
    for index, size in enumerate([(360, 640), (270, 640), (480, 640), (640, 360), (90, 160), (360, 640)]):
        random = np.random.default_rng(index)
        picture = cv2.resize(random.integers(0, 256, (9, 16, 3), np.uint8), size[::-1])
        first = 36 * index
        for frame in frames_of(first):
            written, jpeg = cv2.imencode(".jpg", np.roll(picture, frame.k * index, axis=1))
            assert written
            store.write(frame, jpeg.tobytes())
        motion = CameraMotion(0.125, 0.002 * index, 0.0, 0.01 * (index - 2), 0.0, 0.8)
        path = (motion,) * (12 if index < 5 else 0)
        shot = Shot(first, first + 36, 1.5 * index, 1.5 * (index + 1), frames_of(first), path)
        stored.append(StoredShot(shot, store))
    return stored


def changed_meta(path: Path, **changes: dict[str, float]) -> Path:
    """Write the shipped weights under another name, with a changed description."""
    for suffix in (".npz", ".tflite"):
        shutil.copy(SHIPPED.with_suffix(suffix), path.with_suffix(suffix))
    path.write_text(json.dumps(json.loads(SHIPPED.read_text()) | changes))
    return path


def values(predictions: Predictions) -> list[float]:
    return [value for head in HEADS for value in predictions[head].probabilities.values()]


def test_each_head_gives_probabilities_in_the_order_of_the_labels(
    predictor: Predictor, shots: list[StoredShot]
) -> None:
    for predictions in predictor.predict(shots):
        assert set(predictions) == set(HEADS)
        assert all(0 <= value <= 1 for value in values(predictions))
        for head, prediction in predictions.items():
            assert tuple(prediction.probabilities) == HEADS[head].names
            assert sum(prediction.probabilities.values()) == pytest.approx(1, abs=1e-6)


def test_a_shot_is_predicted_the_same_alone_and_in_a_batch(predictor: Predictor, shots: list[StoredShot]) -> None:
    alone = [values(predictor.predict([shot])[0]) for shot in shots]
    together = [values(predictions) for predictions in predictor.predict(shots)]
    assert np.allclose(alone, together, atol=1e-4)


def test_more_shots_than_one_batch_holds_keep_their_order(predictor: Predictor, shots: list[StoredShot]) -> None:
    many = (shots * 4)[:19]
    single = [values(predictions) for predictions in predictor.predict(shots)]
    assert np.allclose([values(p) for p in predictor.predict(many)], (single * 4)[:19], atol=1e-4)


def test_the_scale_is_told_from_four_of_the_frames(predictor: Predictor, shots: list[StoredShot]) -> None:
    batch = prepare(shots[:1])
    before = predictor.probabilities(batch)["scale"]
    changes = []
    for number in range(len(SCALE_FRAMES)):
        frame = batch.frames[0, number].copy()
        batch.frames[0, number] = 255 - frame
        changes.append(not np.allclose(predictor.probabilities(batch)["scale"], before, atol=1e-4))
        batch.frames[0, number] = frame
    assert changes == [True] * 4


def test_no_shots_no_predictions(predictor: Predictor) -> None:
    assert predictor.predict([]) == []


def test_two_loads_say_exactly_the_same(predictor: Predictor, shots: list[StoredShot]) -> None:
    assert Predictor(runtime=predictor.runtime).predict(shots[:2]) == predictor.predict(shots[:2])


def test_it_names_the_weights_it_has_checked(predictor: Predictor) -> None:
    meta = read(SHIPPED)[0]
    assert (predictor.name, predictor.sha256) == (meta.name, meta.sha256)


def test_weights_that_were_changed_are_refused(tmp_path: Path) -> None:
    changed = Path(shutil.copy(SHIPPED, tmp_path))
    data = bytearray(SHIPPED.with_suffix(".npz").read_bytes())
    data[len(data) // 2] ^= 1
    changed.with_suffix(".npz").write_bytes(data)
    with pytest.raises(WeightsError, match="SHA-256 differs"):
        read(changed)


def test_missing_weights_and_a_broken_description_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="cannot be read"):
        read(tmp_path / "none.json")
    wrong = tmp_path / "wrong.json"
    wrong.write_text('{"name": "x"}')
    shutil.copy(SHIPPED.with_suffix(".npz"), wrong.with_suffix(".npz"))
    with pytest.raises(WeightsError, match="cannot be read"):
        read(wrong)


def test_weights_for_other_labels_are_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text(SHIPPED.read_text().replace('"ECS"', '"XXL"'))
    shutil.copy(SHIPPED.with_suffix(".npz"), other.with_suffix(".npz"))
    with pytest.raises(WeightsError, match="other labels"):
        read(other)


def test_labels_below_the_confidence_that_was_learnt_are_uncertain(shots: list[StoredShot], tmp_path: Path) -> None:
    doubter = changed_meta(tmp_path / "doubter.json", sure={"movement": 1.01, "scale": 0.0})
    for predictions in Predictor(doubter).predict(shots[:2]):
        assert {head for head, prediction in predictions.items() if prediction.uncertain} == {"movement"}


def test_a_temperature_changes_how_sure_it_is_and_not_what_it_says(
    predictor: Predictor, shots: list[StoredShot], tmp_path: Path
) -> None:
    path = changed_meta(tmp_path / "modest.json", temperatures={"movement": 50.0, "scale": 50.0})
    [modest], [usual] = Predictor(path).predict(shots[:1]), predictor.predict(shots[:1])
    unsure, sure = modest["scale"].probabilities, usual["scale"].probabilities
    assert max(unsure.values()) < 0.3
    assert sorted(unsure, key=lambda name: unsure[name]) == sorted(sure, key=lambda name: sure[name])


@pytest.mark.parametrize("module", NETWORK)
def test_the_network_names_no_backend(module: str) -> None:
    source = (PREDICTING / module).read_text()
    assert not re.search(r"\btf\.|tensorflow|\bjax\b|\btorch\b", source, re.IGNORECASE)


def test_the_weights_are_small_enough_for_the_repository() -> None:
    sizes = {file.suffix: file.stat().st_size for file in SHIPPED.parent.iterdir()}
    assert sizes[".npz"] < 15e6  # of float16
    assert sizes[".tflite"] < 25e6  # of float32, so that both runtimes say the same
