"""Converts the eight JPEGs of a shot to the frames and cells that the network reads. Knows nothing about networks."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from shotlens.predicting.errors import FrameError
from shotlens.shots.shot import FRAMES_PER_SHOT, WHOLE, Window

Picture = NDArray[np.uint8]  # (H, W, 3) BGR

HEIGHT, WIDTH = 128, 224  # of the shipped network's input frames: 16:9 keeps its aspect ratio, others are distorted
ROWS, COLUMNS = 16, 28  # of cells: frames are compared by cell means, so that noise and slight shake do not matter
# Which of the eight frames the scale is predicted from: it rarely changes within a shot, and each frame takes time.
SCALE_FRAMES = (1, 3, 4, 6)
BLACK = 24  # of 255: video black (16) plus JPEG ringing


@dataclass(frozen=True, slots=True)
class Pictures:
    """A shot's frames, without the black bars that those of `SCALE_FRAMES` share."""

    large: list[Picture]  # those of `SCALE_FRAMES`, at least as large as the network needs if they are stored so large
    small: list[Picture]  # all eight, at half that size


def read_pictures(jpegs: Sequence[bytes], run: Callable[..., Iterable[Any]] = map, window: Window = WHOLE) -> Pictures:
    """Decode the eight JPEGs of a shot, in which film fills `window`; `run` may map in parallel. Raises FrameError."""
    if len(jpegs) != FRAMES_PER_SHOT:
        raise FrameError(f"A shot must have {FRAMES_PER_SHOT} frames, but this one has {len(jpegs)}.")
    # A short shot repeats frames, which are decoded once.
    large = _by_jpeg(run, partial(_large, window=window), {jpegs[k]: k for k in reversed(SCALE_FRAMES)})
    half = _half(next(iter(large.values())))
    rest = {jpegs[k]: k for k in reversed(range(FRAMES_PER_SHOT)) if jpegs[k] not in large}
    small = _by_jpeg(run, partial(_small, size=half, window=window), rest) | {
        jpeg: np.asarray(cv2.resize(picture, _half(picture)[::-1], interpolation=cv2.INTER_AREA), np.uint8)
        for jpeg, picture in large.items()
    }
    pictures = Pictures([large[jpegs[k]] for k in SCALE_FRAMES], [small[jpeg] for jpeg in jpegs])
    if len({picture.shape for picture in large.values()}) > 1:
        return pictures  # the frame size changes within the shot
    top, bottom, left, right = content_box(pictures.large)
    return Pictures(
        [picture[top:bottom, left:right] for picture in pictures.large],
        [picture[top // 2 : -(-bottom // 2), left // 2 : -(-right // 2)] for picture in pictures.small],
    )


def resized(pictures: Sequence[Picture], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Resize `pictures` to (N, height, width, 3) RGB, where `size` is (height, width)."""
    small = (cv2.resize(picture, size[::-1], interpolation=cv2.INTER_AREA) for picture in pictures)
    return np.asarray([cv2.cvtColor(picture, cv2.COLOR_BGR2RGB) for picture in small], np.uint8)


def without_bars(pictures: Sequence[Picture]) -> list[Picture]:
    """Crop the black bars shared by all `pictures`, unless they differ in size."""
    if len({picture.shape for picture in pictures}) > 1:
        return list(pictures)
    top, bottom, left, right = content_box(pictures)
    return [picture[top:bottom, left:right] for picture in pictures]


def cells(pictures: Sequence[Picture]) -> NDArray[np.float32]:
    """Return the grey means of the cells of eight pictures: (ROWS, COLUMNS, 8), with a contrast of about 1."""
    floats = (picture.astype(np.float32) for picture in pictures)
    means = [cv2.resize(picture, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA) for picture in floats]
    small = np.stack(means, axis=2).mean(axis=3) / 255
    return np.asarray((small - small.mean()) / (small.std() + 0.02), np.float32)


def content_box(pictures: Sequence[Picture]) -> tuple[int, int, int, int]:
    """Return top, bottom, left and right of the area that is not a black bar in all pictures, which have one size."""
    height, width = pictures[0].shape[:2]
    rows, columns = np.zeros(height, bool), np.zeros(width, bool)
    for picture in pictures:
        _, bright = cv2.threshold(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), BLACK, 1, cv2.THRESH_BINARY)
        # Dirt or a subtitle on a bar covers less than a twentieth of a row or column.
        rows |= cv2.reduce(bright, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S)[:, 0] > 0.05 * width
        columns |= cv2.reduce(bright, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S)[0] > 0.05 * height
    # More than 60 % black is a dark picture, not a bar.
    if rows.sum() < 0.4 * height or columns.sum() < 0.4 * width:
        return 0, height, 0, width
    y, x = np.flatnonzero(rows), np.flatnonzero(columns)
    return int(y[0]), int(y[-1]) + 1, int(x[0]), int(x[-1]) + 1


def decode(data: NDArray[np.uint8], window: Window = WHOLE) -> Picture:
    """Decode what a JPEG shows within `window` to BGR (H, W, 3), at half size if the network needs no larger one."""
    picture = _part(cv2.imdecode(data, cv2.IMREAD_REDUCED_COLOR_2), window) if data.size else None
    if picture is not None and min(picture.shape[0] / HEIGHT, picture.shape[1] / WIDTH) < 1:
        picture = _part(cv2.imdecode(data, cv2.IMREAD_COLOR), window)
    if picture is None:
        raise FrameError("These bytes are not a picture.")
    return np.asarray(picture, np.uint8)


def _by_jpeg(
    run: Callable[..., Iterable[Any]], decode_one: Callable[[bytes, int], Picture], place: dict[bytes, int]
) -> dict[bytes, Picture]:
    return dict(zip(place, run(decode_one, place.keys(), place.values()), strict=True))


def _part(picture: NDArray[Any] | None, window: Window) -> NDArray[Any] | None:
    return None if picture is None else picture[window.slices(picture.shape)]


def _large(jpeg: bytes, k: int, window: Window) -> Picture:
    try:
        return decode(np.frombuffer(jpeg, np.uint8), window)
    except FrameError as error:
        raise FrameError(f"Frame {k} of the shot is not a picture.") from error


def _small(jpeg: bytes, k: int, size: tuple[int, int], window: Window) -> Picture:
    """Decode at a quarter or at half the stored size, whichever gives `size` (height, width), give or take a pixel."""
    for reduction in (cv2.IMREAD_REDUCED_COLOR_4, cv2.IMREAD_REDUCED_COLOR_2):
        picture = _part(cv2.imdecode(np.frombuffer(jpeg, np.uint8), reduction), window) if jpeg else None
        if picture is None:
            raise FrameError(f"Frame {k} of the shot is not a picture.")
        if picture.shape[0] >= size[0] - 1 and picture.shape[1] >= size[1] - 1:
            break
    return np.asarray(picture, np.uint8)


def _half(picture: Picture) -> tuple[int, int]:
    """Return half the height and width, rounded up, as a JPEG decoder does."""
    height, width = picture.shape[:2]
    return (height + 1) // 2, (width + 1) // 2
