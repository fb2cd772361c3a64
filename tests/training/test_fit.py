"""Both heads learn something that can be learnt, and what is saved serves."""

from pathlib import Path

import keras
import numpy as np
import pytest

from jobs.shot import MOVEMENTS
from model import weights
from model.network import build_network, build_scale, split_scale
from model.predictor import Predictor
from training.clips import Clips
from training.fit import fit_movement, fit_scale, predict_movement, predict_scale
from training.maps import Maps

COUNT = 32


@pytest.fixture(scope="module")
def clips() -> Clips:
    """Paths that do what their label says, before frames that show nothing."""
    movement = np.arange(COUNT) % len(MOVEMENTS)
    motion = np.zeros((COUNT, 6, 6), np.float32)
    motion[..., 0], motion[..., 5] = 0.125, 0.9
    motion[movement == 1, :, 1] = 0.05
    motion[movement == 2, :, 3] = 0.05
    motion[movement == 3, :, 3] = -0.05
    return Clips(
        movement=movement,
        fold=np.zeros(COUNT, int),
        subject=np.zeros(COUNT, bool),
        lengths=np.full(COUNT, 6),
        motions=motion.reshape(-1, 6),
        cells=np.zeros((COUNT, 16, 28, 8), np.float16),
    )


@pytest.fixture(scope="module")
def movement(clips: Clips) -> keras.Model:
    keras.utils.set_random_seed(3)
    return fit_movement(clips, np.ones(COUNT, bool), epochs=15, rate=5e-3)


def test_the_movement_head_learns_the_four_movements(movement: keras.Model, clips: Clips) -> None:
    guess = predict_movement(movement, clips, np.ones(COUNT, bool)).argmax(axis=1)
    assert np.array_equal(guess, clips.movement)


def test_the_last_blocks_learn_inside_the_whole_network_and_what_is_saved_serves(
    movement: keras.Model, tmp_path: Path
) -> None:
    keras.utils.set_random_seed(3)
    scale = build_scale()
    frozen, trained = split_scale(scale)
    random = np.random.default_rng(3)
    labels = np.arange(20) % 5
    maps = random.normal(0, 1, (20, 1, *frozen.output.shape[1:])).astype(np.float16)
    everything = np.ones(20, bool)
    framings = Maps(maps, labels, np.zeros(20, int), np.ones(20, np.float32), everything)
    before = [np.array(value) for value in trained.get_weights()]
    fit_scale(scale, framings, everything, epochs=1, rate=1e-3)
    assert any(not np.array_equal(a, b) for a, b in zip(before, split_scale(scale)[1].get_weights(), strict=True))
    assert predict_scale(scale, framings, everything).sum(axis=1) == pytest.approx(1.0, abs=1e-5)

    meta = weights.save(build_network(scale, movement), tmp_path, "tiny")
    served = Predictor(tmp_path / "tiny.json")
    assert (served.name, served.sha256) == ("tiny", meta.sha256)
