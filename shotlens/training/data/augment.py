"""Changes clips at random in ways that leave their labels true. Knows no file and no network.

All frames of a clip change alike: to warp each by itself would destroy the movement, which is a label.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from shotlens.predicting.frames import decode
from shotlens.shots.shot import CameraMotion

Pictures = Sequence[NDArray[np.uint8]]  # each (H, W, 3) BGR
SIDES = (160, 240, 320, 480, 640)  # pixels of the longest side in a poor copy of a film
BACKWARDS = {"push": "pull", "pull": "push"}


class Augmentation(BaseModel):
    """How clips are changed while training."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reverse: float = Field(0.5, ge=0, le=1, description="Probability that a clip is reversed: push becomes pull.")
    flip: float = Field(0.5, ge=0, le=1, description="Probability that left and right are swapped.")
    crop: float = Field(0.12, ge=0, le=0.5, description="Largest share of each side that is cut away.")
    light: float = Field(0.8, ge=0, le=1, description="Probability of another exposure, contrast and tint.")
    grey: float = Field(0.2, ge=0, le=1, description="Probability that the colours are taken away.")
    painted: float = Field(
        0.15, ge=0, le=1, description="Probability of flat areas and strong colours, as in cartoons."
    )
    grain: float = Field(0.3, ge=0, le=1, description="Probability of film grain.")
    poor: float = Field(0.5, ge=0, le=1, description="Probability of fewer pixels and stronger compression.")


NONE = Augmentation(reverse=0, flip=0, crop=0, light=0, grey=0, painted=0, grain=0, poor=0)


@dataclass(frozen=True, slots=True)
class Way:
    """How the camera moved, and where the eight frames differ."""

    camera_path: tuple[CameraMotion, ...]
    cells: NDArray[np.float32]  # (ROWS, COLUMNS, 8)
    movement: str | None

    def backwards(self) -> "Way":
        """Return it from end to start: the camera goes back the way it came."""
        path = _negated(self.camera_path, "dx", "dy", "log_scale", "rotation")
        movement = BACKWARDS.get(self.movement, self.movement) if self.movement else None
        return Way(path[::-1], self.cells[..., ::-1], movement)

    def mirrored(self) -> "Way":
        """Return it with left and right swapped."""
        return Way(_negated(self.camera_path, "dx", "rotation"), self.cells[:, ::-1], self.movement)


def _negated(path: tuple[CameraMotion, ...], *names: str) -> tuple[CameraMotion, ...]:
    """Negate these numbers of both motions of each interval."""
    names += tuple(f"second_{name}" for name in names)
    return tuple(replace(motion, **{name: -getattr(motion, name) for name in names}) for motion in path)


def changed(pictures: Pictures, how: Augmentation, random: np.random.Generator) -> Pictures:
    """Crop, light and copy pictures (H, W, 3) BGR anew, all alike; the same `random` gives the same pictures."""
    height, width = pictures[0].shape[:2]
    rows, columns = (max(2, round(size * random.uniform(1 - how.crop, 1))) for size in (height, width))
    top, left = int(random.integers(height - rows + 1)), int(random.integers(width - columns + 1))
    return _developed([picture[top : top + rows, left : left + columns] for picture in pictures], how, random)


def _developed(pictures: Pictures, how: Augmentation, random: np.random.Generator) -> Pictures:
    """Put the pictures on another film stock and make another copy."""
    curve = np.linspace(0, 1, 256)[:, None] * np.ones(3)  # of each of 256 values, for blue, green and red
    if random.random() < how.light:
        curve = curve ** random.uniform(0.7, 1.6) * random.uniform(0.6, 1.15) * random.uniform(0.88, 1.12, 3)
    table = np.clip(np.round(curve * 255), 0, 255).astype(np.uint8)[None]
    grey, grain = random.random() < how.grey, random.uniform(3, 13) * (random.random() < how.grain)
    poor, painted = random.random() < how.poor, random.random() < how.painted
    side, quality = int(random.choice(SIDES)), int(random.integers(50, 95))
    developed = []
    for picture in pictures:
        lit = np.asarray(cv2.LUT(np.ascontiguousarray(picture), table), np.uint8)
        if painted:
            lit = _painted(lit)
        if grey:
            lit = np.repeat(lit.mean(axis=2, keepdims=True), 3, axis=2).astype(np.uint8)
        if grain:
            noise = random.normal(0, grain, lit.shape[:2])[..., None]
            lit = np.clip(lit + noise, 0, 255).astype(np.uint8)
        developed.append(_copied(lit, side, quality) if poor else lit)
    return developed


def _painted(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    flat = cv2.bilateralFilter(cv2.bilateralFilter(picture, 9, 50, 7), 9, 50, 7).astype(np.float32)
    grey = flat.mean(axis=2, keepdims=True)
    return np.asarray(np.clip(grey + 1.4 * (flat - grey), 0, 255), np.uint8)


def _copied(picture: NDArray[np.uint8], side: int, quality: int) -> NDArray[np.uint8]:
    factor = min(1.0, side / max(picture.shape))
    small = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA) if factor < 1 else picture
    return decode(np.asarray(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], np.uint8))
