"""Camera paths become arrays that mean the same however long they are and however finely they were measured."""

from dataclasses import replace

import numpy as np
import pytest

from shotlens.predicting.path import CHANNELS, STATISTICS, STEPS, path_arrays
from shotlens.shots.shot import CameraMotion


def pan(intervals: int, seconds: float, speed: float = 0.1) -> list[CameraMotion]:
    """Pan to the right at `speed` longest sides per second."""
    return [CameraMotion(seconds, speed * seconds, 0.0, 0.0, 0.0, 0.9)] * intervals


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
