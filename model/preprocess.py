"""From a shot to the arrays the network reads. Pure numpy and OpenCV; knows no network and no decoder."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from jobs.shot import FRAMES_PER_SHOT, CameraMotion, Shot
from model.errors import FrameError

HEIGHT, WIDTH = 128, 224  # of a frame as the shipped network sees it: 16:9 keeps its form, others are squeezed
ROWS, COLUMNS = 16, 28  # of cells: frames are compared by their means, so that noise and a small shake do not count
STEPS = 32  # points in time to which every camera path is resampled
CHANNELS = 22  # of both motions the speed and place of x, y, log-scale, rotation, and the shares of points
STATISTICS = 86
_MOVES, _SHARES = ("dx", "dy", "log_scale", "rotation"), ("inliers", "still", "edge", "edge_still")
_SECOND_MOVES, _SECOND_SHARES = tuple(f"second_{name}" for name in _MOVES), ("second", "second_edge")
SEEN = 0.05  # share of the points: a second motion of fewer is not worth counting
STRANGE = 0.5  # of the usual inliers: fewer, at an end of the shot, and a frame of the next shot was among the two
BLACK = 24  # of 255: video black (16) with the ripple of JPEG around it
# What a viewer barely notices: shares of the longest side (and radians, log-scale) per second, and in all.
SPEED_UNIT = np.array([0.02, 0.02, 0.02, 0.02])
PLACE_UNIT = np.array([0.02, 0.02, 0.02, 0.02])


Inputs = dict[str, NDArray[np.uint8] | NDArray[np.float32]]  # the arrays under the names of the network's inputs


@dataclass(frozen=True, slots=True)
class Batch:
    """What the network reads, N shots at a time."""

    frames: NDArray[np.uint8]  # (N, 8, H, W, 3) RGB
    cells: NDArray[np.float32]  # (N, ROWS, COLUMNS, 8)
    path: NDArray[np.float32]  # (N, STEPS, CHANNELS)
    statistics: NDArray[np.float32]  # (N, STATISTICS)

    def inputs(self) -> Inputs:
        """The arrays under the names of the network's inputs."""
        return {"frames": self.frames, "cells": self.cells, "path": self.path, "statistics": self.statistics}


def prepare(shots: Sequence[Shot], size: tuple[int, int] = (HEIGHT, WIDTH)) -> Batch:
    """Read the shots' frames, in `size`, and paths; raises FrameError. `shots` may be empty."""
    batch = empty(len(shots), size)

    def fill(row: int) -> None:
        batch.frames[row] = read_frames(shots[row].frames, size)
        batch.cells[row] = cells(batch.frames[row])
        batch.path[row], batch.statistics[row] = path_arrays(shots[row].camera_path)

    with ThreadPoolExecutor() as readers:
        list(readers.map(fill, range(len(shots))))
    return batch


def empty(count: int, size: tuple[int, int] = (HEIGHT, WIDTH)) -> Batch:
    """Return a batch of nothing: black frames of (height, width) that do not move."""
    return Batch(
        frames=np.zeros((count, FRAMES_PER_SHOT, *size, 3), np.uint8),
        cells=np.zeros((count, ROWS, COLUMNS, FRAMES_PER_SHOT), np.float32),
        path=np.zeros((count, STEPS, CHANNELS), np.float32),
        statistics=np.zeros((count, STATISTICS), np.float32),
    )


def read_frames(paths: Sequence[Path], size: tuple[int, int] = (HEIGHT, WIDTH)) -> NDArray[np.uint8]:
    """(8, height, width, 3) RGB of the eight JPEG files, without black bars; raises FrameError."""
    if len(paths) != FRAMES_PER_SHOT:
        raise FrameError(f"A shot has {FRAMES_PER_SHOT} frames, this one has {len(paths)}.")
    known: dict[Path, NDArray[np.uint8]] = {}  # a short shot names a frame more than once
    for path in paths:
        if path not in known:
            known[path] = _decode(path)
    return fit([known[path] for path in paths], size)[..., ::-1]  # OpenCV decodes to BGR


def fit(pictures: Sequence[NDArray[np.uint8]], size: tuple[int, int] = (HEIGHT, WIDTH)) -> NDArray[np.uint8]:
    """Strip the bars all `pictures` (H, W, 3) share and resize: (N, height, width, 3)."""
    return np.stack([cv2.resize(p, size[::-1], interpolation=cv2.INTER_AREA) for p in stripped(pictures)])


def stripped(pictures: Sequence[NDArray[np.uint8]]) -> list[NDArray[np.uint8]]:
    """Cut off the black bars that all `pictures` (H, W, 3) share."""
    top, bottom, left, right = content(pictures)
    return [picture[top:bottom, left:right] for picture in pictures]


def cells(frames: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Frames (8, H, W, 3) -> grey means of their cells, (ROWS, COLUMNS, 8), of contrast about 1."""
    pictures = frames.astype(np.float32, order="C")
    means = [cv2.resize(picture, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA) for picture in pictures]
    small = np.stack(means, axis=2).mean(axis=3) / 255
    return np.asarray((small - small.mean()) / (small.std() + 0.02), np.float32)


def content(pictures: Sequence[NDArray[np.uint8]]) -> tuple[int, int, int, int]:
    """Top, bottom, left and right of what is not a black bar in any of the pictures (H, W, 3)."""
    height, width = pictures[0].shape[:2]
    rows, columns = np.zeros(height, bool), np.zeros(width, bool)
    for picture in pictures:
        if picture.shape[:2] != (height, width):
            return 0, height, 0, width  # the format changes within the shot
        bright = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) > BLACK
        # A speck of dirt or a subtitle on the bar is less than a twentieth of it.
        rows |= bright.mean(axis=1) > 0.05
        columns |= bright.mean(axis=0) > 0.05
    # More than 60 % black is a dark picture, not a bar.
    if rows.sum() < 0.4 * height or columns.sum() < 0.4 * width:
        return 0, height, 0, width
    y, x = np.flatnonzero(rows), np.flatnonzero(columns)
    return int(y[0]), int(y[-1]) + 1, int(x[0]), int(x[-1]) + 1


def path_arrays(camera_path: Sequence[CameraMotion]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Path (STEPS, CHANNELS) and statistics (STATISTICS,) of a camera path; zeros for an empty one.

    Speeds are per second and places are sums since the first frame, so that a shot says the same
    however many intervals it was measured in.
    """
    if not camera_path:
        return np.zeros((STEPS, CHANNELS), np.float32), np.zeros(STATISTICS, np.float32)
    seconds = np.array([max(m.seconds, 1e-3) for m in camera_path])
    moves, shares, second, second_shares = (
        np.array([[getattr(m, name) for name in names] for m in camera_path])
        for names in (_MOVES, _SHARES, _SECOND_MOVES, _SECOND_SHARES)
    )
    strange = _strange(shares[:, 0])
    moves[strange], second[strange] = 0.0, 0.0
    path = [_resample(seconds, moves, shares), _resample(seconds, second, second_shares)]
    statistics = [_statistics(seconds, moves, shares), _second_statistics(seconds, second, second_shares)]
    return np.hstack(path), np.concatenate(statistics)


def _decode(path: Path) -> NDArray[np.uint8]:
    try:
        return decode(np.fromfile(path, np.uint8))
    except OSError as error:
        raise FrameError(f"The frame {path.name} cannot be read: {error.strerror}.") from error
    except FrameError as error:
        raise FrameError(f"The frame {path.name} is not a picture.") from error


def decode(data: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A JPEG's bytes -> BGR (H, W, 3), halved while decoding where it stays larger than the network needs."""
    picture = cv2.imdecode(data, cv2.IMREAD_REDUCED_COLOR_2) if data.size else None
    if picture is not None and min(picture.shape[0] / HEIGHT, picture.shape[1] / WIDTH) < 1:
        picture = cv2.imdecode(data, cv2.IMREAD_COLOR)
    if picture is None:
        raise FrameError("These bytes are not a picture.")
    return np.asarray(picture, np.uint8)


def _strange(inliers: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(N,): the first and the last interval where a frame of the neighbouring shot seems to be among the two."""
    strange = np.zeros(len(inliers), bool)
    if len(inliers) >= 4:
        strange[[0, -1]] = inliers[[0, -1]] < STRANGE * np.median(inliers)
    return strange


def _resample(
    seconds: NDArray[np.float64], moves: NDArray[np.float64], shares: NDArray[np.float64]
) -> NDArray[np.float32]:
    """(N,), (N, 4), (N, S) -> (STEPS, 8 + S), at equal distances in time."""
    ends = np.concatenate([[0.0], np.cumsum(seconds)])
    places = np.vstack([np.zeros(4), np.cumsum(moves, axis=0)])
    times = np.linspace(0.0, ends[-1], STEPS + 1)
    places = np.stack([np.interp(times, ends, column) for column in places.T], axis=1)
    speed = np.diff(places, axis=0) * (STEPS / ends[-1])
    then, middles = (times[:-1] + times[1:]) / 2, (ends[:-1] + ends[1:]) / 2
    trust = np.stack([np.interp(then, middles, column) for column in shares.T], axis=1)
    columns = [_squash(speed / SPEED_UNIT), _squash(places[1:] / PLACE_UNIT), trust]
    return np.hstack(columns).astype(np.float32)


def _statistics(
    seconds: NDArray[np.float64], moves: NDArray[np.float64], shares: NDArray[np.float64]
) -> NDArray[np.float32]:
    """What can be said of the path as a whole, in 56 numbers of order 1."""
    duration, inliers = seconds.sum(), shares[:, 0]
    speed = moves / seconds[:, None] / SPEED_UNIT
    places = np.vstack([np.zeros(4), np.cumsum(moves, axis=0)]) / PLACE_UNIT
    smooth = _smooth(speed)
    trusted = (inliers[:, None] * speed).sum(axis=0) / (inliers.sum() + 1e-3)
    ways = np.abs(moves).sum(axis=0) / PLACE_UNIT
    parts = [
        _squash(trusted),
        _squash(np.abs(speed).mean(axis=0)),
        _squash(np.median(speed, axis=0)),
        _squash(np.abs(speed - smooth).mean(axis=0)),  # the shake
        _squash(np.percentile(np.abs(smooth), 90, axis=0)),
        _squash(places[-1]),
        _squash(np.ptp(places, axis=0)),
        np.abs(places[-1]) / (ways + 1.0),  # 1 where it goes one way only
        np.sign(places[-1]) * (np.sign(smooth) == np.sign(places[-1])).mean(axis=0),
        [inliers.mean(), inliers.min(), np.median(inliers), (inliers < 0.3).mean()],
        [np.log(duration), np.log(len(seconds)) / 3],
        _squash(np.linalg.norm(places[-1, :2]) - np.abs(places[-1, 2:3])),
        [(np.hypot(speed[:, 0], speed[:, 1]) < 0.5).mean()],  # the time it stands still
        *(summary(shares[:, 1:], axis=0) for summary in (np.mean, np.min, np.median, np.max)),
    ]
    return np.concatenate([np.asarray(part, np.float64) for part in parts]).astype(np.float32)


def _second_statistics(
    seconds: NDArray[np.float64], moves: NDArray[np.float64], shares: NDArray[np.float64]
) -> NDArray[np.float32]:
    """What can be said of the second motions as a whole, in 30 numbers of order 1."""
    share = shares[:, 0]
    speed = moves / seconds[:, None] / SPEED_UNIT
    places = np.vstack([np.zeros(4), np.cumsum(moves, axis=0)]) / PLACE_UNIT
    seen = share > SEEN
    parts = [
        _squash((share[:, None] * speed).sum(axis=0) / (share.sum() + 1e-3)),
        _squash((share[:, None] * np.abs(speed)).sum(axis=0) / (share.sum() + 1e-3)),
        _squash(np.median(speed, axis=0)),
        _squash(np.abs(speed).mean(axis=0)),
        _squash(np.ptp(places, axis=0)),
        *(summary(shares, axis=0) for summary in (np.mean, np.max, np.median, np.min)),
        [(seen & (np.hypot(speed[:, 0], speed[:, 1]) < 0.5)).mean(), seen.mean()],
    ]
    return np.concatenate([np.asarray(part, np.float64) for part in parts]).astype(np.float32)


def _smooth(speed: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean over about five intervals, (N, 4) -> (N, 4)."""
    width = min(5, len(speed))
    weight = np.convolve(np.ones(len(speed)), np.ones(width), "same")
    return np.stack([np.convolve(column, np.ones(width), "same") / weight for column in speed.T], axis=1)


def _squash(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Logarithmic for large values: a whip pan is not a hundred times as telling as a slow one."""
    return np.arcsinh(values)
