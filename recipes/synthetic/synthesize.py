"""Makes clips whose movement is known: virtual cameras over photos and still-camera videos, with moving subjects.

A clip holds what serving would see: the camera path that `CameraPath` measures, and eight JPEG frames.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from recipes.synthetic.camera import OVER_GROUND, Floats, trajectory
from recipes.synthetic.cutouts import Cutout
from recipes.synthetic.layers import layers
from recipes.synthetic.sources import fold_of, read_photo
from recipes.synthetic.stage import Stage
from shotlens.cutting.camera_path import INTERVAL, CameraPath
from shotlens.cutting.cut import JPEG_QUALITY
from shotlens.shots.heads import MOVEMENT
from shotlens.shots.shot import FRAMES_PER_SHOT, CameraMotion

SIDE = 320  # pixels, the longest side of what the camera path sees
ASPECTS = (16 / 9, 16 / 9, 16 / 9, 4 / 3, 4 / 3, 1.85, 2.39)
RATES = (12.0, 15.0, 24.0, 24.0, 25.0, 25.0, 30.0, 30.0, 50.0, 60.0)
LONG = 0.12  # share of the clips that last from 8 to 20 seconds; the others 0.3 to 8

Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Clip:
    """A shot that never was, and its movement."""

    movement: str
    source: Path  # of its background; its cut-outs are from the same fold
    subject: bool  # whether something large moves in it
    camera_path: tuple[CameraMotion, ...]
    jpegs: tuple[Picture, ...]  # the files of its eight frames, (bytes,) each


def make_clip(seed: int, backgrounds: Sequence[Path], cutouts: Sequence[Cutout]) -> Clip:
    """Make the clip number `seed` from `backgrounds` (photos or videos) and the `cutouts` of the same fold, if any."""
    random = np.random.default_rng(seed)
    movement = MOVEMENT.names[seed % len(MOVEMENT.names)]
    source = backgrounds[int(random.integers(len(backgrounds)))]
    fold = fold_of(source)
    bounds = (8.0, 20.0) if random.random() < LONG else (0.3, 8.0)
    rate = float(random.choice(RATES))
    times, shown = sample_times(float(np.exp(random.uniform(*np.log(bounds)))), rate)
    moments = np.union1d(times, shown)
    size = (SIDE, round(SIDE / float(random.choice(ASPECTS))))
    camera = trajectory(random, movement, moments)
    fitting = [cutout.pictures for cutout in cutouts if cutout.fold == fold and camera.course not in OVER_GROUND]
    figures = layers(random, moments, fitting, movement)
    stage = Stage(random, source, size, camera, figures, moments=moments, rate=rate)
    neighbour = _Neighbour(random, backgrounds, moments, size, rate)
    path, frames = CameraPath(), {}
    for number, moment in enumerate(moments):
        picture = neighbour.over(stage.picture(number), number)
        if moment in times:
            path.add(float(moment), np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8))
        if moment in shown:
            coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1]
            frames[moment] = np.asarray(coded, np.uint8).ravel()
    subject = bool(figures) or source.suffix == ".mkv"
    return Clip(movement, source, subject, path.finish(), tuple(frames[moment] for moment in shown))


def sample_times(duration: float, rate: float) -> tuple[Floats, Floats]:
    """Return the times of the frames that `CameraPath` would compare, and of the eight that are shown."""
    count = max(2, round(duration * rate))
    stride = max(1, ceil(INTERVAL * rate - 1e-9))
    times = np.unique(np.append(np.arange(0, count, stride), count - 1)) / rate
    shown = np.floor((np.arange(FRAMES_PER_SHOT) + 0.5) * count / FRAMES_PER_SHOT) / rate
    return times, shown


class _Neighbour:
    """What is left of the shot before or after, because its cut was found a frame too early or late, or dissolved."""

    def __init__(
        self, random: np.random.Generator, others: Sequence[Path], moments: Floats, size: tuple[int, int], rate: float
    ) -> None:
        self._shares = np.zeros(len(moments))  # of the neighbour in each picture
        kind = random.random()
        if kind > 0.07 or moments[-1] < 0.5:
            return
        end = moments[-1] - moments if random.random() < 0.5 else moments
        if kind < 0.04:
            self._shares = (end < random.integers(1, 3) / rate - 1e-6).astype(float)
        else:
            self._shares = np.clip(0.8 - end / min(0.2 * moments[-1], random.uniform(0.15, 0.5)), 0, 1)
        photos = [path for path in others if path.suffix != ".mkv"]
        self._picture = cv2.resize(read_photo(photos[int(random.integers(len(photos)))]), size)

    def over(self, picture: Picture, number: int) -> Picture:
        """Lay the neighbour over the picture with this number."""
        share = float(self._shares[number])
        return np.asarray(cv2.addWeighted(self._picture, share, picture, 1 - share, 0), np.uint8) if share else picture
