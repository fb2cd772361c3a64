"""Each picture of a slide show is a shot, however long it is shown; what a camera sees now and then is one."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from shotlens.cutting.cut import cut
from shotlens.cutting.options import CutOptions
from shotlens.shots.shot import Shot
from shotlens.storage.frames import FrameMemory, StoredShot
from testkit.videos import Image, write_video
from tests.cutting.places import drawn_place, to_image


def slide_show(path: Path, pictures: list[Image], seconds: list[float]) -> Path:
    """Show each picture for so long, stored as one frame."""
    times = [round(1000 * sum(seconds[:number])) for number in range(len(pictures))]
    return write_video(path, pictures, times=times, options={"bf": "0"})


def photo(number: int) -> Image:
    return to_image(drawn_place(number).look(0))


def page(number: int) -> Image:
    """Write a page of a talk: all of them have the same heading and sign."""
    picture = np.full((180, 320, 3), 235, np.uint8)
    picture[:22] = (40, 60, 120)
    cv2.putText(
        picture, "ACME - yearly report", (5, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (255, 255, 255), 1, cv2.LINE_AA
    )
    cv2.circle(picture, (300, 162), 12, (200, 90, 30), -1, cv2.LINE_AA)
    random = np.random.default_rng(number)
    for row in range(3 + number % 3):
        words = " ".join("".join(map(chr, random.integers(97, 123, size))) for size in random.integers(3, 9, 4))
        cv2.putText(
            picture, f"- {words}", (16, 52 + 24 * row), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (30, 30, 30), 1, cv2.LINE_AA
        )
    return picture


def bounds(shots: list[Shot]) -> list[int]:
    return [shot.start_frame for shot in shots]


@pytest.mark.parametrize("seconds", [[5.0] * 6, [4.0, 1.0, 9.0, 2.5, 1.2, 3.0]], ids=["even", "uneven"])
@pytest.mark.parametrize("draw", [photo, page], ids=["photos", "talk"])
def test_each_slide_is_a_shot(tmp_path: Path, draw: Callable[[int], Image], seconds: list[float]) -> None:
    store = FrameMemory()
    shots = list(cut(slide_show(tmp_path / "a.mp4", [draw(number) for number in range(6)], seconds), store))
    assert bounds(shots) == list(range(6))
    assert [shot.end - shot.start for shot in shots[:-1]] == pytest.approx(seconds[:-1], abs=0.002)
    for shot in shots:
        assert shot.camera_path == ()
        assert len(set(StoredShot(shot, store).jpegs())) == 1


def test_slides_that_are_shown_again_and_again_are_not_cut(tmp_path: Path) -> None:
    first, second = photo(0), photo(1)
    shots = list(cut(slide_show(tmp_path / "a.mp4", [first] * 3 + [second] * 3, [2.0] * 6)))
    assert bounds(shots) == [0, 3]


def test_short_slides_are_ignored_where_shots_must_be_longer(tmp_path: Path) -> None:
    film = slide_show(tmp_path / "a.mp4", [photo(number) for number in range(5)], [2.0, 1.0, 1.0, 4.0, 4.0])
    assert bounds(list(cut(film, None, CutOptions(min_shot=1.5)))) == [0, 1, 3, 4]


@pytest.mark.parametrize("seconds", [1.0, 5.0])
def test_what_a_camera_sees_now_and_then_is_one_shot(tmp_path: Path, seconds: float) -> None:
    place = drawn_place(4)
    light = [1.0, 0.9, 0.75, 0.6, 0.7, 0.8, 0.95, 0.85]  # clouds pass
    pictures = [to_image(place.look(40 * number, 3 * number) * light[number]) for number in range(8)]
    assert bounds(list(cut(slide_show(tmp_path / "a.mp4", pictures, [seconds] * 8)))) == [0]


def test_a_film_goes_on_after_a_slide(tmp_path: Path) -> None:
    first, other = photo(0), photo(1)
    place = drawn_place(2)
    film = [to_image(place.look(number)) for number in range(30)]
    seconds = [3.0, 3.0, *[0.04] * 30]
    assert bounds(list(cut(slide_show(tmp_path / "a.mp4", [first, other, *film], seconds)))) == [0, 1, 2]
