"""Virtual cameras move as their label says, and the same seed gives the same clip."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from jobs.shot import MOVEMENTS
from model.preprocess import HEIGHT, WIDTH
from process_video.camera_path import CameraPath
from training.camera import trajectory
from training.synthesize import make_clip, sample_times


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    random = np.random.default_rng(4)
    picture = cv2.resize(random.integers(0, 256, (60, 80, 3), np.uint8), (640, 480))
    path = tmp_path_factory.mktemp("photos") / "noise.jpg"
    assert cv2.imwrite(str(path), picture)
    return path


@pytest.mark.parametrize("movement", MOVEMENTS)
def test_a_trajectory_goes_the_way_of_its_label(movement: str) -> None:
    times = np.linspace(0, 3, 25)
    for seed in range(40):
        places = trajectory(np.random.default_rng(seed), movement, times).places
        growth = places[-1, 2]
        if movement == "push":
            assert growth > 0.02
        elif movement == "pull":
            assert growth < -0.02
        else:
            assert abs(growth) < 0.5
        if movement == "static":
            assert np.abs(places).max() < 0.06


def test_the_same_seed_gives_the_same_clip(photo: Path, disc: NDArray[np.uint8]) -> None:
    first, second = make_clip(6, [photo], [disc]), make_clip(6, [photo], [disc])
    assert first.camera_path == second.camera_path
    assert np.array_equal(first.frames, second.frames)


def test_a_clip_is_what_serving_would_see(photo: Path, disc: NDArray[np.uint8]) -> None:
    for seed in range(4):
        clip = make_clip(seed, [photo], [disc])
        assert clip.movement == MOVEMENTS[seed]
        assert clip.frames.shape == (8, HEIGHT, WIDTH, 3)
        assert clip.camera_path
        growth = sum(motion.log_scale for motion in clip.camera_path)
        assert {"push": growth > 0.02, "pull": growth < -0.02}.get(clip.movement, True)


@pytest.mark.parametrize("rate", [12.0, 24.0, 25.0, 29.97, 60.0])
def test_only_the_frames_that_the_camera_path_compares_are_rendered(rate: float) -> None:
    times, shown = sample_times(2.0, rate)
    all_frames, some_frames = CameraPath(), CameraPath()
    blank = np.zeros((2, 2), np.uint8)
    for number in range(round(2 * rate)):
        all_frames.add(number / rate, blank)
    for time in times:
        some_frames.add(float(time), blank)
    assert [m.seconds for m in some_frames.finish()] == pytest.approx([m.seconds for m in all_frames.finish()])
    assert len(shown) == 8
