"""What lens, film, titles and codec do to the pictures of a clip. Knows no camera."""

import cv2
import numpy as np
from numpy.typing import NDArray

from recipes.synthetic.camera import Floats
from shotlens.predicting.frames import decode

Picture = NDArray[np.uint8]


class Look:
    """One film stock, over the times of one clip."""

    def __init__(self, random: np.random.Generator, size: tuple[int, int], moments: Floats) -> None:
        self._random, self._size = random, size
        self._bar = int(size[1] * random.uniform(0.05, 0.13)) if random.random() < 0.12 else 0
        self._pillar = random.random() < 0.3
        self._grain = float(random.uniform(1, 10)) if random.random() < 0.4 else 0.0
        self._gain = _light(random, moments)
        self._grey = random.random() < 0.2
        self._quality = int(random.integers(20, 90)) if random.random() < 0.5 else 0
        old = random.random() < 0.12
        self._weave = float(np.exp(random.uniform(-1.2, 0.9))) if old or random.random() < 0.04 else 0.0  # pixels
        self._dirt = int(random.integers(1, 12)) if old else 0
        self._titles = _titles(random, size) if random.random() < 0.14 else None
        self._focus = _focus(random, moments) if random.random() < 0.06 else None

    def apply(self, picture: Picture, number: int) -> Picture:
        """Show the picture (H, W, 3) with this number on this film stock."""
        if self._focus is not None and self._focus[number] > 0.3:
            picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), float(self._focus[number])), np.uint8)
        if self._weave:
            shift = self._random.normal(0, self._weave, 2) * [0.6, 1.0]
            matrix = np.array([[1, 0, shift[0]], [0, 1, shift[1]]])
            picture = np.asarray(cv2.warpAffine(picture, matrix, self._size, borderMode=cv2.BORDER_REFLECT), np.uint8)
        values: NDArray[np.float32] = picture.astype(np.float32) * np.float32(self._gain[number])
        if self._grain:
            values += self._random.normal(0, self._grain, picture.shape[:2]).astype(np.float32)[..., None]
        result: Picture = np.clip(values, 0, 255).astype(np.uint8)
        self._soil(result)
        if self._grey:
            result[:] = result.mean(axis=2, keepdims=True)
        return self._deliver(result)

    def _soil(self, picture: Picture) -> None:
        """Add specks and scratches, in other places in each picture."""
        for _ in range(int(self._random.poisson(self._dirt)) if self._dirt else 0):
            x, y = int(self._random.integers(self._size[0])), int(self._random.integers(self._size[1]))
            shade = (int(self._random.choice([10, 235])),) * 3
            if self._random.random() < 0.15:
                cv2.line(picture, (x, 0), (x, self._size[1]), shade, 1)
            else:
                cv2.circle(picture, (x, y), int(self._random.integers(1, 4)), shade, -1)

    def _deliver(self, picture: Picture) -> Picture:
        if self._bar:
            rows = picture.transpose(1, 0, 2) if self._pillar else picture
            rows[: self._bar], rows[-self._bar :] = 0, 0
        if self._titles is not None:
            picture[self._titles] = 235
        if self._quality:
            coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, self._quality])[1]
            return decode(np.asarray(coded, np.uint8))
        return picture


def _light(random: np.random.Generator, moments: Floats) -> Floats:
    """Choose how bright each picture is, (T,): mostly even; at times flicker, a lamp that goes on, a cloud or night."""
    gain = np.full(len(moments), random.uniform(0.18, 0.4) if random.random() < 0.1 else random.uniform(0.5, 1.1))
    if random.random() < 0.15:
        gain *= 1 + random.uniform(0.01, 0.06) * random.normal(0, 1, len(moments))
    if random.random() < 0.1:
        wave = np.sin(2 * np.pi * (random.uniform(0.1, 1.5) * moments + random.random()))
        gain *= 1 + random.uniform(0.05, 0.4) * wave
    if random.random() < 0.06:
        gain[moments > random.uniform(0, moments[-1])] *= random.uniform(0.5, 1.5)
    return gain


def _focus(random: np.random.Generator, moments: Floats) -> Floats:
    """Pull the focus, into the picture or out of it: the blur in pixels, (T,)."""
    away = 1 / (1 + np.exp(-random.uniform(3, 12) * (moments - random.uniform(0.2, 0.8) * moments[-1])))
    return np.asarray(random.uniform(1, 5) * (away if random.random() < 0.5 else 1 - away))


def _titles(random: np.random.Generator, size: tuple[int, int]) -> NDArray[np.bool_]:
    """Choose where a subtitle or a logo covers the picture, (H, W), and stays whatever the camera does."""
    mask = np.zeros((size[1], size[0]), np.uint8)
    large = random.random() < 0.6
    for line in range(int(random.integers(1, 3)) if large else 1):
        text = "".join(random.choice(list("abcdefghij mnopqrst uvw ")) for _ in range(int(random.integers(4, 30))))
        text = text if large else text[:4]
        spot = (int(size[0] * random.uniform(0.05, 0.3)), int(size[1] * 0.95) - 16 * line)
        corner = (int(random.choice([8, size[0] - 60])), 22)
        cv2.putText(mask, text, spot if large else corner, cv2.FONT_HERSHEY_SIMPLEX, 0.45, 1, 1, cv2.LINE_8)
    return mask > 0
