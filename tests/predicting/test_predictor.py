"""The predictor gives each shot its probabilities, alone or among others, and trusts no other weights than its own."""

import json
import re
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

import shotlens.predicting.network
from shotlens.predicting.batch import prepare
from shotlens.predicting.errors import WeightsError
from shotlens.predicting.predictor import Predictor
from shotlens.predicting.weights import SHIPPED, read
from shotlens.shots.heads import MOVEMENT, SCALE
from shotlens.shots.shot import CameraMotion, Prediction, Shot


@pytest.fixture(scope="module")
def predictor() -> Predictor:
    return Predictor()


@pytest.fixture(scope="module")
def shots(tmp_path_factory: pytest.TempPathFactory) -> list[Shot]:
    """Six shots of moving stripes, of several sizes; the last has no camera path."""
    made = []
    for index, size in enumerate([(360, 640), (270, 640), (480, 640), (640, 360), (90, 160), (360, 640)]):
        folder = tmp_path_factory.mktemp(f"shot{index}")
        random = np.random.default_rng(index)
        picture = cv2.resize(random.integers(0, 256, (9, 16, 3), np.uint8), size[::-1])
        for number in range(8):
            assert cv2.imwrite(str(folder / f"{number}.jpg"), np.roll(picture, number * index, axis=1))
        motion = CameraMotion(0.125, 0.002 * index, 0.0, 0.01 * (index - 2), 0.0, 0.8)
        path = (motion,) * (12 if index < 5 else 0)
        frames = tuple(folder / f"{number}.jpg" for number in range(8))
        made.append(Shot(index, 0, 36, 0.0, 1.5, frames, path))
    return made


def values(prediction: Prediction) -> list[float]:
    return [*prediction.movement.values(), *prediction.scale.values()]


def test_each_head_gives_probabilities_in_the_order_of_the_labels(predictor: Predictor, shots: list[Shot]) -> None:
    for prediction in predictor.predict(shots):
        assert tuple(prediction.movement) == MOVEMENT.names
        assert tuple(prediction.scale) == SCALE.names
        assert all(0 <= value <= 1 for value in values(prediction))
        assert sum(prediction.movement.values()) == pytest.approx(1, abs=1e-6)
        assert sum(prediction.scale.values()) == pytest.approx(1, abs=1e-6)


def test_a_shot_is_predicted_the_same_alone_and_in_a_batch(predictor: Predictor, shots: list[Shot]) -> None:
    alone = [values(predictor.predict([shot])[0]) for shot in shots]
    together = [values(prediction) for prediction in predictor.predict(shots)]
    assert np.allclose(alone, together, atol=1e-4)


def test_more_shots_than_one_batch_holds_keep_their_order(predictor: Predictor, shots: list[Shot]) -> None:
    many = (shots * 4)[:19]
    single = [values(prediction) for prediction in predictor.predict(shots)]
    assert np.allclose([values(p) for p in predictor.predict(many)], (single * 4)[:19], atol=1e-4)


def test_the_scale_is_told_from_four_of_the_frames(predictor: Predictor, shots: list[Shot]) -> None:
    batch = prepare(shots[:1])
    before = predictor.probabilities(batch)["scale"]
    changes = []
    for number in range(8):
        kept = batch.frames[0, number].copy()
        batch.frames[0, number] = 255 - kept
        changes.append(not np.allclose(predictor.probabilities(batch)["scale"], before, atol=1e-4))
        batch.frames[0, number] = kept
    assert changes == [number in shotlens.predicting.network.TELLING for number in range(8)]


def test_no_shots_no_predictions(predictor: Predictor) -> None:
    assert predictor.predict([]) == []


def test_two_loads_say_exactly_the_same(predictor: Predictor, shots: list[Shot]) -> None:
    assert Predictor().predict(shots[:2]) == predictor.predict(shots[:2])


def test_it_names_the_weights_it_has_checked(predictor: Predictor) -> None:
    meta = read(SHIPPED)[0]
    assert (predictor.name, predictor.sha256) == (meta.name, meta.sha256)


def test_weights_that_were_changed_are_refused(tmp_path: Path) -> None:
    changed = Path(shutil.copy(SHIPPED, tmp_path))
    data = bytearray(SHIPPED.with_suffix(".npz").read_bytes())
    data[len(data) // 2] ^= 1
    changed.with_suffix(".npz").write_bytes(data)
    with pytest.raises(WeightsError, match="SHA-256 differs"):
        Predictor(changed)


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


def test_labels_below_the_confidence_that_was_learnt_are_uncertain(shots: list[Shot], tmp_path: Path) -> None:
    values = json.loads(SHIPPED.read_text())
    shutil.copy(SHIPPED.with_suffix(".npz"), tmp_path / "doubter.npz")
    (tmp_path / "doubter.json").write_text(json.dumps(values | {"sure": {"movement": 1.01, "scale": 0.0}}))
    assert {made.uncertain for made in Predictor(tmp_path / "doubter.json").predict(shots[:2])} == {("movement",)}


def test_a_temperature_changes_how_sure_it_is_and_not_what_it_says(
    predictor: Predictor, shots: list[Shot], tmp_path: Path
) -> None:
    values = json.loads(SHIPPED.read_text())
    shutil.copy(SHIPPED.with_suffix(".npz"), tmp_path / "modest.npz")
    (tmp_path / "modest.json").write_text(json.dumps(values | {"temperatures": {"movement": 50.0, "scale": 50.0}}))
    [modest], [usual] = Predictor(tmp_path / "modest.json").predict(shots[:1]), predictor.predict(shots[:1])
    assert max(modest.scale.values()) < 0.3
    assert sorted(modest.scale, key=lambda name: modest.scale[name]) == sorted(
        usual.scale, key=lambda name: usual.scale[name]
    )


def test_the_network_names_no_backend() -> None:
    source = Path(shotlens.predicting.network.__file__).read_text()
    assert not re.search(r"\btf\.|tensorflow|\bjax\b|\btorch\b", source, re.IGNORECASE)


def test_the_weights_are_small_enough_for_the_repository() -> None:
    assert sum(file.stat().st_size for file in SHIPPED.parent.iterdir()) < 15e6
