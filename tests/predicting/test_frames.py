"""The frames of a shot become arrays of one size without black bars, and one sentence names a broken frame."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from shotlens.predicting.errors import FrameError
from shotlens.predicting.frames import HEIGHT, WIDTH, cells, content_box, read_pictures, resized, without_bars
from shotlens.shots.shot import Window


def encode(picture: NDArray[np.uint8]) -> bytes:
    """Return a BGR picture as a JPEG."""
    written, jpeg = cv2.imencode(".jpg", picture)
    assert written
    return jpeg.tobytes()


def test_black_bars_are_stripped_from_all_frames_alike() -> None:
    picture = np.full((360, 640, 3), 120, np.uint8)
    picture[:40], picture[-40:] = 16, 16
    assert content_box([picture, picture]) == (40, 320, 0, 640)
    assert resized(without_bars([picture]), (HEIGHT, WIDTH)).min() > 100


def test_a_dark_picture_is_left_whole() -> None:
    dark = np.zeros((360, 640, 3), np.uint8)
    dark[100:140, 300:340] = 200
    assert content_box([dark]) == (0, 360, 0, 640)


def test_frames_come_as_rgb_of_the_networks_size() -> None:
    red = np.zeros((360, 640, 3), np.uint8)
    red[..., 2] = 250
    frames = resized(read_pictures([encode(red)] * 8).large, (HEIGHT, WIDTH))
    assert frames.shape == (4, HEIGHT, WIDTH, 3)
    assert frames[..., 0].mean() > 200
    assert frames[..., 2].mean() < 50


@pytest.mark.parametrize("size", [(2, 2), (1, 640), (640, 1), (64, 64), (360, 640)])
def test_any_size_of_frame_fits(size: tuple[int, int]) -> None:
    picture = np.full((*size, 3), 99, np.uint8)
    pictures = read_pictures([encode(picture)] * 8)
    assert resized(pictures.large, (HEIGHT, WIDTH)).shape == (4, HEIGHT, WIDTH, 3)
    assert cells(pictures.small).shape == (16, 28, 8)


def test_broken_and_too_few_frames_are_refused() -> None:
    jpegs = [encode(np.full((36, 64, 3), 10 * number, np.uint8)) for number in range(8)]
    with pytest.raises(FrameError, match="has 3"):
        read_pictures(jpegs[:3])
    for wrong in (b"", b"not a picture"):
        with pytest.raises(FrameError, match=r"Frame 0 of the shot is not a picture"):
            read_pictures([wrong, *jpegs[1:]])


@pytest.mark.parametrize("size", [(360, 640), (480, 640), (346, 638), (254, 446), (90, 160), (31, 47)])
def test_all_eight_are_read_at_half_the_size_of_the_four_for_the_scale(size: tuple[int, int]) -> None:
    random = np.random.default_rng(1)
    coarse = [random.integers(0, 256, (9, 16, 3), np.uint8) for _ in range(8)]
    stored = [encode(np.asarray(cv2.resize(picture, size[::-1]))) for picture in coarse]
    pictures = read_pictures(stored)
    height, width = pictures.large[0].shape[:2]
    assert {picture.shape[:2] for picture in pictures.large} == {(height, width)}
    assert {picture.shape[:2] for picture in pictures.small} == {((height + 1) // 2, (width + 1) // 2)}
    for k, picture in enumerate(pictures.small):  # each is its own frame, in order
        seen = cv2.resize(picture.astype(np.float32), (16, 9), interpolation=cv2.INTER_AREA)
        errors = [np.abs(seen - other).mean() for other in coarse]
        assert np.argmin(errors) == k


def test_bars_of_the_four_are_cropped_from_all_eight() -> None:
    picture = np.full((360, 640, 3), 120, np.uint8)
    picture[:40], picture[-42:] = 16, 16
    pictures = read_pictures([encode(picture)] * 8)
    assert {large.shape for large in pictures.large} == {(139, 320, 3)}
    assert {small.shape for small in pictures.small} == {(70, 160, 3)}


@pytest.mark.parametrize(
    ("size", "window"),
    [
        ((640, 360), Window(0, 0.342, 1, 0.658)),
        ((360, 640), Window(0.342, 0, 0.658, 1)),
        ((90, 160), Window(0.3, 0, 1, 1)),
    ],
)
def test_what_lies_beside_the_film_is_not_read(size: tuple[int, int], window: Window) -> None:
    picture = np.full((*size, 3), (200, 30, 200), np.uint8)
    rows, columns = window.slices(picture.shape)
    film = np.random.default_rng(2).integers(60, 250, (5, 8, 3), np.uint8)
    shape = (rows.stop - rows.start, columns.stop - columns.start)
    picture[rows, columns] = cv2.resize(film, shape[::-1], interpolation=cv2.INTER_CUBIC)
    seen = read_pictures([encode(picture)] * 8, window=window)
    alone = read_pictures([encode(picture[rows, columns])] * 8)
    for pictures, others in ((seen.large, alone.large), (seen.small, alone.small)):
        for one, other in zip(pictures, others, strict=True):
            assert abs(one.shape[0] - other.shape[0]) <= 1
            assert abs(one.shape[1] - other.shape[1]) <= 1
    close = resized(seen.large, (HEIGHT, WIDTH)).astype(float) - resized(alone.large, (HEIGHT, WIDTH))
    assert np.abs(close).mean() < 4
    assert np.abs(cells(seen.small) - cells(alone.small)).mean() < 0.05


def test_frames_of_different_sizes_are_left_whole() -> None:
    wide, high = np.full((360, 640, 3), 120, np.uint8), np.full((640, 360, 3), 120, np.uint8)
    wide[:40] = 16
    pictures = read_pictures([encode(wide if k < 4 else high) for k in range(8)])
    assert [large.shape[:2] for large in pictures.large] == [(180, 320), (180, 320), (640, 360), (640, 360)]
    assert cells(pictures.small).shape == (16, 28, 8)
