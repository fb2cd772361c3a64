"""Converts the eight JPEGs of a shot to the frames and cells that the network reads. Knows nothing about networks."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from shotlens.predicting.errors import FrameError
from shotlens.shots.shot import FRAMES_PER_SHOT

HEIGHT, WIDTH = 128, 224  # of the shipped network's input frames: 16:9 keeps its aspect ratio, others are distorted
ROWS, COLUMNS = 16, 28  # of cells: frames are compared by cell means, so that noise and slight shake do not matter
BLACK = 24  # of 255: video black (16) plus JPEG ringing


def read_frames(jpegs: Sequence[bytes], size: tuple[int, int] = (HEIGHT, WIDTH)) -> NDArray[np.uint8]:
    """Return the eight JPEGs as (8, height, width, 3) RGB, without black bars. Raises FrameError."""
    if len(jpegs) != FRAMES_PER_SHOT:
        raise FrameError(f"A shot must have {FRAMES_PER_SHOT} frames, but this one has {len(jpegs)}.")
    pictures = {jpeg: _decoded(jpeg, jpegs.index(jpeg)) for jpeg in set(jpegs)}  # a short shot repeats frames
    return resized_without_bars([pictures[jpeg] for jpeg in jpegs], size)[..., ::-1]  # OpenCV decodes to BGR


def resized_without_bars(
    pictures: Sequence[NDArray[np.uint8]], size: tuple[int, int] = (HEIGHT, WIDTH)
) -> NDArray[np.uint8]:
    """Crop the black bars shared by all `pictures` (H, W, 3), and resize to (N, height, width, 3)."""
    return np.stack([cv2.resize(p, size[::-1], interpolation=cv2.INTER_AREA) for p in without_bars(pictures)])


def without_bars(pictures: Sequence[NDArray[np.uint8]]) -> list[NDArray[np.uint8]]:
    """Crop the black bars shared by all `pictures` (H, W, 3)."""
    top, bottom, left, right = content_box(pictures)
    return [picture[top:bottom, left:right] for picture in pictures]


def cells(frames: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the grey means of the cells of frames (8, H, W, 3): (ROWS, COLUMNS, 8), with a contrast of about 1."""
    pictures = frames.astype(np.float32, order="C")
    means = [cv2.resize(picture, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA) for picture in pictures]
    small = np.stack(means, axis=2).mean(axis=3) / 255
    return np.asarray((small - small.mean()) / (small.std() + 0.02), np.float32)


def content_box(pictures: Sequence[NDArray[np.uint8]]) -> tuple[int, int, int, int]:
    """Return top, bottom, left and right of the area that is not a black bar in all pictures (H, W, 3)."""
    height, width = pictures[0].shape[:2]
    rows, columns = np.zeros(height, bool), np.zeros(width, bool)
    for picture in pictures:
        if picture.shape[:2] != (height, width):
            return 0, height, 0, width  # the frame size changes within the shot
        bright = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) > BLACK
        # Dirt or a subtitle on a bar covers less than a twentieth of a row or column.
        rows |= bright.mean(axis=1) > 0.05
        columns |= bright.mean(axis=0) > 0.05
    # More than 60 % black is a dark picture, not a bar.
    if rows.sum() < 0.4 * height or columns.sum() < 0.4 * width:
        return 0, height, 0, width
    y, x = np.flatnonzero(rows), np.flatnonzero(columns)
    return int(y[0]), int(y[-1]) + 1, int(x[0]), int(x[-1]) + 1


def decode(data: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Decode a JPEG to BGR (H, W, 3), at half size if that is still as large as the network needs."""
    picture = cv2.imdecode(data, cv2.IMREAD_REDUCED_COLOR_2) if data.size else None
    if picture is not None and min(picture.shape[0] / HEIGHT, picture.shape[1] / WIDTH) < 1:
        picture = cv2.imdecode(data, cv2.IMREAD_COLOR)
    if picture is None:
        raise FrameError("These bytes are not a picture.")
    return np.asarray(picture, np.uint8)


def _decoded(jpeg: bytes, k: int) -> NDArray[np.uint8]:
    try:
        return decode(np.frombuffer(jpeg, np.uint8))
    except FrameError as error:
        raise FrameError(f"Frame {k} of the shot is not a picture.") from error
