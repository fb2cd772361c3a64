"""Takes: unbroken rows of thumbnails, as the shot detector sees them, by wild cameras over photos. Knows no cut.

More goes on in them than in most films: they are to show what a detector must not take for a cut.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from recipes.synthetic.camera import Floats, trajectory
from recipes.synthetic.sources import read_photo, read_video
from shotlens.cutting.detect.thumbnail import CHROMA_SIZE, LUMA_SIZE

WIDTH, HEIGHT = 128, 72  # pixels of a rendered picture, twice the thumbnail
EXPOSURE = 4  # pictures that a fast movement is averaged over, as an open shutter does

Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Take:
    """N thumbnails of one shot."""

    luma: Picture  # (N, 36, 64)
    chroma: Picture  # (N, 2, 18, 32)


def make_take(seed: int, backgrounds: Sequence[Path], cutouts: Sequence[Picture], length: int) -> Take:
    """Make the take number `seed`: the same seed gives the same take."""
    random = np.random.default_rng(seed)
    source = backgrounds[int(random.integers(len(backgrounds)))]
    if source.suffix == ".mkv":
        return _thumbnails(_of_video(random, source, length))
    scene = _Scene(random, read_photo(source), length)
    sprites = [_Sprite(random, cutouts, length) for _ in range(random.choice([0, 1, 2, 3], p=[0.35, 0.3, 0.2, 0.15]))]
    look = _Look(random, length)
    held = _held(random, length)
    frames: list[Picture] = []
    for number in range(length):
        if held[number] != number:
            frames.append(frames[held[number]])
            continue
        picture = scene.picture(number)
        for sprite in sprites:
            picture = sprite.paste(picture, number, scene.places[number])
        frames.append(look.apply(picture, number))
    return _thumbnails(np.asarray(frames, np.uint8))


def _held(random: np.random.Generator, length: int) -> NDArray[np.int64]:
    """Number the frame shown at each moment: drawn films and slow cameras show each frame two or three times."""
    every = int(random.choice([1, 2, 3, 4], p=[0.85, 0.08, 0.05, 0.02]))
    return np.arange(length) // every * every


def _of_video(random: np.random.Generator, source: Path, length: int) -> Picture:
    """Take part of a real video, at up to three times its speed, forwards and backwards, somewhat cropped."""
    frames = read_video(source, every=int(random.integers(1, 4)), limit=90, height=2 * HEIGHT)
    order = np.arange(length) + int(random.integers(len(frames)))
    order %= 2 * len(frames) - 2
    order = np.minimum(order, 2 * len(frames) - 2 - order)
    share = random.uniform(0.45, 1.0)
    height, width = int(frames.shape[1] * share), int(frames.shape[2] * share)
    top, left = random.integers(frames.shape[1] - height + 1), random.integers(frames.shape[2] - width + 1)
    part = frames[:, top : top + height, left : left + width]
    small = [cv2.resize(frame, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA) for frame in part]
    return np.asarray(small, np.uint8)[order]


class _Scene:
    """A photo seen by a camera that may run wild."""

    def __init__(self, random: np.random.Generator, photo: Picture, length: int) -> None:
        self.places = _camera(random, length)
        self._speed = np.abs(np.diff(self.places[:, :2], axis=0, append=self.places[-1:, :2])).max(axis=1)
        room = random.uniform(0.35, 0.9)
        factor = WIDTH / (room * min(photo.shape[1], photo.shape[0] * WIDTH / HEIGHT))
        way = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
        photo = np.asarray(cv2.resize(photo, None, fx=factor, fy=factor, interpolation=way), np.uint8)
        self._photo = photo[:, ::-1].copy() if random.random() < 0.5 else photo
        self._centre = np.array([self._photo.shape[1], self._photo.shape[0]]) * random.uniform(0.35, 0.65, 2)
        self._x, self._y = np.meshgrid(np.arange(WIDTH) - WIDTH / 2, np.arange(HEIGHT) - HEIGHT / 2)
        self._near = _relief(random) if random.random() < 0.6 else np.zeros((HEIGHT, WIDTH))
        self._waves = _waves(random) if random.random() < 0.3 else None
        self._blur = random.uniform(0.7, 3) if random.random() < 0.3 else 0.0

    def picture(self, number: int) -> Picture:
        """Show what the camera sees at this frame, smeared by its speed."""
        if self._speed[number] < 0.02:
            return self._see(self.places[number], number)
        after = self.places[min(number + 1, len(self.places) - 1)]
        steps = [self.places[number] + (after - self.places[number]) * k / EXPOSURE for k in range(EXPOSURE)]
        return np.asarray(np.mean([self._see(place, number) for place in steps], axis=0), np.uint8)

    def _see(self, place: Floats, number: int) -> Picture:
        weight = 1 + self._near
        scale = np.exp(-place[2] * weight)
        cos, sin = np.cos(place[3]) * scale, np.sin(place[3]) * scale
        x, y = self._x - place[0] * WIDTH * weight, self._y - place[1] * WIDTH * weight
        map_x = cos * x + sin * y + self._centre[0]
        map_y = cos * y - sin * x + self._centre[1]
        if self._waves is not None:
            size, frequency, phase = self._waves
            map_x += size * np.sin(self._y / 9 + phase + frequency * number) * np.cos(self._x / 15 - phase)
            map_y += size * np.sin(self._x / 11 - phase + frequency * number)
        seen = cv2.remap(
            self._photo,
            map_x.astype(np.float32),
            map_y.astype(np.float32),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REFLECT_101,
        )
        return np.asarray(cv2.GaussianBlur(seen, (0, 0), self._blur) if self._blur else seen, np.uint8)


def _relief(random: np.random.Generator) -> Floats:
    """(HEIGHT, WIDTH): how much more the near parts of the picture follow the camera than the far ones, with edges."""
    hills = cv2.resize(random.normal(0, 0.5, (4, 6)), (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    steps = cv2.resize(random.normal(0, 0.5, (3, 5)), (WIDTH, HEIGHT), interpolation=cv2.INTER_NEAREST)
    steps = cv2.GaussianBlur(steps, (0, 0), 2)
    floor = np.linspace(-1, 1, HEIGHT)[:, None] * random.uniform(0, 0.7)
    return np.asarray(np.clip(hills + steps + floor, -0.8, 1.8) * random.uniform(0.2, 1.0))


def _waves(random: np.random.Generator) -> tuple[float, float, float]:
    """Let a picture move within itself, as water or hair does: size in pixels, radians per frame, and phase."""
    return float(random.uniform(0.5, 5)), float(random.uniform(0.05, 0.7)), float(random.uniform(0, 6))


def _camera(random: np.random.Generator, length: int) -> Floats:
    """Choose a camera as in `trajectory`, sped up and sometimes with whip pans: places, (N, 4)."""
    movement = str(random.choice(["static", "motion", "push", "pull"], p=[0.35, 0.4, 0.15, 0.1]))
    places = trajectory(random, movement, np.arange(length) / random.uniform(6, 30)).places * random.uniform(0.5, 2)
    places[:, 2] = np.clip(places[:, 2], -0.9, 0.9)
    if random.random() < 0.35:
        for _ in range(random.integers(1, 3)):
            places[:, :2] += _whip(random, length)
    if random.random() < 0.15:
        places += _flight(random, length)
    if random.random() < 0.1:  # a jolt, as if somebody hit the camera or stumbled with it
        at = random.integers(length)
        after = np.maximum(np.arange(length) - at, 0)
        jolt = np.exp(-after / 5) * np.sin(after * random.uniform(0.8, 2.5)) * random.uniform(0.03, 0.2)
        places[:, :2] += jolt[:, None] * random.normal(0, 1, 2)
    return np.asarray(places)


def _whip(random: np.random.Generator, length: int) -> Floats:
    """Pan within a few frames, by up to half the picture's width in each, (N, 2)."""
    frames = float(np.exp(random.uniform(np.log(3), np.log(24))))
    way = random.choice([-1, 1]) * min(random.uniform(0.1, 0.5) * frames, random.uniform(0.5, 4))
    part = np.clip((np.arange(length) - random.uniform(0, length)) / frames, 0, 1)
    angle = random.normal(0, 0.2) + (np.pi / 2 if random.random() < 0.2 else 0)
    eased = part * part * (3 - 2 * part) if random.random() < 0.5 else part  # gently, or at once
    return np.asarray(eased[:, None] * way * np.array([np.cos(angle), np.sin(angle)]))


def _flight(random: np.random.Generator, length: int) -> Floats:
    """Fly like a crane or a drone, which within a second or two shows something else entirely, (N, 4)."""
    frames = float(np.exp(random.uniform(np.log(12), np.log(70))))
    part = np.clip((np.arange(length) - random.uniform(0, length)) / frames, 0, 1)
    eased = part * part * (3 - 2 * part)
    return np.asarray(eased[:, None] * random.normal(0, 1, 4) * np.array([0.8, 0.8, 0.7, 0.3]))


class _Sprite:
    """A thing that moves by itself, at times much too near and much too fast."""

    def __init__(self, random: np.random.Generator, cutouts: Sequence[Picture], length: int) -> None:
        self._pictures = cutouts[int(random.integers(len(cutouts)))]
        self._rate = float(random.uniform(0.3, 2.5))
        self._first = int(random.integers(len(self._pictures)))
        height = float(np.exp(random.uniform(np.log(0.3), np.log(3.0))))
        steps = random.normal(0, 1, (length, 3)) * np.exp(random.uniform(np.log(0.001), np.log(0.02)))
        speeds = np.cumsum(steps, axis=0) * 0.5 + random.normal(0, 1, 3) * np.exp(random.uniform(-7, -2.7))
        path = np.cumsum(np.clip(speeds, -0.15, 0.15), axis=0)
        start = np.array([random.uniform(-0.8, 0.8), random.uniform(-0.2, 0.6)])
        self._places = start + _bounce(path[:, :2], 1.2)
        self._tall = np.clip(height * np.exp(_bounce(path[:, 2], 0.7)), 0.1, 4.0)
        self._lean = np.sin(np.arange(length) * random.uniform(0.02, 0.5)) * random.uniform(0, 0.4)
        self._depth = float(random.choice([0.0, 1.0, 1.5]))  # how far it follows the camera
        self._poses = random.random() < 0.2  # another pose every few frames, as in stop motion
        self._hold = int(random.integers(4, 15))

    def paste(self, seen: Picture, number: int, camera: Floats) -> Picture:
        """Lay the thing over the picture that the camera sees from its place."""
        moment = number // self._hold * self._hold * 7 if self._poses else number * self._rate
        picture = self._pictures[_there_and_back(self._first + int(moment), len(self._pictures))]
        zoom = np.exp(self._depth * camera[2])
        scale = self._tall[number] * HEIGHT * zoom / picture.shape[0]
        x, y = self._places[number] * zoom + self._depth * camera[:2] * WIDTH / HEIGHT
        left = WIDTH / 2 + x * HEIGHT - scale * picture.shape[1] / 2
        top = HEIGHT / 2 + y * HEIGHT - scale * picture.shape[0] / 2
        matrix = np.array([[scale, scale * self._lean[number], left], [0, scale, top]], np.float32)
        laid = cv2.warpAffine(picture, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR)
        alpha = laid[..., 3:].astype(np.float32) / 255
        return np.asarray(laid[..., :3] * alpha + seen * (1 - alpha), np.uint8)


def _bounce(way: Floats, most: float) -> Floats:
    """Turn a way back wherever it would leave the range from -most to most."""
    return np.asarray(np.abs((way + most) % (4 * most) - 2 * most) - most)


def _there_and_back(number: int, count: int) -> int:
    number %= max(2 * count - 2, 1)
    return number if number < count else 2 * count - 2 - number


class _Look:
    """Exposure that drifts, film that flickers, grain, bars, black and white."""

    def __init__(self, random: np.random.Generator, length: int) -> None:
        self._random = random
        drift = np.cumsum(random.normal(0, 1, length)) / np.sqrt(length) * (0.25 if random.random() < 0.2 else 0.02)
        flicker = random.normal(0, 1, length) * (random.uniform(0.01, 0.12) if random.random() < 0.2 else 0.0)
        self._gain = np.exp(np.log(random.uniform(0.25, 1.2)) + drift + flicker)
        self._grain = float(np.exp(random.uniform(np.log(2), np.log(30)))) if random.random() < 0.35 else 0.0
        self._grey = random.random() < 0.2
        self._bar = int(HEIGHT * random.uniform(0.05, 0.14)) if random.random() < 0.15 else 0

    def apply(self, picture: Picture, number: int) -> Picture:
        """Show the picture on this film."""
        values = picture.astype(np.float32) * float(self._gain[number])
        if self._grain:
            values += self._random.normal(0, self._grain, (HEIGHT, WIDTH, 1)).astype(np.float32)
        if self._grey:
            values[:] = values.mean(axis=2, keepdims=True)
        if self._bar:
            values[: self._bar], values[-self._bar :] = 0, 0
        return np.asarray(np.clip(values, 0, 255), np.uint8)


def _thumbnails(frames: Picture) -> Take:
    """Reduce (N, HEIGHT, WIDTH, 3) BGR to thumbnails of the planes that a decoder would give."""
    luma, chroma = [], []
    for frame in frames:
        yuv = cv2.cvtColor(frame, cv2.COLOR_BGR2YUV)
        luma.append(cv2.resize(yuv[..., 0], LUMA_SIZE, interpolation=cv2.INTER_AREA) * (219 / 255) + 16)
        planes = cv2.resize(yuv[..., 1:], CHROMA_SIZE, interpolation=cv2.INTER_AREA)
        chroma.append((planes.transpose(2, 0, 1) - 128.0) * (224 / 255) + 128)
    return Take(np.round(luma).astype(np.uint8), np.round(chroma).astype(np.uint8))
