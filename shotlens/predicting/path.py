"""From the camera path of a shot to the arrays that the network reads. Pure NumPy; knows no network and no decoder."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from shotlens.shots.shot import CameraMotion

STEPS = 32  # points in time to which every camera path is resampled
CHANNELS = 22  # of both motions the speed and place of x, y, log-scale, rotation, and the shares of points
STATISTICS = 86
_MOVES, _SHARES = ("dx", "dy", "log_scale", "rotation"), ("inliers", "still", "edge", "edge_still")
_SECOND_MOVES, _SECOND_SHARES = tuple(f"second_{name}" for name in _MOVES), ("second", "second_edge")
SEEN = 0.05  # share of the points: a second motion of fewer is not worth counting
STRANGE = 0.5  # of the usual inliers: fewer, at an end of the shot, and a frame of the next shot was among the two
# What a viewer barely notices: shares of the longest side (and radians, log-scale) per second, and in all.
SPEED_UNIT = np.array([0.02, 0.02, 0.02, 0.02])
PLACE_UNIT = np.array([0.02, 0.02, 0.02, 0.02])


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
