"""A photo or a still video as the place that a virtual camera looks at. Knows no labels."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from recipes.synthetic.camera import Floats, Trajectory
from recipes.synthetic.layers import Layer, at
from recipes.synthetic.look import Look
from recipes.synthetic.sources import read_photo, read_video
from recipes.synthetic.views import Maps, view

SHUTTER = 0.5  # share of the time between two frames for which the shutter is open
EXPOSURES = 4  # pictures that a fast movement is averaged over

Picture = NDArray[np.uint8]


class Stage:
    """Renders one clip, frame by frame: the place, what moves in front of it, and the film it is on."""

    def __init__(
        self,
        random: np.random.Generator,
        source: Path,
        size: tuple[int, int],
        camera: Trajectory,
        layers: Sequence[Layer],
        *,
        moments: Floats,
        rate: float,
    ) -> None:
        """Take `size`, width and height in pixels, `moments` (T,) in seconds, and `rate`, in frames per second."""
        self._moments, self._layers, self._places = moments, layers, camera.places
        self._background = _background(random, source)
        if layers and random.random() < 0.4:  # a lens focused on the subject
            blur = random.uniform(2, 9) if random.random() < 0.92 else random.uniform(9, 16)
            self._background = np.stack([cv2.GaussianBlur(p, (0, 0), blur) for p in self._background])
        self._view = view(random, self._background.shape[1:3], size, camera)
        self._ripples = _Ripples(random, size) if random.random() < 0.12 else None
        self._look = Look(random, size, moments)
        self._speed = np.gradient(camera.places, moments, axis=0)  # per second
        self._open = SHUTTER / rate * (random.random() < 0.7)  # seconds
        self._readout = 0.02 * (random.random() < 0.2)  # seconds between the first and the last line

    def picture(self, number: int) -> Picture:
        """Show what the camera sees at the moment with this number, BGR."""
        moment = float(self._moments[number])
        seen = self._see(number, moment)
        for layer in self._layers:
            seen = layer.paste(seen, number, moment, self._places[number])
        return self._look.apply(seen, number)

    def _see(self, number: int, moment: float) -> Picture:
        background, place, speed = at(self._background, moment, 15.0), self._places[number], self._speed[number]
        blurred = np.abs(speed[:3]).max() * self._open > 0.006
        times = np.linspace(-0.5, 0.5, EXPOSURES) * self._open if blurred else np.zeros(1)
        seen = [self._look_at(background, place + time * speed, speed, moment) for time in times]
        return np.mean(seen, axis=0).astype(np.uint8) if blurred else seen[0]

    def _look_at(self, background: Picture, place: Floats, speed: Floats, moment: float) -> Picture:
        ripples = self._ripples.at(moment) if self._ripples else None
        return self._view.look(background, place, speed[0] * self._readout, ripples)


class _Ripples:
    """Water, leaves, a crowd: a part of the picture that moves within itself and goes nowhere."""

    def __init__(self, random: np.random.Generator, size: tuple[int, int]) -> None:
        cells = (int(random.integers(4, 14)), int(random.integers(4, 20)))
        fields = [cv2.resize(random.normal(0, 1, cells).astype(np.float32), size) for _ in range(4)]
        where = cv2.resize(random.normal(0.2, 0.5, (3, 4)).astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
        strength = np.clip(3 * where, 0, 1) * random.uniform(1, 7)  # pixels of the background
        self._fields = [(field * strength).astype(np.float32) for field in fields]
        self._pace = 2 * np.pi * random.uniform(0.4, 2.5)

    def at(self, moment: float) -> Maps:
        """Return what to add to x and y (H, W)."""
        cos, sin = np.float32(np.cos(self._pace * moment)), np.float32(np.sin(self._pace * moment))
        return cos * self._fields[0] + sin * self._fields[1], cos * self._fields[2] + sin * self._fields[3]


def _background(random: np.random.Generator, source: Path) -> Picture:
    """Read one picture of a photo or many of a video, (N, H, W, 3); a photo that had to grow gets a texture."""
    if source.suffix == ".mkv":
        return read_video(source, every=2, limit=60, height=480)
    photo = read_photo(source)
    photo = photo[:, ::-1] if random.random() < 0.5 else photo
    factor = 800 / max(photo.shape)
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    photo = np.asarray(cv2.resize(photo, None, fx=factor, fy=factor, interpolation=way), np.uint8)
    if factor > 1:
        texture = cv2.GaussianBlur(random.normal(0, 1, photo.shape[:2]).astype(np.float32), (0, 0), 1.2)
        strength = random.uniform(0, 30) * (0.3 + cv2.GaussianBlur(photo, (0, 0), 9).mean(axis=2) / 255)
        photo = np.clip(photo + (texture * strength)[..., None], 0, 255).astype(np.uint8)
    return np.asarray(photo[None], np.uint8)
