"""Thumbnails tell where shots open: cuts to the frame, gradual changes by their middle."""

import numpy as np
import pytest
from numpy.typing import NDArray

from shotlens.cutting.detect.boundaries import LATENCY, Boundaries, Boundary
from shotlens.cutting.detect.likeness import CHANNELS, REACH, Likeness

Thumbnails = tuple[NDArray[np.uint8], NDArray[np.uint8]]


def scene(seed: int, length: int) -> Thumbnails:
    """Draw a scene of soft shapes that a camera passes slowly: (N, 36, 64) and (N, 2, 18, 32)."""
    random = np.random.default_rng(seed)
    x = np.arange(64)[None, None, :] + np.arange(length)[:, None, None] * random.uniform(-0.5, 0.5)
    y = np.arange(36)[None, :, None]
    waves = [np.sin(x * a + y * b + c) for a, b, c in random.uniform(-0.5, 0.5, (6, 3))]
    luma = random.uniform(70, 170) + 12 * sum(waves)
    chroma = np.broadcast_to(random.uniform(100, 156, (1, 2, 1, 1)), (length, 2, 18, 32))
    return luma.astype(np.uint8), chroma.astype(np.uint8)


def find(luma: NDArray[np.uint8], chroma: NDArray[np.uint8]) -> list[Boundary]:
    boundaries = Boundaries()
    early = [boundary for pair in zip(luma, chroma, strict=True) for boundary in boundaries.add(*pair)]
    return sorted(early + boundaries.finish())


def joined(*scenes: Thumbnails) -> Thumbnails:
    return np.concatenate([luma for luma, _ in scenes]), np.concatenate([chroma for _, chroma in scenes])


def mixed(old: NDArray[np.uint8], new: NDArray[np.uint8]) -> NDArray[np.uint8]:
    shares = ((np.arange(len(old)) + 1) / (len(old) + 1)).reshape(-1, *[1] * (old.ndim - 1))
    return (old + shares * (new.astype(float) - old)).astype(np.uint8)


def test_a_cut_is_found_to_the_frame() -> None:
    assert find(*joined(scene(1, 50), scene(2, 40))) == [Boundary(50, "cut")]


def test_a_dissolve_opens_the_shot_after_its_middle() -> None:
    (luma, chroma), (new_luma, new_chroma) = scene(1, 84), scene(2, 84)
    over = mixed(luma[60:], new_luma[:24]), mixed(chroma[60:], new_chroma[:24])
    (boundary,) = find(*joined((luma[:60], chroma[:60]), over, (new_luma[24:], new_chroma[24:])))
    assert boundary.transition == "dissolve"
    assert abs(boundary.frame - 72) <= 2
    assert abs(boundary.length - 24) <= 6


@pytest.mark.parametrize("length", [32, 48])
def test_a_long_wipe_opens_the_shot_after_its_middle(length: int) -> None:
    (luma, chroma), (new_luma, new_chroma) = scene(1, 60 + length), scene(2, 60 + length)
    for number in range(length):  # a hard edge that moves from left to right
        edge = round((number + 1) / (length + 1) * 64)
        luma[60 + number, :, :edge] = new_luma[number, :, :edge]
        chroma[60 + number, :, :, : edge // 2] = new_chroma[number, :, :, : edge // 2]
    (boundary,) = find(*joined((luma, chroma), (new_luma[length:], new_chroma[length:])))
    assert boundary.transition == "dissolve"
    assert abs(boundary.frame - (60 + length // 2)) <= 6


def test_a_fade_out_and_in_again_to_another_scene_is_one_fade() -> None:
    (luma, chroma), (new_luma, new_chroma) = scene(1, 72), scene(2, 72)
    black = np.full((12, 36, 64), 16, np.uint8), np.full((12, 2, 18, 32), 128, np.uint8)
    out = mixed(luma[60:], black[0]), mixed(chroma[60:], black[1])
    back = mixed(black[0], new_luma[:12]), mixed(black[1], new_chroma[:12])
    (boundary,) = find(*joined((luma[:60], chroma[:60]), out, back, (new_luma[12:], new_chroma[12:])))
    assert boundary.transition == "fade"
    assert abs(boundary.frame - 72) <= 3


@pytest.mark.parametrize("length", [1, 2, 15, 16, 17, 100])
def test_one_scene_of_any_length_has_no_boundary(length: int) -> None:
    assert find(*scene(1, length)) == []


def test_no_picture_has_no_boundary() -> None:
    assert Boundaries().finish() == []


def test_shots_of_two_frames_are_all_found() -> None:
    luma, chroma = joined(*(scene(seed, 2) for seed in range(30)))
    assert [boundary.frame for boundary in find(luma, chroma)] == list(range(2, 60, 2))


def test_a_boundary_is_told_at_most_the_latency_late() -> None:
    boundaries, luma, chroma = Boundaries(), *joined(scene(1, 50), scene(2, 200))
    told = [number for number, pair in enumerate(zip(luma, chroma, strict=True)) if boundaries.add(*pair)]
    assert len(told) == 1
    assert told[0] <= 50 + LATENCY


def test_likeness_does_not_depend_on_how_many_come_at_a_time() -> None:
    luma, chroma = joined(scene(1, 50), scene(2, 60))
    once = Likeness().add(luma, chroma)
    likeness = Likeness()
    by_tens = [likeness.add(luma[start : start + 10], chroma[start : start + 10]) for start in range(0, 110, 10)]
    assert once.shape == (110, CHANNELS)
    np.testing.assert_allclose(once[REACH:], np.concatenate(by_tens)[REACH:], atol=1e-5)
