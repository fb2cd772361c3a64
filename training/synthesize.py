"""Clips whose movement is known: virtual cameras over photos and still-camera videos, with moving subjects.

What comes out is what serving sees: the camera path that `CameraPath` measures, and eight JPEG frames.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from jobs.shot import FRAMES_PER_SHOT, MOVEMENTS, CameraMotion
from model.preprocess import decode, fit
from process_video.camera_path import INTERVAL, CameraPath
from training.camera import Floats, Trajectory, trajectory
from training.sources import fold_of, read_photo, read_video

SIDE = 320  # pixels, the longest side of what the camera path sees
ASPECTS = (16 / 9, 16 / 9, 16 / 9, 4 / 3, 4 / 3, 1.85, 2.39)
RATES = (12.0, 15.0, 24.0, 24.0, 25.0, 25.0, 30.0, 30.0, 50.0, 60.0)

Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Clip:
    """A shot that never was, and its movement."""

    movement: str
    fold: int  # of the source of its background
    subject: bool  # whether something large moves in it
    camera_path: tuple[CameraMotion, ...]
    frames: Picture  # (8, HEIGHT, WIDTH, 3) BGR, as `read_frames` gives them


@dataclass(slots=True)
class Layer:
    """A cut-out thing that moves by itself before the background."""

    pictures: Picture  # (N, h, w, 4) BGR and alpha; played there and back
    places: Floats  # (T, 3): centre x and y and height as shares of the frame's height, at each time
    rate: float = 15.0  # pictures per second
    depth: float = 1.0  # how far it follows the camera's movement: 0 where the camera follows it
    sway: Floats = field(default_factory=lambda: np.zeros(3))  # share of its height, per second, phase


def make_clip(seed: int, backgrounds: Sequence[Path], cutouts: Sequence[Picture]) -> Clip:
    """The clip number `seed`: of `backgrounds` (photos or videos) and `cutouts` (N, h, w, 4). Same seed, same clip."""
    random = np.random.default_rng(seed)
    movement = MOVEMENTS[seed % len(MOVEMENTS)]
    source = backgrounds[int(random.integers(len(backgrounds)))]
    duration = float(np.exp(random.uniform(np.log(0.5), np.log(6.0))))
    times, shown = sample_times(duration, float(random.choice(RATES)))
    moments = np.union1d(times, shown)
    aspect = float(random.choice(ASPECTS))
    size = (SIDE, round(SIDE / aspect))
    camera = trajectory(random, movement, moments)
    layers = _layers(random, moments, cutouts)
    stage = Stage(random, source, size, camera, layers)
    path, frames = CameraPath(), {}
    for number, moment in enumerate(moments):
        picture = stage.picture(number, float(moment))
        if moment in times:
            path.add(float(moment), np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8))
        if moment in shown:
            quality = [cv2.IMWRITE_JPEG_QUALITY, 85]
            frames[moment] = decode(cv2.imencode(".jpg", picture, quality)[1])
    subject = bool(layers) or source.suffix == ".mkv"
    return Clip(movement, fold_of(source), subject, path.finish(), fit([frames[moment] for moment in shown]))


def sample_times(duration: float, rate: float) -> tuple[Floats, Floats]:
    """Times of the frames that `CameraPath` would compare, and of the eight that are shown."""
    count = max(2, round(duration * rate))
    stride = max(1, ceil(INTERVAL * rate - 1e-9))
    times = np.unique(np.append(np.arange(0, count, stride), count - 1)) / rate
    shown = np.floor((np.arange(FRAMES_PER_SHOT) + 0.5) * count / FRAMES_PER_SHOT) / rate
    return times, shown


class Stage:
    """Renders one clip, frame by frame."""

    def __init__(
        self, random: np.random.Generator, source: Path, size: tuple[int, int], camera: Trajectory, layers: list[Layer]
    ) -> None:
        self._random, self._size, self._camera, self._layers = random, size, camera, layers
        self._background = _background(random, source)
        if layers and random.random() < 0.4:  # a lens focused on the subject
            blur = random.uniform(2, 9)
            self._background = np.stack([cv2.GaussianBlur(p, (0, 0), blur) for p in self._background])
        self._x, self._y = np.meshgrid(np.arange(size[0], dtype=np.float32), np.arange(size[1], dtype=np.float32))
        self._x -= (size[0] - 1) / 2
        self._y -= (size[1] - 1) / 2
        self._near = _relief(random, size) * camera.depth
        height, width = self._background.shape[1:3]
        room = random.uniform(0.45, 0.8)  # of the picture is seen at first, the rest is to move in
        self._pixel = room * min(width / size[0], height / size[1]) / np.exp(max(camera.places[:, 2].min(), -0.9))
        self._look = _Look(random, size)

    def picture(self, number: int, moment: float) -> Picture:
        """What the camera sees at the time with this number: BGR."""
        seen = self._see(self._camera.places[number], moment)
        for layer in self._layers:
            seen = _paste(seen, layer, number, moment, self._camera.places[number])
        return self._look.apply(seen)

    def _see(self, place: Floats, moment: float) -> Picture:
        """Near parts of the picture follow the camera more than far ones."""
        background = _at(self._background, moment, 15.0)
        height, width = background.shape[:2]
        weight = 1 + self._near
        scale = (self._pixel * np.exp(-place[2] * weight)).astype(np.float32)
        x = self._x - (place[0] * SIDE * weight).astype(np.float32)
        y = self._y - (place[1] * SIDE * weight).astype(np.float32)
        cos, sin = np.float32(np.cos(place[3])), np.float32(np.sin(place[3]))
        map_x = (cos * x + sin * y) * scale + np.float32(width / 2)
        map_y = (cos * y - sin * x) * scale + np.float32(height / 2)
        return np.asarray(
            cv2.remap(background, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101), np.uint8
        )


class _Look:
    """What lens, film and codec do to a picture: bars, flicker, grain, compression."""

    def __init__(self, random: np.random.Generator, size: tuple[int, int]) -> None:
        self._random = random
        self._bar = int(size[1] * random.uniform(0.05, 0.13)) if random.random() < 0.12 else 0
        self._grain = float(random.uniform(1, 8)) if random.random() < 0.4 else 0.0
        self._flicker = float(random.uniform(0.01, 0.06)) if random.random() < 0.15 else 0.0
        self._grey = random.random() < 0.2
        self._gain = float(random.uniform(0.5, 1.1))
        self._quality = int(random.integers(25, 90)) if random.random() < 0.5 else 0

    def apply(self, picture: Picture) -> Picture:
        """The picture as this film stock shows it."""
        gain = self._gain * (1 + self._flicker * self._random.normal())
        values: NDArray[np.float32] = picture.astype(np.float32) * gain
        if self._grain:
            values += self._random.normal(0, self._grain, picture.shape[:2]).astype(np.float32)[..., None]
        result: Picture = np.clip(values, 0, 255).astype(np.uint8)
        if self._grey:
            result[:] = result.mean(axis=2, keepdims=True)
        if self._bar:
            result[: self._bar], result[-self._bar :] = 0, 0
        if self._quality:
            coded = cv2.imencode(".jpg", result, [cv2.IMWRITE_JPEG_QUALITY, self._quality])[1]
            return decode(np.asarray(coded, np.uint8))
        return result


def _background(random: np.random.Generator, source: Path) -> Picture:
    """(N, H, W, 3): one picture of a photo, many of a video, 640 wide or more, with texture where it was enlarged."""
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


def _relief(random: np.random.Generator, size: tuple[int, int]) -> NDArray[np.float32]:
    """How near each part of the frame is, about -1 to 1: mostly nearer at the bottom, with hills."""
    hills = cv2.resize(random.normal(0, 0.5, (4, 6)).astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
    floor = np.linspace(-1, 1, size[1], dtype=np.float32)[:, None] * random.uniform(0, 0.7)
    return np.clip(hills + floor, -0.8, 1.5).astype(np.float32)


def _layers(random: np.random.Generator, moments: Floats, cutouts: Sequence[Picture]) -> list[Layer]:
    """None for about half of the clips, then one or two things that live their own life."""
    count = int(random.choice([0, 1, 2], p=[0.45, 0.4, 0.15]))
    return [_layer(random, moments, cutouts[int(random.integers(len(cutouts)))]) for _ in range(count)]


def _layer(random: np.random.Generator, moments: Floats, pictures: Picture) -> Layer:
    height = float(np.exp(random.uniform(np.log(0.3), np.log(2.0))))
    start = np.array([random.uniform(-0.7, 0.7), random.uniform(-0.1, 0.5), height])
    kind = random.choice(["stays", "crosses", "comes", "goes", "followed"], p=[0.4, 0.2, 0.15, 0.1, 0.15])
    way = np.zeros(3)
    if kind == "crosses":
        way[0] = random.choice([-1, 1]) * random.uniform(0.1, 0.8)
    if kind in ("comes", "goes"):
        way[2] = random.uniform(0.05, 0.4) * (1 if kind == "comes" else -0.5)
    places = start + moments[:, None] * way
    places[:, 2] = np.clip(height * np.exp(moments * way[2]), 0.1, 3.0)
    places[:, 1] += random.uniform(0, 0.02) * np.abs(np.sin(moments * random.uniform(4, 9)))
    sway = np.array([random.uniform(0, 0.1), random.uniform(0.2, 1.2), random.uniform(0, 1)])
    return Layer(pictures, places, float(random.uniform(10, 25)), 0.0 if kind == "followed" else 1.2, sway)


def _at(pictures: Picture, moment: float, rate: float) -> Picture:
    """The picture shown at this time: forwards, then backwards, so that there is no jump."""
    number = int(moment * rate) % max(2 * len(pictures) - 2, 1)
    picture: Picture = pictures[number if number < len(pictures) else 2 * len(pictures) - 2 - number]
    return picture


def _paste(seen: Picture, layer: Layer, number: int, moment: float, camera: Floats) -> Picture:
    """Lay the cut-out over the picture, swaying, moved with the camera as far as its depth says."""
    picture = _at(layer.pictures, moment, layer.rate)
    height, width = seen.shape[:2]
    x, y, tall = layer.places[number]
    zoom = np.exp(layer.depth * camera[2])
    scale = tall * height * zoom / picture.shape[0]
    left = width / 2 + x * height * zoom + layer.depth * camera[0] * SIDE - scale * picture.shape[1] / 2
    top = height / 2 + y * height * zoom + layer.depth * camera[1] * SIDE - scale * picture.shape[0] / 2
    lean = layer.sway[0] * np.sin(2 * np.pi * (layer.sway[1] * moment + layer.sway[2]))
    matrix = np.array([[scale, scale * lean, left], [0, scale, top]], np.float32)
    laid = cv2.warpAffine(picture, matrix, (width, height), flags=cv2.INTER_LINEAR)
    alpha = laid[..., 3:].astype(np.float32) / 255
    return np.asarray((laid[..., :3] * alpha + seen * (1 - alpha)).astype(np.uint8), np.uint8)
