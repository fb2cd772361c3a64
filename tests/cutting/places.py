"""Places to film: a drawn street, room or valley, or a real photo, each wider than the picture, with people in it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from testkit.videos import Image

WIDTH, HEIGHT = 320, 180
LONG, HIGH = 2880, 240  # pixels of a whole place, which is nine pictures wide
Picture = NDArray[np.floating[Any]]  # (H, W, 3) RGB, 0 to 255
Random = np.random.Generator
Effect = Callable[[int, Picture], Picture]  # changes picture after picture, given the number of the frame in its shot


@dataclass
class Place:
    """A place and the hand-held camera in it."""

    world: Picture  # (HIGH, LONG, 3)
    people: list["Walker"]
    x: float = LONG / 2 - WIDTH / 2  # left edge of the picture
    shake: NDArray[np.float64] = field(default_factory=lambda: np.zeros((2, 3, 3)))  # x and y: size, pace, phase

    def look(self, number: float, pan: float = 0.0, speed: float = 0.0) -> Picture:
        """Return frame `number` at 24 a second, the camera turned by `pan` pixels, and `speed` more as it looks."""
        margin = int(abs(speed)) // 2 + 1
        dx, dy = (float((size * np.sin(pace * number + phase)).sum()) for size, pace, phase in self.shake)
        left, top = self.x + pan + dx - margin, (HIGH - HEIGHT) / 2 + dy
        size = (WIDTH + 2 * margin, HEIGHT)
        matrix = np.array([[1, 0, -left], [0, 1, -top]])
        view = np.asarray(cv2.warpAffine(self.world, matrix, size, borderMode=cv2.BORDER_REFLECT_101), np.float32)
        for walker in self.people:
            walker.draw(view, number, left, top)
        if margin > 1:
            view = np.asarray(cv2.blur(view, (2 * margin - 1, 1)), np.float32)
        return np.ascontiguousarray(view[:, margin:-margin])


@dataclass
class Walker:
    """Somebody who walks, leans from side to side and waves."""

    sprite: NDArray[np.float32]  # (h, w, 4) with alpha 0 to 1
    x: float  # of the feet in the world
    y: float
    pace: float  # pixels a frame
    swing: float  # radians a frame

    def draw(self, view: Picture, number: float, left: float, top: float) -> None:
        """Paint the walker into a view whose corner is at (left, top) of the world."""
        height, width = self.sprite.shape[:2]
        x, y = self.x + self.pace * number - left, self.y - top + 2 * abs(np.sin(self.swing * number))
        if not -width < x < view.shape[1] + width:
            return
        lean = 0.05 * np.sin(self.swing * number / 3)
        matrix = np.array([[1, lean, x - width / 2 - lean * height], [0, 1, y - height]])
        drawn = cv2.warpAffine(self.sprite, matrix, view.shape[1::-1])
        view += (drawn[..., :3] - view) * drawn[..., 3:]
        shoulder = np.array([x, y - 0.72 * height])
        angle = np.sin(self.swing * number)
        hand = shoulder + 0.34 * height * np.array([0.5 + 0.5 * angle, -0.8 * angle])
        colour = self.sprite[int(0.4 * height), width // 2, :3]
        line = tuple(tuple(int(16 * part) for part in point) for point in (shoulder, hand))
        cv2.line(view, line[0], line[1], colour.tolist(), max(2, height // 14), cv2.LINE_AA, 4)


def drawn_place(seed: int) -> Place:
    """Draw a street, a room or a valley in its own colours and light."""
    random = np.random.default_rng([seed, 1])
    return _filmed((_street, _room, _valley)[seed % 3](random), random)


def photographed_place(photo: NDArray[np.uint8], seed: int) -> Place:
    """Lay a real photo (H, W, 3) RGB out sideways, by turns with its mirror image, so that it has no end."""
    width = round(HIGH * photo.shape[1] / photo.shape[0])
    one = cv2.resize(photo, (width, HIGH), interpolation=cv2.INTER_AREA)
    row = [one if number % 2 else one[:, ::-1] for number in range(LONG // width + 2)]
    return _filmed(np.hstack(row)[:, :LONG].astype(np.float32), np.random.default_rng([seed, 2]))


def to_image(picture: Picture) -> Image:
    """Round a picture to the bytes that a video holds."""
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def noise(random: Random, height: int, width: int, coarsest: int = 64) -> NDArray[np.float32]:
    """Return clouds of every size down to the pixel: (height, width), mean 0, standard deviation about 1."""
    total, cell = np.zeros((height, width), np.float32), coarsest
    while cell:
        grid = random.normal(0, 1, (height // cell + 2, width // cell + 2)).astype(np.float32)
        total += cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC) * cell**0.5
        cell //= 2
    return total / max(1e-6, float(total.std()))


def _filmed(world: Picture, random: Random) -> Place:
    """Put the light of a day or a night, people and a camera into a place."""
    tint = random.uniform(0.85, 1.1, 3) * random.choice([0.5, 0.8, 1.0])
    world = np.clip(world * tint, 0, 255).astype(np.float32)
    shake = np.stack([[random.uniform(0.3, 2, 3), random.uniform(0.04, 0.4, 3), random.uniform(0, 6, 3)]] * 2)
    shake[1] = shake[1][:, ::-1]
    place = Place(np.asarray(cv2.GaussianBlur(world, (0, 0), 0.7), np.float32), [], shake=shake)
    place.x += random.uniform(-200, 200)
    for spot in (0.3, 0.65, -3, -1.6, 2.2, 3.4):  # in pictures from the left edge
        x, y = place.x + spot * WIDTH, HIGH - random.uniform(5, 40)
        pace, swing = random.uniform(-1.2, 1.2), random.uniform(0.1, 0.4)
        place.people.append(Walker(_person(random, tint), x, y, pace, swing))
    return place


def _colour(random: Random, low: int = 40, high: int = 230) -> NDArray[np.float32]:
    """Return a colour that is seldom pure: half of it is grey."""
    return (random.uniform(low, high) * 0.55 + random.uniform(low, high, 3) * 0.45).astype(np.float32)


def _person(random: Random, tint: NDArray[np.float64]) -> NDArray[np.float32]:
    height = int(random.uniform(70, 150))
    width = height // 2
    sprite = np.zeros((height, width, 4), np.float32)
    x, unit = width // 2, height / 100
    skin = np.array([225, 180, 150]) * random.uniform(0.4, 1.05)
    for colour, top, bottom, half in ((_colour(random, 20, 90), 50, 100, 11), (_colour(random), 20, 56, 15)):
        corners = (x - int(half * unit), int(top * unit)), (x + int(half * unit), int(bottom * unit))
        cv2.rectangle(sprite, *corners, (*colour.tolist(), 1.0), -1)
    cv2.ellipse(sprite, (x, int(10 * unit)), (int(8 * unit), int(10 * unit)), 0, 0, 360, (*skin.tolist(), 1.0), -1)
    cv2.ellipse(sprite, (x, int(5 * unit)), (int(8 * unit), int(6 * unit)), 0, 180, 360, (40, 30, 20, 1.0), -1)
    sprite[..., :3] *= (1 + 0.12 * noise(random, height, width, 16)[..., None]) * tint
    return np.asarray(cv2.GaussianBlur(sprite, (0, 0), 0.8), np.float32)


def _surface(random: Random, colour: NDArray[np.float32], height: int, width: int, rough: float) -> Picture:
    return colour * (1 + rough * noise(random, height, width))[..., None]


def _street(random: Random) -> Picture:
    world = _surface(random, _colour(random, 150, 240), HIGH, LONG, 0.06)  # sky
    x = 0
    while x < LONG:
        width, top = int(random.uniform(60, 220)), int(random.uniform(5, 110))
        wall = world[top:195, x : x + width]
        wall[:] = _surface(random, _colour(random), wall.shape[0], wall.shape[1], 0.08)
        glass, step = _colour(random, 20, 200), int(random.uniform(16, 34))
        for row in range(8, wall.shape[0] - step, step):
            for column in range(6, width - step // 2, step):
                pane = wall[row : row + step * 2 // 3, column : column + step // 2]
                pane[:] = glass * random.uniform(0.6, 1.3)
        x += width
    world[195:] = _surface(random, _colour(random, 50, 120), HIGH - 195, LONG, 0.1)
    for _ in range(24):  # cars
        x, y, size = int(random.uniform(0, LONG)), int(random.uniform(195, 215)), int(random.uniform(18, 30))
        colour = _colour(random).tolist()
        cv2.rectangle(world, (x, y - size // 2), (x + 3 * size, y), colour, -1, cv2.LINE_AA)
        cv2.rectangle(world, (x + size // 2, y - size), (x + 2 * size, y - size // 2), colour, -1, cv2.LINE_AA)
        for wheel in (x + size // 2, x + 5 * size // 2):
            cv2.circle(world, (wheel, y), size // 4, (25, 25, 25), -1, cv2.LINE_AA)
    return world


def _room(random: Random) -> Picture:
    world = _surface(random, _colour(random, 90, 230), HIGH, LONG, 0.05)
    world *= np.linspace(0.75, 1.1, LONG // 8, dtype=np.float32)[:, None].repeat(8, 0).reshape(1, LONG, 1)
    floor = int(random.uniform(165, 195))
    world[floor:] = _surface(random, _colour(random, 40, 150), HIGH - floor, LONG, 0.15)
    x = 10
    while x < LONG - 160:
        kind, width = int(random.integers(4)), int(random.uniform(50, 130))
        if kind == 0:  # a shelf of books
            for row in range(50, floor - 20, 34):
                for book in range(x, x + width, 6):
                    world[row + int(random.uniform(0, 9)) : row + 30, book : book + 5] = _colour(random)
                world[row + 30 : row + 34, x : x + width] = 60
        elif kind == 1:  # a window or a picture
            top = int(random.uniform(40, 70))
            world[top - 4 : top + 74, x - 4 : x + width + 4] = _colour(random)
            world[top : top + 70, x : x + width] = _surface(random, _colour(random, 60, 255), 70, width, 0.3)
        elif kind == 2:  # a door
            world[70:floor, x : x + 50] = _surface(random, _colour(random), floor - 70, 50, 0.08)
        else:  # a table with a lamp
            cv2.rectangle(world, (x, floor - 40), (x + width, floor + 10), _colour(random, 30, 120).tolist(), -1)
            cv2.circle(world, (x + width // 2, floor - 60), 16, (255, 235, 180), -1, cv2.LINE_AA)
        x += width + int(random.uniform(15, 60))
    return world


def _valley(random: Random) -> Picture:
    world = _surface(random, _colour(random, 140, 240), HIGH, LONG, 0.12)
    across = np.arange(LONG)
    for base, swell, rough in ((90, 25, 0.1), (130, 18, 0.15), (175, 10, 0.25)):
        line = base + swell * np.sin(across / random.uniform(60, 160)) + 5 * noise(random, 1, LONG)[0]
        below = np.arange(HIGH)[:, None] > line
        world[below] = _surface(random, _colour(random, 40, 190), HIGH, LONG, rough)[below]
    for _ in range(70):
        x, y, size = int(random.uniform(0, LONG)), int(random.uniform(140, 225)), int(random.uniform(8, 30))
        cv2.line(world, (x, y), (x, y - size), (70, 50, 40), max(2, size // 6), cv2.LINE_AA)
        green = _colour(random, 20, 150).tolist()
        for _ in range(6):
            leaf = (x + int(random.normal(0, size / 2)), y - size - int(random.normal(0, size / 2)))
            shade = [part * random.uniform(0.7, 1.2) for part in green]
            cv2.circle(world, leaf, max(2, size // 3), shade, -1, cv2.LINE_AA)
    return world
