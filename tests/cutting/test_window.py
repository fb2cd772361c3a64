"""Cuts, the camera's path and the window are those of the film, whatever lies beside it."""

from collections.abc import Callable
from itertools import accumulate
from pathlib import Path

import cv2
import numpy as np
import pytest

from shotlens.cutting.cut import cut
from shotlens.cutting.decode import Decoder
from shotlens.cutting.options import CutOptions
from shotlens.cutting.window import WindowFinder
from shotlens.shots.shot import WHOLE, Shot, Window
from testkit.videos import Image, scene, turn, write_video
from tests.cutting.framed import (
    LENGTH,
    QUICK,
    UPRIGHT,
    WIDE,
    Paint,
    blurred,
    fitted,
    graphic,
    plain,
    put,
    takes,
    with_logo,
    with_subtitles,
    write_framed,
)
from tests.cutting.places import drawn_place, to_image

pytestmark = pytest.mark.slow

ACROSS = Window(0.0, 0.342, 1.0, 0.658)  # 16:9 in 9:16
SCOPE = Window(0.0, 0.382, 1.0, 0.618)  # 2.39:1 in 9:16
HIGHER = Window(0.0, 0.1, 1.0, 0.416)
UPPER = Window(0.0, 0.1, 1.0, 0.66)
SQUARE = Window(0.219, 0.0, 0.781, 1.0)
PILLAR = Window(0.342, 0.0, 0.658, 1.0)
RIGHT = Window(0.35, 0.0, 1.0, 1.0)
INSET = Window(0.15, 0.15, 0.75, 0.75)
FRAMED: dict[str, tuple[Callable[[], Paint], Window]] = {
    "wide film in an upright frame": (lambda: put(plain(UPRIGHT), ACROSS), ACROSS),
    "cinema film in an upright frame": (lambda: put(plain(UPRIGHT), SCOPE), SCOPE),
    "not in the middle": (lambda: put(plain(UPRIGHT), HIGHER), HIGHER),
    "upright film in a wide frame": (lambda: put(plain(WIDE), PILLAR), PILLAR),
    "square film in a wide frame": (lambda: put(plain(WIDE), SQUARE), SQUARE),
    "square film on white": (lambda: put(plain(UPRIGHT, 255), UPPER), UPPER),
    "a sign on the bars": (lambda: with_logo(put(plain(UPRIGHT), ACROSS)), ACROSS),
    "subtitles on the bars": (lambda: with_subtitles(put(plain(UPRIGHT), ACROSS)), ACROSS),
    "a graphic at the left": (lambda: put(graphic(WIDE), RIGHT), RIGHT),
    "a graphic above and below": (lambda: put(graphic(UPRIGHT), ACROSS), ACROSS),
    "a graphic all around": (lambda: put(graphic(WIDE), INSET), INSET),
    "blurred sides": (lambda: put(blurred(WIDE), PILLAR), PILLAR),
    "blurred above and below": (lambda: put(blurred(UPRIGHT), ACROSS), ACROSS),
}


def starts(shots: list[Shot]) -> list[int]:
    return [shot.start_frame for shot in shots]


def every(length: int, count: int) -> list[int]:
    return [length * number for number in range(count)]


@pytest.mark.parametrize("name", FRAMED)
def test_cuts_and_the_window_of_a_film_that_does_not_fill_the_picture(tmp_path: Path, name: str) -> None:
    paint, window = FRAMED[name]
    shots = list(cut(write_framed(tmp_path / "a.mp4", paint(), takes(5))))
    assert starts(shots) == every(LENGTH, 5)
    for shot in shots:
        assert shot.window == pytest.approx(window, abs=0.02)


@pytest.mark.parametrize("name", ["cinema film", "title", "dark", "figure", "board", "passing board", "fade"])
def test_the_window_of_a_film_that_fills_the_picture_is_whole(tmp_path: Path, name: str) -> None:
    shots = WHOLE_FILMS[name]()
    found = list(cut(write_video(tmp_path / "a.mp4", [frame for shot in shots for frame in shot], options=QUICK)))
    assert {shot.window for shot in found} == {WHOLE}
    assert starts(found) == [0, *accumulate(len(shot) for shot in shots[:-1])]


def _cinema_film() -> list[list[Image]]:
    paint = put(plain(WIDE), Window(0.0, 0.128, 1.0, 0.872))
    return [[paint(0, frame) for frame in shot] for shot in takes(4)]


def _title() -> list[list[Image]]:
    """Words on black, then a film."""
    title = plain(WIDE)
    cv2.putText(title, "THE LAST TRAIN", (60, 95), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (240, 240, 240), 2, cv2.LINE_AA)
    return [[title] * 60, *takes(2)]


def _dark() -> list[list[Image]]:
    """Two nights with a light in the middle, then a day."""
    x, y = np.meshgrid(np.linspace(-1, 1, WIDE[0]), np.linspace(-1, 1, WIDE[1]))
    light = np.exp(-6 * (x * x + y * y))[..., None]
    nights = [[np.asarray(frame * light, np.uint8) for frame in shot] for shot in takes(4, 90)[:2]]
    return [*nights, takes(3)[2]]


def _still_place(seed: int) -> list[Image]:
    place = drawn_place(seed)
    place.shake[:] = 0
    return [to_image(place.look(at)) for at in range(90)]


def _figure() -> list[list[Image]]:
    """Somebody moves before a camera on a tripod."""
    return [_still_place(3), _still_place(4)]


def _board(end: int | None = None) -> list[list[Image]]:
    """A board pops up over a shot from a tripod, and stays, or goes again."""
    shot = _still_place(3)
    for frame in shot[20:end]:
        frame[20:120, 160:300] = (200, 60, 30)
        frame[30:60, 170:290] = 255
    return [shot, takes(1)[0]]


def _fade() -> list[list[Image]]:
    """From black, and black again for a second before another shot."""
    shot = [np.asarray(frame * min(1.0, at / 12), np.uint8) for at, frame in enumerate(takes(1, 90)[0])]
    return [shot]


WHOLE_FILMS = {
    "cinema film": _cinema_film,
    "title": _title,
    "dark": _dark,
    "figure": _figure,
    "board": _board,
    "passing board": lambda: _board(60),
    "fade": _fade,
}


BOX, FULL_FRAME = put(plain(WIDE), SQUARE), put(plain(WIDE), WHOLE)
LONGER = 44  # frames


@pytest.mark.parametrize("at", [3 * LONGER, 3 * LONGER + 22], ids=["at a cut", "within a shot"])
@pytest.mark.parametrize(("before", "after"), [(FULL_FRAME, BOX), (BOX, FULL_FRAME)], ids=["closes", "opens"])
def test_a_window_that_changes_is_no_cut_itself(tmp_path: Path, before: Paint, after: Paint, at: int) -> None:
    def paint(number: int, film: Image) -> Image:
        return (after if number >= at else before)(number, film)

    shots = list(cut(write_framed(tmp_path / "a.mp4", paint, takes(7, LONGER))))
    assert starts(shots) == every(LONGER, 7)
    sides = [SQUARE if painted is BOX else WHOLE for painted in (before, after)]
    assert shots[0].window == pytest.approx(sides[0], abs=0.02)
    assert shots[-1].window == pytest.approx(sides[1], abs=0.02)


def test_a_fade_between_bars_is_one_fade(tmp_path: Path) -> None:
    first, second = takes(2, 70)
    dark = [np.asarray(frame * max(0.0, 1 - at / 12), np.uint8) for at, frame in enumerate(first[-12:], 1)]
    light = [np.asarray(frame * (at / 12), np.uint8) for at, frame in enumerate(second[:12])]
    film = [*takes(3)[2:], [*first[:-12], *dark, *light, *second[12:]]]
    shots = list(cut(write_framed(tmp_path / "a.mp4", put(plain(UPRIGHT), ACROSS), film)))
    assert [shot.transition for shot in shots] == ["cut", "cut", "fade"]
    assert shots[2].start_frame == pytest.approx(LENGTH + 70, abs=3)


def test_the_camera_moves_as_it_does_where_the_film_fills_the_picture(tmp_path: Path) -> None:
    film = takes(3, LENGTH, 2.0)
    boxed = cut(write_framed(tmp_path / "a.mp4", put(plain(UPRIGHT), ACROSS), film))
    alone = cut(write_framed(tmp_path / "b.mp4", lambda _, frame: fitted(frame, 180, 102), film))
    for shot, same in zip(boxed, alone, strict=True):
        moved, wanted = (sum(motion.dx for motion in one.camera_path) for one in (shot, same))
        assert moved == pytest.approx(wanted, abs=0.02)
        assert abs(wanted) > 0.1
        assert max(motion.still for motion in shot.camera_path) < 0.2


def test_a_picture_of_another_shape_begins_anew() -> None:
    finder, random = WindowFinder(), np.random.default_rng(4)
    changes = []
    for number in range(200):
        luma = np.zeros((320, 180) if number < 120 else (180, 320), np.uint8)
        if number < 120:
            luma[110:210] = random.integers(40, 250, (10, 18), np.uint8).repeat(10, 0).repeat(10, 1)
        changes.append(finder.add(number, luma))
    narrow, whole = (change for change in changes if change)
    assert (narrow.first, whole.first, whole.window) == (0, 120, WHOLE)
    assert narrow.window == pytest.approx(Window(0, 110 / 320, 1, 210 / 320), abs=0.01)


@pytest.mark.parametrize("turned", [False, True])
def test_a_part_of_a_picture_is_like_the_whole_of_a_smaller_one(tmp_path: Path, turned: bool) -> None:
    film = write_video(tmp_path / "a.mp4", [scene(0, 320, 192)] * 2)
    picture = next(iter(Decoder(turn(film) if turned else film, CutOptions())))
    window = Window(0.25, 0.125, 1.0, 0.625)
    part = picture.luma[window.slices(picture.luma.shape)]
    assert np.abs(picture.tracked(window).astype(int) - part).mean() < 1
    luma, chroma = picture.thumbnail(window)
    assert np.abs(luma - cv2.resize(part.astype(float), (64, 36), interpolation=cv2.INTER_AREA)).mean() < 1
    for plane, whole in zip(chroma, picture.thumbnail()[1], strict=True):
        large = cv2.resize(whole.astype(float), picture.luma.shape[::-1])[window.slices(picture.luma.shape)]
        assert np.abs(plane - cv2.resize(large, (32, 18), interpolation=cv2.INTER_AREA)).mean() < 4
    assert picture.tracked(WHOLE) is picture.luma
