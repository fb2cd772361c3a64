"""Shots, camera paths and predictions as they are written and read."""

from dataclasses import replace

import pytest

from shotlens.shots.shot import (
    WHOLE,
    CameraMotion,
    Frame,
    Prediction,
    Shot,
    Window,
    frames_of,
    path_from_json,
    path_to_json,
)

PATH = (CameraMotion(0.12, 0.01, 0.0, 0.001, 0.0, 0.9),) * 3
SHOT = Shot(61, 71, 2.44, 2.84, frames_of(61), PATH, "fade")


def test_a_shot_is_read_as_it_was_written_with_its_path_apart() -> None:
    assert Shot.from_json(SHOT.to_json(), PATH) == SHOT
    assert Shot.from_json(SHOT.to_json()) == replace(SHOT, camera_path=())
    assert path_from_json(path_to_json(PATH)) == PATH


def test_frames_of_other_names_keep_them() -> None:
    shot = replace(SHOT, frames=frames_of(3), camera_path=())
    assert Shot.from_json(shot.to_json()).frames == frames_of(3)


def test_only_a_window_that_is_not_the_whole_picture_is_written() -> None:
    framed = replace(SHOT, window=Window(0.0, 0.342, 1.0, 0.658), camera_path=())
    assert Shot.from_json(framed.to_json()) == framed
    assert "window" not in SHOT.to_json()


@pytest.mark.parametrize("size", [(1, 1), (2, 640), (360, 640)])
def test_a_window_covers_a_pixel_at_least(size: tuple[int, int]) -> None:
    for window in (Window(0.0, 0.9, 0.1, 1.0), Window(0.5, 0.5, 0.5, 0.5), Window(0.99, 0.99, 1.0, 1.0)):
        rows, columns = window.slices(size)
        assert 0 <= rows.start < rows.stop <= size[0]
        assert 0 <= columns.start < columns.stop <= size[1]


def test_windows_have_a_part_in_common_or_none() -> None:
    window = Window(0.25, 0.0, 0.75, 1.0)
    assert (window.common(WHOLE), window.area) == (window, 0.5)
    assert window.common(Window(0.0, 0.25, 1.0, 0.75)) == Window(0.25, 0.25, 0.75, 0.75)
    assert window.common(Window(0.75, 0.0, 1.0, 1.0)).area == 0


def test_a_frame_is_named_by_the_first_frame_of_its_shot() -> None:
    assert [str(frame) for frame in frames_of(61)] == [f"61/{k}.jpg" for k in range(8)]
    assert Frame.parse("61/7.jpg") == Frame(61, 7)


@pytest.mark.parametrize("uncertain", [True, False])
def test_a_prediction_is_read_as_it_was_written(uncertain: bool) -> None:
    prediction = Prediction({"push": 0.7, "pull": 0.3}, uncertain)
    assert Prediction.from_json(prediction.to_json()) == prediction
    assert prediction.label == "push"
