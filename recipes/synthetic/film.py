"""Thumbnails of a film that is being worked on, and what can be laid over them."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from shotlens.cutting.detect.thumbnail import CHROMA_SIZE, LUMA_SIZE

Floats = NDArray[np.float32]
BLACK, WHITE, GREY = 16.0, 235.0, 128.0


@dataclass(slots=True)
class Film:
    """N thumbnails that are being worked on."""

    luma: Floats  # (N, 36, 64) 16 to 235
    chroma: Floats  # (N, 2, 18, 32)

    def __len__(self) -> int:
        return len(self.luma)

    def part(self, start: int, end: int) -> "Film":
        """Return a copy of these frames."""
        return Film(self.luma[start:end].copy(), self.chroma[start:end].copy())


def lay(film: Film, number: int, cover: Floats, luma: float | Floats, chroma: tuple[float, float] | Floats) -> None:
    """Lay a colour or picture over one frame where `cover` (36, 64) says so, from 0 to 1."""
    film.luma[number] += (np.asarray(luma, np.float32) - film.luma[number]) * cover
    small = cv2.resize(cover, CHROMA_SIZE, interpolation=cv2.INTER_AREA)
    colour = np.asarray(chroma, np.float32)
    film.chroma[number] += ((colour if colour.ndim > 1 else colour[:, None, None]) - film.chroma[number]) * small


def blob(place: ArrayLike, width: float, height: float, softness: float) -> Floats:
    """Draw an ellipse, (36, 64) 0 to 1. Its sizes are shares of the picture's width, its place one of each side."""
    x, y = np.asarray(place, float)
    columns, rows = np.meshgrid(np.linspace(0, 1, LUMA_SIZE[0]), np.linspace(0, 0.5625, LUMA_SIZE[1]))
    distance = np.hypot((columns - x) / width, (rows - y * 0.5625) / height)
    return np.asarray(np.clip((1 - distance) / softness + 0.5, 0, 1), np.float32)
