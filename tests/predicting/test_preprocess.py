"""Shots become arrays that mean the same whatever their length, and broken frames are told in a sentence."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from shotlens.predicting.batch import prepare
from shotlens.predicting.errors import FrameError
from shotlens.predicting.frames import HEIGHT, WIDTH, content, fit, read_frames
from shotlens.predicting.path import CHANNELS, STATISTICS, STEPS, path_arrays
from shotlens.shots.shot import CameraMotion, Shot


def pan(intervals: int, seconds: float, speed: float = 0.1) -> list[CameraMotion]:
    """A pan to the right at `speed` longest sides per second."""
    return [CameraMotion(seconds, speed * seconds, 0.0, 0.0, 0.0, 0.9)] * intervals


def write(folder: Path, pictures: list[np.ndarray]) -> tuple[Path, ...]:
    paths = tuple(folder / f"{number}.jpg" for number in range(len(pictures)))
    for path, picture in zip(paths, pictures, strict=True):
        assert cv2.imwrite(str(path), picture)
    return paths


def test_the_same_speed_reads_the_same_at_any_interval() -> None:
    short, _ = path_arrays(pan(10, 0.1))
    long, _ = path_arrays(pan(50, 5.0))
    assert short[:, 0] == pytest.approx(long[:, 0], rel=1e-4)


def test_one_way_measured_finely_or_coarsely_gives_the_same_path() -> None:
    fine, _ = path_arrays(pan(40, 0.1))
    coarse, _ = path_arrays(pan(20, 0.2))
    assert fine == pytest.approx(coarse, abs=1e-5)


def test_an_empty_path_is_all_zeros() -> None:
    path, statistics = path_arrays([])
    assert path.shape == (STEPS, CHANNELS)
    assert statistics.shape == (STATISTICS,)
    assert not path.any()
    assert not statistics.any()


def test_a_frame_of_the_next_shot_at_the_end_moves_nothing() -> None:
    good = [CameraMotion(0.12, 0.001, 0.0, 0.0, 0.0, 0.9)] * 8
    path, _ = path_arrays([*good, CameraMotion(0.04, 0.3, -0.2, 0.3, 0.2, 0.1, second_dx=0.4, second=0.5)])
    assert path[-1, 4] == pytest.approx(path[-5, 4], abs=0.1)
    assert path[-1, 5:8] == pytest.approx(0.0)
    assert path[-1, 12:20] == pytest.approx(0.0)


def test_a_second_motion_reads_like_the_first_beside_it() -> None:
    alone, numbers = path_arrays(pan(10, 0.1))
    both, more = path_arrays([replace(step, second_dx=step.dx, second=0.3, second_edge=0.2) for step in pan(10, 0.1)])
    assert np.array_equal(alone[:, :12], both[:, :12])
    assert np.array_equal(both[:, 12:20], both[:, :8])
    assert both[:, 20:] == pytest.approx(np.full((STEPS, 2), [0.3, 0.2]))
    assert np.array_equal(numbers[:56], more[:56])
    assert not numbers[56:].any()
    assert more[56:].any()


def test_a_shot_that_can_hardly_be_followed_keeps_its_ends() -> None:
    path, _ = path_arrays([CameraMotion(0.12, 0.02, 0.0, 0.0, 0.0, 0.12)] * 6)
    assert path[0, 0] == pytest.approx(path[-1, 0])
    assert path[0, 0] > 1


@pytest.mark.parametrize("seconds", [0.0, 1e-6, 100.0])
def test_odd_times_and_wild_motion_stay_finite(seconds: float) -> None:
    wild = [CameraMotion(seconds, 5.0, -5.0, 6.9, 3.1, 0.0)]
    for arrays in (path_arrays(wild), path_arrays(wild * 512)):
        assert all(np.isfinite(array).all() for array in arrays)


def test_black_bars_are_stripped_from_all_frames_alike() -> None:
    picture = np.full((360, 640, 3), 120, np.uint8)
    picture[:40], picture[-40:] = 16, 16
    assert content([picture, picture]) == (40, 320, 0, 640)
    assert fit([picture]).min() > 100


def test_a_dark_picture_is_left_whole() -> None:
    dark = np.zeros((360, 640, 3), np.uint8)
    dark[100:140, 300:340] = 200
    assert content([dark]) == (0, 360, 0, 640)


def test_frames_come_as_rgb_of_the_networks_size(tmp_path: Path) -> None:
    red = np.zeros((360, 640, 3), np.uint8)
    red[..., 2] = 250
    frames = read_frames(write(tmp_path, [red] * 8))
    assert frames.shape == (8, HEIGHT, WIDTH, 3)
    assert frames[..., 0].mean() > 200
    assert frames[..., 2].mean() < 50


@pytest.mark.parametrize("size", [(2, 2), (1, 640), (640, 1), (64, 64), (360, 640)])
def test_any_size_of_frame_fits(tmp_path: Path, size: tuple[int, int]) -> None:
    picture = np.full((*size, 3), 99, np.uint8)
    assert read_frames(write(tmp_path, [picture] * 8)).shape == (8, HEIGHT, WIDTH, 3)


def test_missing_broken_and_too_few_frames_are_refused(tmp_path: Path) -> None:
    paths = write(tmp_path, [np.zeros((36, 64, 3), np.uint8)] * 8)
    with pytest.raises(FrameError, match="has 3"):
        read_frames(paths[:3])
    with pytest.raises(FrameError, match=r"9\.jpg cannot be read"):
        read_frames((*paths[:7], tmp_path / "9.jpg"))
    for wrong in (b"", b"not a picture"):
        paths[0].write_bytes(wrong)
        with pytest.raises(FrameError, match=r"0\.jpg is not a picture"):
            read_frames(paths)


def test_no_shots_make_an_empty_batch() -> None:
    shots: list[Shot] = []
    batch = prepare(shots)
    assert batch.frames.shape == (0, 8, HEIGHT, WIDTH, 3)
    assert batch.path.shape == (0, STEPS, CHANNELS)
