"""The measured motions of a shot whose bounds are not the detected ones."""

import pytest

from shotlens.shots.camera import camera_path, motions_within
from shotlens.shots.shot import CameraMotion, Shot, frames_of


def along(number: int, start: float, count: int) -> Shot:
    """A shot of `count` intervals of an eighth of a second, each with a shift of its own."""
    path = tuple(CameraMotion(0.125, 10 * number + k, 0.0, 0.0, 0.0, 0.9) for k in range(count))
    end = start + count / 8
    first = round(start * 24)
    return Shot(first, round(end * 24), start, end, frames_of(first), path)


CUT = [along(1, 0.0, 4), along(2, 0.5, 4)]


def shifts(start: float, end: float) -> list[float]:
    shot = Shot(round(start * 24), round(end * 24), start, end, (), ())
    return [motion.dx for motion in motions_within(shot, CUT)]


@pytest.mark.parametrize(
    ("start", "end", "own"),
    [
        (0.0, 1.0, [10, 11, 12, 13, 20, 21, 22, 23]),  # both merged
        (0.0, 0.5, [10, 11, 12, 13]),
        (0.25, 0.75, [12, 13, 20, 21]),
        (0.3, 0.7, [13, 20]),  # intervals that cross a bound are left out
        (0.3, 0.4, []),
    ],
)
def test_a_shot_has_the_motions_within_its_bounds(start: float, end: float, own: list[float]) -> None:
    assert shifts(start, end) == own


def test_motions_moved_beyond_a_bound_by_rounding_are_included() -> None:
    assert shifts(0.251, 0.749) == [12, 13, 20, 21]


def test_the_contract_holds_what_a_client_needs_to_draw_a_path() -> None:
    [step] = camera_path([CameraMotion(0.125, 0.1, -0.2, 0.3, 0.4, 0.9, 0.5, 0.6, 0.7, second=0.8)]).model_dump()
    assert step == {"seconds": 0.125, "dx": 0.1, "dy": -0.2, "log_scale": 0.3, "rotation": 0.4, "inliers": 0.9}
