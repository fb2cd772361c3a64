"""Things with a life of their own before the background of a clip: figures that stand, cross, come, fill the frame."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from recipes.synthetic.camera import Floats

Picture = NDArray[np.uint8]

KINDS = ("stays", "crosses", "comes", "goes", "followed", "fills", "near")
SHARES = (0.27, 0.15, 0.1, 0.08, 0.12, 0.22, 0.06)
# A figure that fills the frame hides what the camera does, and in films the camera is mostly still then.
SHARES_OF_MOTION = (0.32, 0.19, 0.12, 0.1, 0.13, 0.08, 0.06)
NUMBERS = (0.37, 0.36, 0.18, 0.09)  # how often there are none, one, two or three


@dataclass(frozen=True, slots=True)
class Layer:
    """A cut-out thing that moves by itself; T is the number of times."""

    pictures: Picture  # (N, h, w, 4) BGR and alpha; played there and back
    places: Floats  # (T, 4): centre x and y and height as shares of the frame's height, radians
    rate: float  # pictures per second
    depth: float  # how far it follows the camera's movement: 0 if the camera follows it
    bend: Floats  # (3,): how far it leans and bends as a share of its height, times per second, phase

    def paste(self, seen: Picture, number: int, moment: float, camera: Floats) -> Picture:
        """Lay it over the picture (H, W, 3) as it is at this time; `camera` (4,) is as in `Trajectory.places`."""
        picture = at(self.pictures, moment, self.rate)
        height, width = seen.shape[:2]
        x, y, tall, turn = self.places[number]
        zoom = np.exp(self.depth * camera[2])
        scale = tall * height * zoom / picture.shape[0]
        centre_x = width / 2 + x * height * zoom + self.depth * camera[0] * max(seen.shape)
        centre_y = height / 2 + y * height * zoom + self.depth * camera[1] * max(seen.shape)
        matrix = _about((picture.shape[1] / 2, picture.shape[0] / 2), (centre_x, centre_y), scale, turn)
        laid = cv2.warpAffine(self._bent(picture, moment), matrix, (width, height), flags=cv2.INTER_LINEAR)
        alpha = laid[..., 3:].astype(np.float32) / 255
        return np.asarray((laid[..., :3] * alpha + seen * (1 - alpha)).astype(np.uint8), np.uint8)

    def _bent(self, picture: Picture, moment: float) -> Picture:
        """Lean the head one way and the knees another, as a body does."""
        far, pace, phase = self.bend
        if far < 0.005:
            return picture
        height, width = picture.shape[:2]
        y = np.linspace(0, 1, height, dtype=np.float32)
        swing = 2 * np.pi * (pace * moment + phase)
        push = far * height * ((1 - y) * np.sin(swing) + 0.5 * np.sin(4 * y + 1.6 * swing) - 0.5 * np.sin(1.6 * swing))
        map_x = np.arange(width, dtype=np.float32) + push[:, None].astype(np.float32)
        map_y = np.repeat(np.arange(height, dtype=np.float32)[:, None], width, axis=1)
        return np.asarray(cv2.remap(picture, map_x.astype(np.float32), map_y, cv2.INTER_LINEAR), np.uint8)


def layers(random: np.random.Generator, moments: Floats, cutouts: Sequence[Picture], movement: str) -> list[Layer]:
    """Choose none for a third of the clips, else one to three. Only a camera that tracks keeps one at its place."""
    count = int(random.choice(len(NUMBERS), p=NUMBERS)) if cutouts else 0
    chosen = [cutouts[int(random.integers(len(cutouts)))] for _ in range(count)]
    shares = SHARES_OF_MOTION if movement == "motion" else SHARES
    kinds = [str(random.choice(KINDS, p=shares)) for _ in chosen]
    tracks = movement == "motion"
    return [_layer(random, moments, pictures, kind, tracks) for pictures, kind in zip(chosen, kinds, strict=True)]


def at(pictures: Picture, moment: float, rate: float) -> Picture:
    """Return the picture shown at this time: they play forwards, then backwards, so that nothing jumps."""
    number = int(moment * rate) % max(2 * len(pictures) - 2, 1)
    picture: Picture = pictures[number if number < len(pictures) else 2 * len(pictures) - 2 - number]
    return picture


def _layer(random: np.random.Generator, moments: Floats, pictures: Picture, kind: str, tracks: bool) -> Layer:
    fills = kind in ("fills", "near")
    height = float(np.exp(random.uniform(*np.log((1.2, 3.5) if fills else (0.3, 2.0)))))
    start = np.array([random.uniform(-0.7, 0.7), random.uniform(-0.1, 0.5), height, random.normal(0, 0.05)])
    if kind == "fills":  # the upper half of a person, about the middle of the frame
        start[:2] = random.normal(0, 0.25), random.uniform(0.0, 0.35) * height
    way = np.zeros(4)
    if kind == "crosses":
        way[0] = random.choice([-1, 1]) * random.uniform(0.1, 0.8)
    places = start + moments[:, None] * way
    if kind in ("comes", "goes"):
        speed = random.uniform(0.05, 0.4) * (1 if kind == "comes" else -0.5)
        places[:, 2] = np.clip(height * np.exp(moments * speed), 0.1, 3.5)
    restless = random.random() < (0.8 if fills else 0.4)
    places += _fidget(random, moments, height) if restless else 0.0
    depth = {"followed": 0.0 if tracks else 1.0, "near": random.uniform(1.5, 2.5)}.get(kind, random.uniform(1.0, 1.5))
    bend = np.array([random.uniform(-0.03, 0.1), random.uniform(0.2, 1.5), random.uniform(0, 1)])
    return Layer(pictures, places, float(random.uniform(10, 25)), float(depth), bend)


def _fidget(random: np.random.Generator, moments: Floats, height: float) -> Floats:
    """Let a figure `height` high nod, turn and sway, and sometimes rest, (T, 4)."""
    sizes = np.array([0.08, 0.05, 0.04, 0.12]) * [height, height, height, 1.0] * random.uniform(0.1, 1.0)
    moves = np.zeros((len(moments), 4))
    for column, size in enumerate(sizes):
        for _ in range(3):
            wave = np.sin(2 * np.pi * (np.exp(random.uniform(-1.6, 1.0)) * moments + random.random()))
            moves[:, column] += size * random.normal(0, 0.6) * wave
    awake = np.clip(3 * np.sin(2 * np.pi * (random.uniform(0.1, 0.5) * moments + random.random())) + 1.5, 0, 1)
    return moves * awake[:, None] if random.random() < 0.4 else moves


def _about(origin: tuple[float, float], target: tuple[float, float], scale: float, turn: float) -> Floats:
    """Grow and turn about `origin` and move it to `target`, (2, 3)."""
    cos, sin = scale * np.cos(turn), scale * np.sin(turn)
    linear = np.array([[cos, -sin], [sin, cos]])
    return np.column_stack([linear, np.array(target) - linear @ origin])
