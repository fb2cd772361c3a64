"""Decides about pictures that are shown for a second or more, as in a slide show. Knows nothing about thumbnails.

Between such pictures anything may have happened, so what is before and after them tells nothing: two of them belong to
one shot if they show the same scene, as those of a surveillance camera or a time-lapse do. Two slides of a talk share a
heading or a sign, which lie in few places.
"""

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from shotlens.cutting.detect.boundaries import Boundary
from shotlens.cutting.picture import Picture
from shotlens.shots.shot import Window

Luma = NDArray[np.uint8]
SLOW = 0.99  # seconds a picture is shown, from which it is a slide
PLACES = (8, 6)  # across and down
MOST_KEYPOINTS = 500
ALIKE = 0.8  # a match must be this much nearer than the second best
REPROJECTION = 4.0  # pixels at 320
SAME_SCENE = 12.0  # matches times the share of the places that they lie in; slides of one talk reach 10.5
IDENTICAL = 3.0  # levels that two pictures differ by at most, in the mean, which may show nothing to match


class Slides:
    """Accepts the pictures in order, and remembers which of them follow a slide, and whether that was another one."""

    def __init__(self) -> None:
        self._before: Picture | None = None
        self._opens: dict[int, bool] = {}  # by the frame that follows a slide, until it is asked for

    def add(self, picture: Picture, window: Window) -> None:
        """Add the next picture, in which film fills `window`."""
        before, self._before = self._before, picture
        if before and picture.time - before.time >= SLOW:
            self._opens[picture.index] = not same_scene(before.tracked(window), picture.tracked(window))

    def boundary(self, frame: int, judged: Boundary | None) -> Boundary | None:
        """Return the boundary at this frame, if there is one, given what the networks say about it."""
        opens = self._opens.pop(frame, None)
        return judged if opens is None else Boundary(frame, "cut") if opens else None


def same_scene(before: Luma, after: Luma) -> bool:
    """Return whether two pictures (h, w) show the same scene, also in other light or from another place."""
    if before.shape == after.shape and float(cv2.absdiff(before, after).mean()) <= IDENTICAL:
        return True
    (points, descriptors), (points_after, descriptors_after) = _keypoints(before), _keypoints(after)
    if min(len(points), len(points_after)) < 4:
        return False
    pairs = cv2.BFMatcher().knnMatch(descriptors, descriptors_after, k=2)
    matches = [(best.queryIdx, best.trainIdx) for best, second in pairs if best.distance < ALIKE * second.distance]
    if len(matches) < 4:
        return False
    own, other = np.array(matches).T
    _, fits = cv2.findHomography(points[own], points_after[other], cv2.RANSAC, REPROJECTION)
    if fits is None:
        return False
    agreed = fits.ravel() == 1
    spread = min(
        _spread(points, points[own[agreed]], before.shape),
        _spread(points_after, points_after[other[agreed]], after.shape),
    )
    return bool(agreed.sum() * spread >= SAME_SCENE)


@cache
def _sift() -> cv2.SIFT:
    return cv2.SIFT.create(MOST_KEYPOINTS, contrastThreshold=0.02)


def _keypoints(luma: Luma) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the places (N, 2), x and y in pixels, and the descriptors (N, 128) of what stands out."""
    keypoints, descriptors = _sift().detectAndCompute(luma, None)
    places = np.array([point.pt for point in keypoints], np.float32).reshape(-1, 2)
    return places, np.asarray(descriptors, np.float32)


def _spread(points: NDArray[np.float32], matched: NDArray[np.float32], shape: tuple[int, ...]) -> float:
    """Return the share of the places with several points in which some are matched."""
    several, some = _per_place(points, shape) > 1, _per_place(matched, shape) > 0
    return float((several & some).sum() / max(1, several.sum()))


def _per_place(points: NDArray[np.float32], shape: tuple[int, ...]) -> NDArray[np.int64]:
    (across, down), (height, width) = PLACES, shape
    x, y = (points[:, 0] * across / width).astype(int), (points[:, 1] * down / height).astype(int)
    return np.bincount(y * across + x, minlength=across * down)
