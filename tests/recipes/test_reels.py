"""Reels are what their labels say, and the networks that are trained on them are the ones that serve."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from recipes.detector import build, save, weights_of
from recipes.synthetic.film import Film
from recipes.synthetic.happenings import HAPPENINGS
from recipes.synthetic.joins import JOINS, Table
from recipes.synthetic.reels import REEL, make_reel
from recipes.synthetic.takes import Take, make_take
from shotlens.cutting.detect.judge import CONTEXT, Judge
from shotlens.cutting.detect.likeness import CHANNELS

pytestmark = pytest.mark.slow

Happening = Callable[[np.random.Generator, Film], None]


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("photos")
    for seed in range(4):
        random = np.random.default_rng(seed)
        picture = cv2.resize(random.integers(0, 256, (12, 16, 3), np.uint8), (640, 480), interpolation=cv2.INTER_CUBIC)
        assert cv2.imwrite(str(folder / f"{seed}.jpg"), picture)
    return sorted(folder.iterdir())


@pytest.fixture(scope="module")
def takes(photos: list[Path], disc: NDArray[np.uint8]) -> list[Take]:
    return [make_take(seed, photos, [disc], 40 + 10 * seed) for seed in range(8)]


def plain(luma: float, length: int = 80) -> Film:
    return Film(np.full((length, 36, 64), luma, np.float32), np.full((length, 2, 18, 32), 128, np.float32))


def test_the_same_seed_gives_the_same_take(photos: list[Path], disc: NDArray[np.uint8]) -> None:
    first, second = make_take(3, photos, [disc], 30), make_take(3, photos, [disc], 30)
    assert first.luma.shape == (30, 36, 64)
    assert first.chroma.shape == (30, 2, 18, 32)
    assert np.array_equal(first.luma, second.luma)
    assert np.array_equal(first.chroma, second.chroma)


def test_a_reel_is_full_and_labelled(takes: list[Take]) -> None:
    reels = [make_reel(np.random.default_rng(seed), takes) for seed in range(20)]
    assert all(reel.luma.shape == (REEL, 36, 64) and reel.chroma.shape == (REEL, 2, 18, 32) for reel in reels)
    assert sum(int(reel.cut.sum()) for reel in reels) > 50
    assert sum(int(reel.gradual.sum()) for reel in reels) > 50
    assert all(not (reel.fade & ~reel.gradual).any() for reel in reels)


@pytest.mark.parametrize("seed", range(5))
def test_a_cut_changes_the_picture_at_its_frame_and_nowhere_else(seed: int) -> None:
    table = Table()
    following = JOINS["cut"](np.random.default_rng(seed), table, plain(60), plain(180))
    table.add(following)
    luma = np.concatenate([film.luma for film in table.films]).mean(axis=(1, 2))
    assert table.cuts == [int(np.flatnonzero(np.diff(luma))[0]) + 1]


@pytest.mark.parametrize("join", ["dissolve", "wipe"])
@pytest.mark.parametrize("seed", range(8))
def test_a_gradual_change_is_half_over_in_its_middle(join: str, seed: int) -> None:
    table = Table()
    following = JOINS[join](np.random.default_rng(seed), table, plain(60), plain(180))
    table.add(following)
    luma = np.concatenate([film.luma for film in table.films]).mean(axis=(1, 2))
    if table.graduals:
        ((start, end, fade),) = table.graduals
        assert not fade
        assert abs(luma[start - 1] - 60) < 1
        assert abs(luma[end] - 180) < 1
        assert luma[start] < 120 < luma[end - 1]


@pytest.mark.parametrize("happening", HAPPENINGS, ids=lambda happening: happening.__name__.strip("_"))
def test_what_happens_keeps_the_length_of_a_film(happening: Happening, takes: list[Take]) -> None:
    for seed in range(10):
        film = Film(takes[seed % 8].luma.astype(np.float32), takes[seed % 8].chroma.astype(np.float32))
        length = len(film)
        happening(np.random.default_rng(seed), film)
        assert film.luma.shape == (length, 36, 64)
        assert np.isfinite(film.luma).all()
        assert np.isfinite(film.chroma).all()


def test_the_saved_networks_judge_as_the_trained_ones(tmp_path: Path) -> None:
    random = np.random.default_rng(2)
    channels = random.normal(0, 2, (1, 200, CHANNELS)).astype(np.float32)
    networks = [build(channels.astype(np.float16)) for _ in range(2)]
    save(weights_of(networks), tmp_path / "weights.npz")
    judge = Judge(tmp_path / "weights.npz")
    judged = np.concatenate([judge.add(channels[0, :70]), judge.add(channels[0, 70:])])[CONTEXT:]
    logits = np.mean([np.asarray(network(channels))[0] for network in networks], axis=0)
    trained = 1 / (1 + np.exp(-logits))
    inside = slice(CONTEXT, 200 - 2 * CONTEXT)  # at the ends the network sees nothing, the judge more of the same
    np.testing.assert_allclose(judged[inside], trained[inside], atol=1e-4)
