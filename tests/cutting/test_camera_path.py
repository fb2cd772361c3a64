"""The camera path finds the motion that was put in, on any frame rate and on frames that show nothing."""

import math

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from shotlens.cutting.camera_path import MAX_CHANGE, MAX_INTERVALS, CameraPath
from shotlens.shots.shot import CameraMotion

WIDTH, HEIGHT = 320, 180


@pytest.fixture(scope="module")
def picture() -> NDArray[np.uint8]:
    noise = np.random.default_rng(1).integers(0, 256, (90, 160), np.uint8)
    large = cv2.resize(noise, (WIDTH * 2, HEIGHT * 2), interpolation=cv2.INTER_CUBIC)
    return np.asarray(cv2.GaussianBlur(large, (5, 5), 0), np.uint8)


def look(picture: NDArray[np.uint8], dx: float, dy: float, growth: float, turn: float) -> NDArray[np.uint8]:
    """Return what a camera sees after the picture has moved by this similarity about the centre (pixels, radians)."""
    cos, sin = growth * math.cos(turn), growth * math.sin(turn)
    linear = np.array([[cos, -sin], [sin, cos]])
    shift = np.array([(WIDTH - 1) / 2 + dx, (HEIGHT - 1) / 2 + dy]) - linear @ [WIDTH - 0.5, HEIGHT - 0.5]
    return np.asarray(cv2.warpAffine(picture, np.column_stack([linear, shift]), (WIDTH, HEIGHT)), np.uint8)


def path_of(frames: list[NDArray[np.uint8]], fps: float) -> tuple[CameraMotion, ...]:
    path = CameraPath()
    for number, frame in enumerate(frames):
        path.add(number / fps, frame)
    return path.finish()


def total(path: tuple[CameraMotion, ...]) -> tuple[float, float, float, float]:
    return (
        sum(m.dx for m in path),
        sum(m.dy for m in path),
        sum(m.log_scale for m in path),
        sum(m.rotation for m in path),
    )


def test_each_part_of_a_similarity_is_found_about_the_centre(picture: NDArray[np.uint8]) -> None:
    path = path_of([look(picture, 0, 0, 1, 0), look(picture, 8, -4, 1.05, 0.03)], fps=8)
    assert len(path) == 1
    assert total(path) == pytest.approx((8 / WIDTH, -4 / WIDTH, math.log(1.05), 0.03), abs=0.001)
    assert path[0].inliers > 0.7
    assert path[0].seconds == pytest.approx(1 / 8)


@pytest.mark.parametrize("fps", [5, 12, 24, 25, 29.97, 60, 120])
def test_any_frame_rate_gives_the_same_pan_and_loses_no_time(picture: NDArray[np.uint8], fps: float) -> None:
    count = int(fps) + 1
    path = path_of([look(picture, 60 * n / fps, 0, 1, 0) for n in range(count)], fps)
    assert sum(m.seconds for m in path) == pytest.approx((count - 1) / fps)
    assert sum(m.dx for m in path) == pytest.approx(60 * (count - 1) / fps / WIDTH, abs=0.004)
    assert len(path) <= 10


def test_variable_rates_keep_the_short_rest(picture: NDArray[np.uint8]) -> None:
    path = CameraPath()
    times = [0.0, 0.3, 0.32, 0.45, 0.46]
    for time in times:
        path.add(time, look(picture, 40 * time, 0, 1, 0))
    assert [m.seconds for m in path.finish()] == pytest.approx([0.3, 0.15, 0.01])


def test_one_frame_has_no_path_and_the_object_serves_the_next_shot(picture: NDArray[np.uint8]) -> None:
    path, frame = CameraPath(), look(picture, 0, 0, 1, 0)
    assert path.finish() == ()
    path.add(0.0, frame)
    assert path.finish() == ()
    path.add(5.0, frame)
    path.add(5.04, frame)
    assert [m.seconds for m in path.finish()] == pytest.approx([0.04])


@pytest.mark.parametrize("shape", [(2, 2), (1, 320), (320, 1), (33, 47), (180, 320), (181, 319)])
@pytest.mark.parametrize("level", [0, 128, 255])
def test_frames_that_show_nothing_are_still_and_without_inliers(shape: tuple[int, int], level: int) -> None:
    flat = np.full(shape, level, np.uint8)
    assert path_of([flat, flat], fps=8) == (CameraMotion(1 / 8, 0.0, 0.0, 0.0, 0.0, 0.0),)


def test_noise_and_a_change_of_size_do_not_fall_over() -> None:
    random = np.random.default_rng(2)
    frames = [random.integers(0, 256, shape, np.uint8) for shape in [(180, 320)] * 3 + [(240, 320)] * 2]
    path = path_of(frames, fps=8)
    assert len(path) == 4
    assert all(math.isfinite(value) for value in total(path))


def test_a_growth_that_no_camera_does_between_two_frames_is_chance() -> None:
    random = np.random.default_rng(3)
    noise = [random.integers(0, 256, (18, 32), np.uint8) for _ in range(30)]
    frames = [np.asarray(cv2.resize(picture, (WIDTH, HEIGHT)), np.uint8) for picture in noise]
    path = path_of(frames, fps=8)
    assert max(max(abs(m.log_scale), abs(m.rotation)) for m in path) <= MAX_CHANGE
    assert any(m.inliers == 0 and m.edge == 0 for m in path)


def test_a_still_background_wins_over_a_larger_moving_subject(picture: NDArray[np.uint8]) -> None:
    frames = []
    for n in range(9):
        frame = look(picture, 0, 0, 1, 0)
        frame[:, 80:280] = look(picture, 6 * n, 0, 1, 0)[:, 80:280]
        frames.append(frame)
    assert sum(abs(m.dx) for m in path_of(frames, fps=8)) < 0.005


def test_the_edge_tells_a_subject_from_the_camera(picture: NDArray[np.uint8]) -> None:
    still, moved = look(picture, 0, 0, 1, 0), look(picture, 9, 0, 1, 0)
    subject = still.copy()
    subject[40:140, 80:240] = moved[40:140, 80:240]
    (before_still,) = path_of([still, subject], fps=8)
    assert before_still.edge_still > 0.9
    assert before_still.edge > before_still.inliers
    assert 0.5 < before_still.still < 0.9
    (panned,) = path_of([still, moved], fps=8)
    assert panned.edge > 0.7
    assert (panned.still, panned.edge_still) == pytest.approx((0.0, 0.0), abs=0.05)


def test_what_goes_another_way_than_the_camera_is_its_second_motion(picture: NDArray[np.uint8]) -> None:
    still, panned = look(picture, 0, 0, 1, 0), look(picture, 9, 0, 1, 0)
    followed = panned.copy()
    followed[40:150, 90:230] = look(picture, -6, 3, 1, 0)[40:150, 90:230]
    (step,) = path_of([still, followed], fps=8)
    assert (step.dx, step.dy) == pytest.approx((9 / WIDTH, 0), abs=0.001)
    assert (step.second_dx, step.second_dy) == pytest.approx((-6 / WIDTH, 3 / WIDTH), abs=0.001)
    assert (step.second_log_scale, step.second_rotation) == pytest.approx((0, 0), abs=0.01)
    assert 0.1 < step.second < step.inliers
    assert step.second_edge < 0.1 < step.edge
    (alone,) = path_of([still, panned], fps=8)
    assert (alone.second, alone.second_dx, alone.second_dy) == (0, 0, 0)


def test_where_a_still_background_wins_the_subject_is_the_second_motion(picture: NDArray[np.uint8]) -> None:
    still = look(picture, 0, 0, 1, 0)
    subject = still.copy()
    subject[:, 80:280] = look(picture, 6, 0, 1, 0)[:, 80:280]
    (step,) = path_of([still, subject], fps=8)
    assert (step.dx, step.second_dx) == pytest.approx((0, 6 / WIDTH), abs=0.001)


def test_a_long_shot_stays_within_the_limit_and_keeps_its_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = iter(range(10_000))

    def measured(before: object, after: object, seconds: float) -> CameraMotion:
        step = 0.001 * (next(steps) % 3)
        return CameraMotion(seconds, step, 0.0, 0.0, 0.0, 0.5, second_dy=-step, second=0.25)

    monkeypatch.setattr("shotlens.cutting.camera_path.measure", measured)
    path = CameraPath()
    for n in range(1600):
        path.add(n / 8, np.zeros((2, 2), np.uint8))
    motions = path.finish()
    assert len(motions) <= MAX_INTERVALS
    assert sum(m.seconds for m in motions) == pytest.approx(1599 / 8)
    assert sum(m.dx for m in motions) == pytest.approx(0.001 * sum(n % 3 for n in range(1599)))
    assert sum(m.second_dy for m in motions) == pytest.approx(-sum(m.dx for m in motions))
    assert {m.second for m in motions} == {0.25}
    assert [m.seconds for m in motions[:-1]] == pytest.approx([0.5] * (len(motions) - 1))


def test_the_same_frames_give_the_same_path(picture: NDArray[np.uint8]) -> None:
    frames = [look(picture, 3 * n, n, 1.01**n, 0) for n in range(9)]
    assert path_of(frames, fps=24) == path_of(frames, fps=24)
