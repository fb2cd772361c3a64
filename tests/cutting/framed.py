"""Films that do not fill the picture: shots of drawn places between bars or beside graphics, as real files."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from shotlens.shots.shot import Window
from testkit.videos import Image, scene, write_video
from tests.cutting.places import drawn_place, to_image

LENGTH = 30  # frames of a shot
QUICK = {"preset": "ultrafast", "crf": "24"}
WIDE, UPRIGHT = (320, 180), (180, 320)  # width and height of pictures
Paint = Callable[[int, Image], Image]  # takes the number of a frame and the film, and returns the whole picture


@cache
def takes(count: int, length: int = LENGTH, pan: float = 0.7) -> list[list[Image]]:
    """Film some places, each for so many frames with a camera that pans and shakes a little: (180, 320, 3) each."""
    return [[to_image(place.look(at, pan * at)) for at in range(length)] for place in map(drawn_place, range(count))]


def put(canvas: Image, window: Window) -> Paint:
    """Lay the film into a window of a canvas; what does not fit its shape is cut off."""
    rows, columns = window.slices(canvas.shape)

    def paint(_: int, film: Image) -> Image:
        picture = canvas.copy()
        picture[rows, columns] = fitted(film, columns.stop - columns.start, rows.stop - rows.start)
        return picture

    return paint


def fitted(film: Image, width: int, height: int) -> Image:
    """Reduce the middle of a picture to this size."""
    scale = max(width / film.shape[1], height / film.shape[0])
    large = cv2.resize(film, (round(film.shape[1] * scale), round(film.shape[0] * scale)), interpolation=cv2.INTER_AREA)
    left, top = (large.shape[1] - width) // 2, (large.shape[0] - height) // 2
    return np.asarray(large[top : top + height, left : left + width], np.uint8)


def plain(size: tuple[int, int], level: int = 0) -> Image:
    """Draw a canvas of one grey."""
    return np.full((size[1], size[0], 3), level, np.uint8)


def graphic(size: tuple[int, int]) -> Image:
    """Draw coloured boards with words on them."""
    random, picture = np.random.default_rng(9), np.ascontiguousarray(scene(9, *size))
    for _ in range(7):
        corner, other = random.integers(0, size, (2, 2)).tolist()
        cv2.rectangle(picture, corner, other, random.integers(0, 256, 3).tolist(), -1)
    for row in range(20, size[1], 36):
        cv2.putText(picture, "NEWS 24 live", (4, row), cv2.FONT_HERSHEY_SIMPLEX, 0.4, (255, 255, 255), 1, cv2.LINE_AA)
    return picture


def blurred(size: tuple[int, int]) -> Image:
    """Enlarge and blur the first picture of the film, as editors fill the sides."""
    return np.asarray(cv2.GaussianBlur(fitted(takes(1)[0][0], *size), (0, 0), 12), np.uint8)


def with_logo(paint: Paint) -> Paint:
    """Lay a station's sign over the upper right corner."""

    def painted(number: int, film: Image) -> Image:
        picture = paint(number, film)
        cv2.circle(picture, (picture.shape[1] - 24, 24), 12, (230, 60, 40), -1, cv2.LINE_AA)
        return picture

    return painted


def with_subtitles(paint: Paint) -> Paint:
    """Write another line at the bottom every second."""
    lines = ("I never said that.", "What do you mean?", "It is getting late.")

    def painted(number: int, film: Image) -> Image:
        picture = paint(number, film)
        at = (12, round(0.85 * picture.shape[0]))
        if number % 25 < 20:
            text = lines[number // 25 % 3]
            cv2.putText(picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.5, (255, 255, 255), 1, cv2.LINE_AA)
        return picture

    return painted


def write_framed(path: Path, paint: Paint, shots: Sequence[Sequence[Image]]) -> Path:
    """Write the shots one after another, each frame painted into its whole picture."""
    film = [frame for shot in shots for frame in shot]
    return write_video(path, [paint(number, frame) for number, frame in enumerate(film)], options=QUICK)
