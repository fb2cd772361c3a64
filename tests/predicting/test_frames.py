"""The frames of a shot become arrays of one size without black bars, and one sentence names a broken frame."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from shotlens.predicting.errors import FrameError
from shotlens.predicting.frames import HEIGHT, WIDTH, content_box, read_frames, resized_without_bars


def encode(picture: NDArray[np.uint8]) -> bytes:
    """Return a BGR picture as a JPEG."""
    written, jpeg = cv2.imencode(".jpg", picture)
    assert written
    return jpeg.tobytes()


def test_black_bars_are_stripped_from_all_frames_alike() -> None:
    picture = np.full((360, 640, 3), 120, np.uint8)
    picture[:40], picture[-40:] = 16, 16
    assert content_box([picture, picture]) == (40, 320, 0, 640)
    assert resized_without_bars([picture]).min() > 100


def test_a_dark_picture_is_left_whole() -> None:
    dark = np.zeros((360, 640, 3), np.uint8)
    dark[100:140, 300:340] = 200
    assert content_box([dark]) == (0, 360, 0, 640)


def test_frames_come_as_rgb_of_the_networks_size() -> None:
    red = np.zeros((360, 640, 3), np.uint8)
    red[..., 2] = 250
    frames = read_frames([encode(red)] * 8)
    assert frames.shape == (8, HEIGHT, WIDTH, 3)
    assert frames[..., 0].mean() > 200
    assert frames[..., 2].mean() < 50


@pytest.mark.parametrize("size", [(2, 2), (1, 640), (640, 1), (64, 64), (360, 640)])
def test_any_size_of_frame_fits(size: tuple[int, int]) -> None:
    picture = np.full((*size, 3), 99, np.uint8)
    assert read_frames([encode(picture)] * 8).shape == (8, HEIGHT, WIDTH, 3)


def test_broken_and_too_few_frames_are_refused() -> None:
    jpegs = [encode(np.full((36, 64, 3), 10 * number, np.uint8)) for number in range(8)]
    with pytest.raises(FrameError, match="has 3"):
        read_frames(jpegs[:3])
    for wrong in (b"", b"not a picture"):
        with pytest.raises(FrameError, match=r"Frame 0 of the shot is not a picture"):
            read_frames([wrong, *jpegs[1:]])
