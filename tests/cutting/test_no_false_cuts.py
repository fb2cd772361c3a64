"""`cut` sees no cut where a person would say "one shot", and finds the one true cut of the same film."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from shotlens.cutting.cut import cut
from shotlens.storage.frames import FrameFolder
from tests.cutting.effect_films import EffectFilm, Scene, clip, effect_film, whip_pan_film
from tests.cutting.effects import EFFECTS
from tests.cutting.places import photographed_place

pytestmark = pytest.mark.slow

SEEDS = range(4)
# Single shots of footage that nothing is trained on, and a frame after which each lasts 84 more: two for each film.
CLIPS = [
    ("toy_frog.mp4", 20, "small.webm", 300),
    ("vp8_webrtc_2.webm", 100, "toy_elf.mp4", 60),
    ("chaplin.mp4", 30, "asl/walk.mkv", 0),
    ("small.webm", 60, "demo_skeleton.mp4", 0),
    ("friday.mp4", 20, "toy_crystal.mp4", 120),
    ("toy_monster.mp4", 60, "nosferatu.mp4", 20),
]


def starts(film: EffectFilm) -> list[int]:
    """Return the first frames of the shots that `cut` finds."""
    return [shot.start_frame for shot in cut(film.path, FrameFolder(film.path.parent / "frames"))]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("effect", EFFECTS)
def test_an_effect_within_a_shot_is_no_cut(tmp_path: Path, effect: str, seed: int) -> None:
    film = effect_film(tmp_path / "a.mp4", effect, seed)
    assert starts(film) == film.starts


@pytest.mark.parametrize("seed", SEEDS)
def test_a_whip_pan_is_no_cut(tmp_path: Path, seed: int) -> None:
    film = whip_pan_film(tmp_path / "a.mp4", seed)
    assert starts(film) == film.starts


@pytest.mark.parametrize("row", range(len(EFFECTS)), ids=list(EFFECTS))
def test_an_effect_over_real_footage_is_no_cut(tmp_path: Path, shared: Path, row: int) -> None:
    acted, skip, other, other_skip = CLIPS[row % len(CLIPS)]
    videos = shared / "data" / "videos"
    scenes: tuple[Scene, Scene] = clip(videos / acted, skip), clip(videos / other, other_skip)
    film = effect_film(tmp_path / "a.mp4", list(EFFECTS)[row], seed=100 + row, scenes=scenes)
    assert starts(film) == film.starts


@pytest.mark.parametrize("seed", SEEDS)
def test_a_whip_pan_over_a_real_photo_is_no_cut(tmp_path: Path, shared: Path, seed: int) -> None:
    photos = sorted((shared / "data" / "images" / "places").glob("*.jpg"))
    chosen = [np.asarray(cv2.imread(str(photos[at + 97 * seed]), cv2.IMREAD_COLOR_RGB), np.uint8) for at in (11, 60)]
    film = whip_pan_film(
        tmp_path / "a.mp4", 100 + seed, (photographed_place(chosen[0], seed), photographed_place(chosen[1], 50 + seed))
    )
    assert starts(film) == film.starts
