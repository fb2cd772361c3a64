"""Virtual cameras move as their label says, and the same seed gives the same clip."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from recipes.synthetic.camera import OVER_GROUND, Course, Trajectory, trajectory
from recipes.synthetic.cutouts import Cutout
from recipes.synthetic.layers import layers
from recipes.synthetic.look import Look
from recipes.synthetic.sources import FOLDS, fold_of, read_photo
from recipes.synthetic.synthesize import SIDE, make_clip, sample_times
from recipes.synthetic.views import view
from shotlens.cutting.camera_path import CameraPath
from shotlens.shots.heads import MOVEMENT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    random = np.random.default_rng(4)
    picture = cv2.resize(random.integers(0, 256, (60, 80, 3), np.uint8), (640, 480))
    path = tmp_path_factory.mktemp("photos") / "noise.jpg"
    assert cv2.imwrite(str(path), picture)
    return path


@pytest.fixture(scope="module")
def cutouts(disc: NDArray[np.uint8]) -> list[Cutout]:
    return [Cutout(disc, fold) for fold in range(FOLDS)]


@pytest.mark.parametrize("movement", MOVEMENT.names)
def test_a_trajectory_goes_the_way_of_its_label(movement: str) -> None:
    times = np.linspace(0, 3, 25)
    for seed in range(40):
        camera = trajectory(np.random.default_rng(seed), movement, times)
        if camera.course in OVER_GROUND:
            continue
        places = camera.places
        growth = places[-1, 2]
        if movement == "push":
            assert growth > 0.02
        elif movement == "pull":
            assert growth < -0.02
        else:
            assert abs(growth) < 1.1
        if movement == "static":
            assert np.abs(places).max() < 0.2
            assert np.abs(places[-1]).max() < 0.15


@pytest.mark.parametrize("way", [1, -1], ids=["forwards", "backwards"])
def test_who_travels_forwards_mostly_sees_the_ground_come_nearer(photo: Path, way: int) -> None:
    places = np.array([[0, 0, 0, 0], [0, 0, 0.1 * way, 0]], float)
    camera = Trajectory(places, depth=1.0, course="travels")
    picture = np.asarray(cv2.GaussianBlur(read_photo(photo), (0, 0), 6), np.uint8)
    comes = 0
    for seed in range(40):  # a few cameras fly sideways
        street = view(np.random.default_rng(seed), picture.shape[:2], (SIDE, SIDE // 2), camera)
        before, after = (_grey(street.look(picture, place, 0.0, None)) for place in places)
        flow = cv2.calcOpticalFlowFarneback(before, after, None, 0.5, 3, 15, 3, 5, 1.2, 0)  # type: ignore[call-overload]  # the stub forbids None
        comes += np.median(flow[-30:, :, 1]) * way > 0
    assert comes >= 32


def test_who_circles_a_place_sees_what_is_nearer_and_farther_go_opposite_ways(photo: Path) -> None:
    places = np.array([[0, 0, 0, 0], [0, 0, 0.01, 0]], float)
    camera = Trajectory(places, depth=1.0, course="circles")
    picture = np.asarray(cv2.GaussianBlur(read_photo(photo), (0, 0), 6), np.uint8)
    opposite = 0
    for seed in range(40):  # in a few the circled place is low in the picture
        ground = view(np.random.default_rng(seed), picture.shape[:2], (SIDE, SIDE // 2), camera)
        before, after = (_grey(ground.look(picture, place, 0.0, None)) for place in places)
        flow = cv2.calcOpticalFlowFarneback(before, after, None, 0.5, 3, 15, 3, 5, 1.2, 0)  # type: ignore[call-overload]  # the stub forbids None
        opposite += np.median(flow[:50, :, 0]) < 0 < np.median(flow[-30:, :, 0])
    assert opposite >= 32


@pytest.mark.parametrize("course", ["past", "around"])
def test_a_picture_goes_about_as_far_as_the_camera(course: Course) -> None:
    ramp = np.repeat(np.linspace(0, 255, 640, dtype=np.uint8)[None, :, None], 480, axis=0).repeat(3, axis=2)
    places = np.array([[0, 0, 0, 0], [0.05, 0, 0, 0]], float)
    ways = []
    for seed in range(20):
        wall = view(np.random.default_rng(seed), ramp.shape[:2], (SIDE, SIDE // 2), Trajectory(places, 0.8, course))
        before, after = (wall.look(ramp, place, 0.0, None)[..., 0].astype(float) for place in places)
        slope = (before[:, -1] - before[:, 0]).mean() / (SIDE - 1)
        ways.append(float(np.abs(after - before).mean() / slope / SIDE))
    assert 0.04 < np.median(ways) < 0.07
    assert min(ways) > 0.03


def _grey(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)


def test_the_same_seed_gives_the_same_clip(photo: Path, cutouts: list[Cutout]) -> None:
    first, second = make_clip(6, [photo], cutouts), make_clip(6, [photo], cutouts)
    assert first.camera_path == second.camera_path
    assert all(np.array_equal(a, b) for a, b in zip(first.jpegs, second.jpegs, strict=True))


def test_a_clip_is_what_serving_would_see(photo: Path) -> None:
    for seed in range(4):
        clip = make_clip(seed, [photo], [])
        assert clip.movement == MOVEMENT.names[seed]
        assert [np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR)).shape[1] for jpeg in clip.jpegs] == [SIDE] * 8
        assert clip.camera_path
        growth = sum(motion.log_scale for motion in clip.camera_path)
        assert {"push": growth > 0.02, "pull": growth < -0.02}.get(clip.movement, True)


def test_only_cutouts_of_the_same_fold_move_in_a_clip(photo: Path, disc: NDArray[np.uint8]) -> None:
    fold = fold_of(photo)
    stranger, same = Cutout(disc, (fold + 1) % FOLDS), Cutout(disc, fold)
    assert not any(make_clip(seed, [photo], [stranger]).subject for seed in range(6))
    assert any(make_clip(seed, [photo], [stranger, same]).subject for seed in range(6))


def test_only_a_camera_that_tracks_keeps_a_figure_at_its_place(disc: NDArray[np.uint8]) -> None:
    moments = np.linspace(0, 1, 5)
    for movement in MOVEMENT.names:
        depths = [
            layer.depth
            for seed in range(60)
            for layer in layers(np.random.default_rng(seed), moments, [disc], movement)
        ]
        assert (0.0 in depths) == (movement == "motion")


def test_every_look_keeps_the_size_and_changes_no_picture_that_is_given() -> None:
    moments = np.linspace(0, 2, 3)
    grey = np.full((90, 160, 3), 128, np.uint8)
    for seed in range(40):
        look = Look(np.random.default_rng(seed), (160, 90), moments)
        assert all(look.apply(grey, number).shape == grey.shape for number in range(3))
    assert (grey == 128).all()


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
