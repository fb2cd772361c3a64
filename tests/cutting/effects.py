"""What happens in front of a camera, or to a film, without a cut: each effect paints over the frames of one shot.

An effect takes its random numbers and its first frame at first, and then changes picture after picture, in order.
"""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.cutting.captions import logo, lower_third, subtitle, title
from tests.cutting.places import HEIGHT, WIDTH, Effect, Picture, Random, noise

ACROSS, DOWN = np.meshgrid(np.arange(WIDTH, dtype=np.float32), np.arange(HEIGHT, dtype=np.float32))
SMOKE = np.array([[0, 0, 0], [70, 62, 58], [150, 60, 15], [250, 150, 40], [255, 225, 130], [255, 250, 235]], np.float32)


def flash(random: Random, start: int) -> Effect:
    """A camera's flash lights everything for one to three frames, the last one less."""
    length, gain, lift = int(random.integers(1, 4)), random.uniform(1.5, 4), random.uniform(20, 190)

    def paint(number: int, picture: Picture) -> Picture:
        if not start <= number < start + length:
            return picture
        strength = 1.0 if number < start + length - 1 or length == 1 else random.uniform(0.3, 0.8)
        return picture * (1 + gain * strength) + lift * strength

    return paint


def photographers(random: Random, start: int) -> Effect:
    """Three to eight flashes in little more than a second; a rolling shutter splits some over two frames."""
    count = int(random.integers(3, 9))
    flashes = np.sort(start + random.choice(30, count, replace=False))
    splits = np.where(random.random(count) < 0.5, HEIGHT, random.integers(20, HEIGHT - 20, count))
    gains, lifts = random.uniform(1, 4, count), random.uniform(10, 190, count)

    def paint(number: int, picture: Picture) -> Picture:
        picture = picture.copy()
        for at, split, gain, lift in zip(flashes, splits, gains, lifts, strict=True):
            if number == at:
                picture[:split] = picture[:split] * (1 + gain) + lift
            elif number == at + 1:
                picture[split:] = picture[split:] * (1 + gain) + lift
        return picture

    return paint


def muzzle_flash(random: Random, start: int) -> Effect:
    """A gun fires one to four times; each burst lasts one or two frames, and its light falls on what is near."""
    x, y = random.uniform(0.15, 0.85) * WIDTH, random.uniform(0.35, 0.75) * HEIGHT
    size, reach = random.uniform(10, 32), random.uniform(60, 260)
    lasts = int(random.integers(1, 3))
    fired = start + np.cumsum(random.integers(3, 9, random.integers(1, 5)))
    distance = np.hypot(ACROSS - x, (DOWN - y) * 1.2)
    rays = 1 + 0.5 * np.sin(np.arctan2(DOWN - y, ACROSS - x) * int(random.integers(3, 8)))
    core = np.exp(-((distance / (size * rays)) ** 2))[..., None] * np.array([255, 240, 190])
    light = 1 + random.uniform(0.8, 3) * np.exp(-distance / reach)[..., None] * np.array([1, 0.85, 0.6])

    def paint(number: int, picture: Picture) -> Picture:
        strength = max((1.0 - 0.5 * (number - at) for at in fired if 0 <= number - at < lasts), default=0.0)
        return np.asarray(picture * (1 + (light - 1) * strength) + core * strength * 1.6)

    return paint


def explosion(random: Random, start: int) -> Effect:
    """A ball of fire grows over much of the picture in 5 to 15 frames and goes out in smoke in 20 to 40."""
    x, y = random.uniform(0.3, 0.7) * WIDTH, random.uniform(0.4, 0.8) * HEIGHT
    growth, decay = int(random.integers(5, 16)), int(random.integers(20, 41))
    size, bang = random.uniform(0.3, 0.75) * WIDTH, random.uniform(0, 200)
    billows = noise(random, HEIGHT * 2, WIDTH * 2, 64)

    def paint(number: int, picture: Picture) -> Picture:
        age = number - start
        if not 0 <= age < growth + decay:
            return picture
        grown, gone = min(1.0, (age + 1) / growth) ** 0.6, max(0.0, (age - growth) / decay)
        rolled = np.roll(billows, (-3 * age, age), (0, 1))[:HEIGHT, :WIDTH]
        distance = np.hypot(ACROSS - x, DOWN - y + 40 * gone) / (size * (grown + 0.25 * gone)) + 0.16 * rolled
        cover = np.clip((1.05 - distance) * 5, 0, 1) * (1 - gone**1.5)
        heat = np.clip((1.35 - distance) * (1 - 0.95 * min(1.0, gone * 2.2)) + 0.12 * rolled, 0.12, 1)
        glow = 1 + 1.4 * (1 - min(1.0, 2 * gone)) * grown * np.exp(-distance)[..., None] * np.array([1, 0.7, 0.4])
        lit = picture * glow + bang * np.exp(-0.9 * age)
        shaken = _shifted(lit, *random.normal(0, 3 * grown * (1 - gone), 2))
        return np.asarray(shaken + (_fire(heat) - shaken) * cover[..., None])

    return paint


def _fire(heat: NDArray[np.float32]) -> Picture:
    """Return the colours of heat from 0 to 1: (H, W, 3), from smoke to white."""
    places = np.linspace(0, 1, len(SMOKE))
    return np.stack([np.interp(heat, places, SMOKE[:, channel]) for channel in range(3)], axis=2)


def crossing(random: Random, start: int) -> Effect:
    """Somebody passes close to the lens, out of focus, and hides most or all of the picture for 3 to 12 frames."""
    hidden = int(random.integers(3, 13))
    speed = random.uniform(40, 110)
    wide = (hidden - 1) * speed + WIDTH * random.uniform(0.85, 1.1)
    direction = random.choice([-1, 1])
    colour = (random.uniform(8, 120) * 0.5 + random.uniform(8, 120, 3) * 0.5) * random.choice([0.3, 1.0, 1.5])
    folds = cv2.GaussianBlur(noise(random, HEIGHT, WIDTH, 64), (0, 0), 9)
    folds = np.hstack([folds, folds[:, ::-1]])  # without a seam
    edge, lean = random.uniform(8, 40), random.uniform(-0.3, 0.3)

    def paint(number: int, picture: Picture) -> Picture:
        front = (number - start) * speed - edge
        along = (ACROSS if direction > 0 else WIDTH - ACROSS) + lean * (DOWN - HEIGHT / 2) + 6 * folds[:, :WIDTH]
        inside = np.clip((front - along) / edge + 0.5, 0, 1) * np.clip((along - front + wide) / edge + 0.5, 0, 1)
        moved = np.roll(folds, int(direction * front), 1)[:, :WIDTH]
        cloth = colour * (1 + 0.18 * moved + 0.3 * (along - front) / wide)[..., None]
        return np.asarray(picture + (cloth - picture) * inside[..., None])

    return paint


def fade_and_return(random: Random, start: int) -> Effect:
    """The light goes out and comes back within a second, as in a wink of the lens: the same place is there again."""
    out, dark, back = int(random.integers(4, 11)), int(random.integers(0, 6)), int(random.integers(4, 10))
    times = start + np.cumsum([0, out, dark + 1, back])

    def paint(number: int, picture: Picture) -> Picture:
        return picture * float(np.interp(number, times, [1, 0, 0, 1]))

    return paint


def grain(random: Random, start: int) -> Effect:
    """A fast film has strong grain, one to two pixels large, on every frame."""
    strength, size = random.uniform(10, 26), random.uniform(0.4, 0.9)
    coloured = random.random() < 0.5

    def paint(number: int, picture: Picture) -> Picture:
        fine = random.normal(0, 1, (HEIGHT, WIDTH, 3 if coloured else 1)).astype(np.float32)
        grains = np.asarray(cv2.GaussianBlur(fine, (0, 0), size), np.float32).reshape(fine.shape)
        return picture + strength * grains / float(grains.std())

    return paint


def silent_film(random: Random, start: int) -> Effect:
    """An old film is grey or toned and has grain, flicker, a picture that weaves in the gate, dust and scratches."""
    tone = np.array([1.0, 1.0, 1.0]) if random.random() < 0.5 else np.array([1.08, 0.98, 0.8])
    flicker, weave, strength = random.uniform(0.04, 0.14), random.uniform(0.5, 2.2), random.uniform(8, 20)
    scratch = random.uniform(20, WIDTH - 20)

    def paint(number: int, picture: Picture) -> Picture:
        grey = _shifted(picture @ np.array([0.3, 0.59, 0.11], np.float32), *random.normal(0, weave, 2))
        light = 1 + random.normal(0, flicker) + flicker * np.sin(number * 1.9)
        edges = 1 - 0.35 * ((ACROSS / WIDTH - 0.5) ** 2 + (DOWN / HEIGHT - 0.5) ** 2)
        grey = grey * light * edges + strength * cv2.GaussianBlur(
            random.normal(0, 1.6, grey.shape).astype(np.float32), (0, 0), 0.7
        )
        for _ in range(random.poisson(4)):
            spot = (int(random.uniform(0, WIDTH)), int(random.uniform(0, HEIGHT)))
            cv2.circle(grey, spot, int(random.integers(1, 5)), float(random.choice([5, 250])), -1)
        at = int(scratch + random.normal(0, 2)) % WIDTH
        grey[:, at : at + 1] += 60 * (random.random() < 0.7)
        return np.asarray(grey[..., None] * tone)

    return paint


def _shifted(picture: Picture, dx: float, dy: float) -> Picture:
    matrix = np.array([[1, 0, dx], [0, 1, dy]])
    return np.asarray(
        cv2.warpAffine(picture, matrix, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT_101), picture.dtype
    )


EFFECTS: dict[str, Callable[[Random, int], Effect]] = {
    "flash": flash,
    "photographers": photographers,
    "muzzle flash": muzzle_flash,
    "explosion": explosion,
    "crossing": crossing,
    "fade and return": fade_and_return,
    "grain": grain,
    "silent film": silent_film,
    "subtitle": subtitle,
    "logo": logo,
    "lower third": lower_third,
    "title": title,
}


def whip_pan(random: Random, length: int, start: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return where the camera points and how far it turns while its shutter is open, both (length,) in pixels.

    It rushes to another place at a fifth to a half of the picture's width a frame and settles there.
    """
    peak, held = random.uniform(0.2, 0.5) * WIDTH, int(random.integers(2, 7))
    rise, settle = int(random.integers(2, 5)), int(random.integers(3, 7))
    speeds = np.interp(np.arange(length), start + np.cumsum([0, rise, held, settle]), [0, peak, peak, 0])
    speeds *= random.choice([-1, 1])
    return np.cumsum(speeds), speeds * random.uniform(0.5, 0.9)
