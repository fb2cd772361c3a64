"""Converts the camera path of a shot to the arrays that the network reads. Pure NumPy; knows nothing about networks."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from shotlens.shots.shot import CameraMotion

STEPS = 32  # points in time to which every camera path is resampled
CHANNELS = 22  # for both motions: speed and position in x, y, log-scale and rotation, and the fractions of points
STATISTICS = 86
_MOVES, _FRACTIONS = ("dx", "dy", "log_scale", "rotation"), ("inliers", "still", "edge", "edge_still")
_SECOND_MOVES, _SECOND_FRACTIONS = tuple(f"second_{name}" for name in _MOVES), ("second", "second_edge")
MIN_SECOND = 0.05  # fraction of the points below which a second motion is ignored
MIN_INLIERS = 0.5  # of the median: with fewer, the first or last interval includes a frame of the adjacent shot
# What a viewer barely notices: fractions of the longer side (and radians, log-scale) per second, and in total.
SPEED_UNIT = np.array([0.02, 0.02, 0.02, 0.02])
POSITION_UNIT = np.array([0.02, 0.02, 0.02, 0.02])


def path_arrays(camera_path: Sequence[CameraMotion]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the path (STEPS, CHANNELS) and statistics (STATISTICS,) of a camera path; zeros for an empty one.

    Speeds are per second and positions are sums since the first frame, so that the result does not depend on the
    number of measured intervals.
    """
    if not camera_path:
        return np.zeros((STEPS, CHANNELS), np.float32), np.zeros(STATISTICS, np.float32)
    seconds = np.array([max(m.seconds, 1e-3) for m in camera_path])
    moves, fractions, second, second_fractions = (
        np.array([[getattr(m, name) for name in names] for m in camera_path])
        for names in (_MOVES, _FRACTIONS, _SECOND_MOVES, _SECOND_FRACTIONS)
    )
    contaminated = _contaminated(fractions[:, 0])
    moves[contaminated], second[contaminated] = 0.0, 0.0
    path = [_resample(seconds, moves, fractions), _resample(seconds, second, second_fractions)]
    statistics = [_statistics(seconds, moves, fractions), _second_statistics(seconds, second, second_fractions)]
    return np.hstack(path), np.concatenate(statistics)


def _contaminated(inliers: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return a mask (N,) of the first and last intervals if they seem to include a frame of the adjacent shot."""
    mask = np.zeros(len(inliers), bool)
    if len(inliers) >= 4:
        mask[[0, -1]] = inliers[[0, -1]] < MIN_INLIERS * np.median(inliers)
    return mask


def _resample(
    seconds: NDArray[np.float64], moves: NDArray[np.float64], fractions: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Resample (N,), (N, 4), (N, S) to (STEPS, 8 + S), equally spaced in time."""
    ends = np.concatenate([[0.0], np.cumsum(seconds)])
    positions = np.vstack([np.zeros(4), np.cumsum(moves, axis=0)])
    times = np.linspace(0.0, ends[-1], STEPS + 1)
    positions = np.stack([np.interp(times, ends, column) for column in positions.T], axis=1)
    speed = np.diff(positions, axis=0) * (STEPS / ends[-1])
    centres, middles = (times[:-1] + times[1:]) / 2, (ends[:-1] + ends[1:]) / 2
    resampled = np.stack([np.interp(centres, middles, column) for column in fractions.T], axis=1)
    columns = [_squash(speed / SPEED_UNIT), _squash(positions[1:] / POSITION_UNIT), resampled]
    return np.hstack(columns).astype(np.float32)


def _statistics(
    seconds: NDArray[np.float64], moves: NDArray[np.float64], fractions: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Return 56 statistics of the whole path, each of order 1."""
    duration, inliers = seconds.sum(), fractions[:, 0]
    speed = moves / seconds[:, None] / SPEED_UNIT
    positions = np.vstack([np.zeros(4), np.cumsum(moves, axis=0)]) / POSITION_UNIT
    smooth = _smooth(speed)
    weighted = (inliers[:, None] * speed).sum(axis=0) / (inliers.sum() + 1e-3)
    lengths = np.abs(moves).sum(axis=0) / POSITION_UNIT
    parts = [
        _squash(weighted),
        _squash(np.abs(speed).mean(axis=0)),
        _squash(np.median(speed, axis=0)),
        _squash(np.abs(speed - smooth).mean(axis=0)),  # shake
        _squash(np.percentile(np.abs(smooth), 90, axis=0)),
        _squash(positions[-1]),
        _squash(np.ptp(positions, axis=0)),
        np.abs(positions[-1]) / (lengths + 1.0),  # 1 if it moves in one direction only
        np.sign(positions[-1]) * (np.sign(smooth) == np.sign(positions[-1])).mean(axis=0),
        [inliers.mean(), inliers.min(), np.median(inliers), (inliers < 0.3).mean()],
        [np.log(duration), np.log(len(seconds)) / 3],
        _squash(np.linalg.norm(positions[-1, :2]) - np.abs(positions[-1, 2:3])),
        [(np.hypot(speed[:, 0], speed[:, 1]) < 0.5).mean()],  # fraction of intervals in which it stands still
        *(statistic(fractions[:, 1:], axis=0) for statistic in (np.mean, np.min, np.median, np.max)),
    ]
    return np.concatenate([np.asarray(part, np.float64) for part in parts]).astype(np.float32)


def _second_statistics(
    seconds: NDArray[np.float64], moves: NDArray[np.float64], fractions: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Return 30 statistics of all second motions, each of order 1."""
    fraction = fractions[:, 0]
    speed = moves / seconds[:, None] / SPEED_UNIT
    positions = np.vstack([np.zeros(4), np.cumsum(moves, axis=0)]) / POSITION_UNIT
    present = fraction > MIN_SECOND
    parts = [
        _squash((fraction[:, None] * speed).sum(axis=0) / (fraction.sum() + 1e-3)),
        _squash((fraction[:, None] * np.abs(speed)).sum(axis=0) / (fraction.sum() + 1e-3)),
        _squash(np.median(speed, axis=0)),
        _squash(np.abs(speed).mean(axis=0)),
        _squash(np.ptp(positions, axis=0)),
        *(statistic(fractions, axis=0) for statistic in (np.mean, np.max, np.median, np.min)),
        [(present & (np.hypot(speed[:, 0], speed[:, 1]) < 0.5)).mean(), present.mean()],
    ]
    return np.concatenate([np.asarray(part, np.float64) for part in parts]).astype(np.float32)


def _smooth(speed: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the moving average over about five intervals, (N, 4) -> (N, 4)."""
    width = min(5, len(speed))
    weight = np.convolve(np.ones(len(speed)), np.ones(width), "same")
    return np.stack([np.convolve(column, np.ones(width), "same") / weight for column in speed.T], axis=1)


def _squash(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compress large values logarithmically: a whip pan is not a hundred times as informative as a slow one."""
    return np.arcsinh(values)
