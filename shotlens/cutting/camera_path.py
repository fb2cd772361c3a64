"""Measures the camera path of one shot from reduced luma. Knows nothing about decoders, labels or networks."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from shotlens.shots.shot import CameraMotion

# Minimum time between the frames that are compared: 3 frames at 24 and 25 per second, 4 at 30, 7 at 60.
INTERVAL = 0.11  # seconds
MAX_INTERVALS = 512  # per shot; beyond this, neighbours are joined, so that memory does not grow with the shot
CELL = 16  # pixels: one point is tracked per cell, so that no richly textured object outvotes everything else
WINDOW = (16, 15)  # pixels compared around a point; OpenCV processes 8 of a row at once, so a width of 15 costs double
TOLERANCE = 1.0  # pixels at a longer side of 320: the largest reprojection error of an inlier
MIN_TEXTURE = 1e-4  # minimum eigenvalue of a 5x5 block that is more than noise on a flat wall
MIN_POINTS = 6  # with fewer tracked points, the camera motion cannot be estimated
STILL = 0.5  # pixels: a point that moved less stands still
# A still background wins over a moving subject that covers up to twice as many points.
STILL_AGAINST_MOVING = 0.5
EDGE = (0.35, 0.31)  # fractions of width and height: a point farther from the centre is near the edge
MIN_AT_EDGE = 4  # with fewer points near the edge, all points count as near it
MAX_CHANGE = 0.35  # log-scale, and radians, per interval: more is chance, not a camera
_Motion = tuple[float, float, float, float]  # dx, dy, log-scale, rotation, as in `CameraMotion`
_NO_MOTION = (0.0, 0.0, 0.0, 0.0)


class CameraPath:
    """Measures how the picture moves between frames about 1/8 s apart.

    Sparse points are tracked by pyramidal Lucas-Kanade. RANSAC fits the similarity that most of them follow (2 pixels
    at 640 are 1 at 320: reference RANSAC camera path), and then the one that most of the others follow. The result is
    deterministic.
    """

    _reference: NDArray[np.uint8] | None  # the frame that later ones are compared with
    _last: NDArray[np.uint8] | None  # the latest frame, if it is too close in time to be compared

    def __init__(self) -> None:
        self._reset()

    def add(self, time: float, luma: NDArray[np.uint8]) -> None:
        """Add the next frame of the shot: `time` in seconds, `luma` (H, W), longer side 320, upright.

        Pass every frame, in order. The caller may reuse the array afterwards.
        """
        if self._reference is None:
            self._reference, self._reference_time = luma.copy(), time
        elif time - self._reference_time >= INTERVAL:
            self._measure(time, luma)
            self._reference, self._reference_time = luma.copy(), time
            self._last = None
        else:
            self._last, self._last_time = luma.copy(), time

    def finish(self) -> tuple[CameraMotion, ...]:
        """Return the path of the shot, of at most `MAX_INTERVALS`, empty for one frame; reset for the next shot."""
        if self._last is not None:
            self._measure(self._last_time, self._last)
        if self._pending:
            self._motions.append(_join(self._pending))
        path = tuple(self._motions)
        self._reset()
        return path

    def _reset(self) -> None:
        self._reference, self._last = None, None
        self._reference_time, self._last_time = 0.0, 0.0
        self._motions: list[CameraMotion] = []
        self._pending: list[CameraMotion] = []  # measured, but not enough yet to make one interval
        self._per_interval = 1

    def _measure(self, time: float, luma: NDArray[np.uint8]) -> None:
        assert self._reference is not None
        self._pending.append(measure(self._reference, luma, time - self._reference_time))
        if len(self._pending) < self._per_interval:
            return
        if len(self._motions) == MAX_INTERVALS - 1:  # one slot is reserved for what is pending at the end
            self._pending.insert(0, self._motions.pop())  # which leaves an even number
            pairs = zip(self._motions[::2], self._motions[1::2], strict=True)
            self._motions = [_join(list(pair)) for pair in pairs]
            self._per_interval *= 2
        self._motions.append(_join(self._pending))
        self._pending = []


def measure(before: NDArray[np.uint8], after: NDArray[np.uint8], seconds: float) -> CameraMotion:
    """Return the similarity that maps `before` to `after`, both (H, W); without inliers if tracking fails."""
    no_motion = CameraMotion(seconds, 0.0, 0.0, 0.0, 0.0, 0.0)
    if before.shape != after.shape or min(before.shape) < 2 * CELL:
        return no_motion
    points = _points(before)
    if len(points) < MIN_POINTS:
        return no_motion
    moved, status, _ = cv2.calcOpticalFlowPyrLK(before, after, points, None, winSize=WINDOW, maxLevel=3)  # type: ignore[call-overload]  # the stub forbids None
    tracked = status.ravel() == 1
    if tracked.sum() < MIN_POINTS:
        return no_motion
    centre = np.array([before.shape[1] - 1, before.shape[0] - 1], np.float32) / 2
    origin, target = points[tracked, 0] - centre, moved[tracked, 0] - centre
    return _similarity(origin, target, seconds, before.shape, len(points))


def _points(luma: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the most textured point of each cell: (N, 1, 2) float32, x and y in pixels."""
    texture = cv2.cornerMinEigenVal(luma, 5)
    rows, columns = luma.shape[0] // CELL, luma.shape[1] // CELL
    grid = texture[: rows * CELL, : columns * CELL].reshape(rows, CELL, columns, CELL)
    cells = grid.transpose(0, 2, 1, 3).reshape(rows * columns, CELL * CELL)
    best = cells.argmax(axis=1)
    textured = cells[np.arange(len(cells)), best] > MIN_TEXTURE
    row, column = np.divmod(np.arange(rows * columns), columns)
    x, y = column * CELL + best % CELL, row * CELL + best // CELL
    points: NDArray[np.float32] = np.stack([x, y], axis=1)[textured].astype(np.float32)[:, None, :]
    return points


def _similarity(
    origin: NDArray[np.float32], target: NDArray[np.float32], seconds: float, shape: tuple[int, ...], attempted: int
) -> CameraMotion:
    """Fit origin -> target, (N, 2) pixels about the centre of a frame of `shape`; `attempted` includes lost points."""
    side = max(shape)
    motion, follows = _dominant_motion(origin, target, side)
    if motion is None:
        return CameraMotion(seconds, 0.0, 0.0, 0.0, 0.0, 0.0)
    still = np.hypot(*(target - origin).T) < STILL
    edge = np.any(np.abs(origin) > np.array(EDGE) * (shape[1], shape[0]), axis=1)
    edge = edge if edge.sum() >= MIN_AT_EDGE else np.ones_like(edge)
    if np.sum(still & ~follows) > STILL_AGAINST_MOVING * follows.sum():
        motion, follows = _NO_MOTION, still
    elif not _plausible(motion):
        motion, follows = _NO_MOTION, np.zeros_like(follows)
    second, second_follows = _second_motion(origin, target, side, ~follows)
    return CameraMotion(
        seconds,
        *motion,
        inliers=float(follows.sum() / attempted),
        still=float(still.sum() / attempted),
        edge=float(follows[edge].mean()),
        edge_still=float(still[edge].mean()),
        second_dx=second[0],
        second_dy=second[1],
        second_log_scale=second[2],
        second_rotation=second[3],
        second=float(second_follows.sum() / attempted),
        second_edge=float(second_follows[edge].mean()),
    )


def _dominant_motion(
    origin: NDArray[np.float32], target: NDArray[np.float32], side: int
) -> tuple[_Motion | None, NDArray[np.bool_]]:
    """Return the motion that most points follow, None if there is none, and a mask of those that follow it."""
    matrix, follows = cv2.estimateAffinePartial2D(
        origin, target, method=cv2.RANSAC, ransacReprojThreshold=TOLERANCE, maxIters=500, confidence=0.99
    )
    if matrix is None:
        return None, np.zeros(len(origin), bool)
    log_scale = math.log(max(math.hypot(matrix[0, 0], matrix[1, 0]), 1e-3))
    rotation = math.atan2(matrix[1, 0], matrix[0, 0])
    return (float(matrix[0, 2] / side), float(matrix[1, 2] / side), log_scale, rotation), follows.ravel() == 1


def _second_motion(
    origin: NDArray[np.float32], target: NDArray[np.float32], side: int, others: NDArray[np.bool_]
) -> tuple[_Motion, NDArray[np.bool_]]:
    """Return the motion that most of the `others` follow, and a mask of those that do: none, if they are too few."""
    follows = np.zeros_like(others)
    if others.sum() < MIN_POINTS:
        return _NO_MOTION, follows
    motion, inliers = _dominant_motion(origin[others], target[others], side)
    if motion is None or not _plausible(motion) or inliers.sum() < MIN_POINTS:
        return _NO_MOTION, follows
    follows[others] = inliers
    return motion, follows


def _plausible(motion: _Motion) -> bool:
    return max(abs(motion[2]), abs(motion[3])) <= MAX_CHANGE


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def _join(motions: list[CameraMotion]) -> CameraMotion:
    """Return the composition of consecutive motions as a single one."""
    first = _composed([(m.dx, m.dy, m.log_scale, m.rotation) for m in motions])
    second = _composed([(m.second_dx, m.second_dy, m.second_log_scale, m.second_rotation) for m in motions])
    return CameraMotion(
        sum(motion.seconds for motion in motions),
        *first,
        inliers=_mean([motion.inliers for motion in motions]),
        still=_mean([motion.still for motion in motions]),
        edge=_mean([motion.edge for motion in motions]),
        edge_still=_mean([motion.edge_still for motion in motions]),
        second_dx=second[0],
        second_dy=second[1],
        second_log_scale=second[2],
        second_rotation=second[3],
        second=_mean([motion.second for motion in motions]),
        second_edge=_mean([motion.second_edge for motion in motions]),
    )


def _composed(motions: list[_Motion]) -> _Motion:
    shift, total = 0j, 1 + 0j  # the total scale and rotation as a complex factor
    for dx, dy, log_scale, rotation in motions:
        factor = math.exp(log_scale) * complex(math.cos(rotation), math.sin(rotation))
        shift, total = shift * factor + complex(dx, dy), total * factor
    return shift.real, shift.imag, math.log(abs(total)), math.atan2(total.imag, total.real)
