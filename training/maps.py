"""Framings as the network's frozen half sees them: made once and kept, so that training reads small maps only."""

from dataclasses import dataclass, fields
from pathlib import Path

import cv2
import keras
import numpy as np
from numpy.typing import NDArray

from model.network import split_scale
from model.preprocess import decode, fit
from training.framings import Framing, Picture, framings

BATCH = 64


@dataclass(frozen=True, slots=True)
class Maps:
    """N framings in V variants each; the first variant is the picture as it is."""

    maps: NDArray[np.float16]  # (N, V, h, w, channels)
    scale: NDArray[np.int64]  # (N,)
    fold: NDArray[np.int64]  # (N,)
    weight: NDArray[np.float32]  # (N,)
    still: NDArray[np.bool_]  # (N,)


def scale_maps(data: Path, pretrained: Path, cache: Path, scale: keras.Model, *, variants: int, seed: int) -> Maps:
    """All framings through the frozen half of `scale` (see `split_scale`), from `cache` if they are there."""
    file = cache / f"maps-{variants}-{seed}.npz"
    if not file.exists():
        maps = _make(data, pretrained, scale, variants, np.random.default_rng(seed))
        cache.mkdir(parents=True, exist_ok=True)
        np.savez(file, **{entry.name: getattr(maps, entry.name) for entry in fields(maps)})
    with np.load(file) as stored:
        return Maps(**{key: stored[key] for key in stored.files})


def _make(data: Path, pretrained: Path, scale: keras.Model, variants: int, random: np.random.Generator) -> Maps:
    frozen, _ = split_scale(scale)
    found = [(_variants(framing, variants, random), framing) for framing in framings(data, pretrained, random)]
    frames = np.concatenate([pictures for pictures, _ in found])
    maps = []
    for start in range(0, len(frames), BATCH):
        some = frames[start : start + BATCH, ..., ::-1].astype(np.float32) / 127.5 - 1
        maps.append(np.asarray(frozen.predict_on_batch(some), np.float16))
        print(f"\r{start + len(some)} of {len(frames)} framings", end="", flush=True)
    print()
    stacked = np.concatenate(maps)
    return Maps(
        maps=stacked.reshape(len(found), variants, *stacked.shape[1:]),
        scale=np.array([framing.scale for _, framing in found]),
        fold=np.array([framing.fold for _, framing in found]),
        weight=np.array([framing.weight for _, framing in found], np.float32),
        still=np.array([framing.still for _, framing in found]),
    )


def _variants(framing: Framing, count: int, random: np.random.Generator) -> Picture:
    """(count, HEIGHT, WIDTH, 3) BGR: as it is, then changed at random, every other one mirrored."""
    pictures = [_as_served(framing.picture, 640, 90)]
    for number in range(1, count):
        changed = _change(framing.picture, random)
        pictures.append(changed[:, ::-1] if number % 2 else changed)
    return np.concatenate([fit([picture]) for picture in pictures])


def _change(picture: Picture, random: np.random.Generator) -> Picture:
    """Another crop, light, colour, sharpness and compression, none so strong that the scale changes."""
    height, width = picture.shape[:2]
    rows, columns = (int(size * random.uniform(0.88, 1.0)) for size in (height, width))
    top, left = random.integers(height - rows + 1), random.integers(width - columns + 1)
    values = picture[top : top + rows, left : left + columns].astype(np.float32) / 255
    values = values ** random.uniform(0.7, 1.6) * random.uniform(0.6, 1.15)
    if random.random() < 0.25:  # old film
        values = np.repeat(values.mean(axis=2, keepdims=True), 3, axis=2)
    else:
        values *= random.uniform(0.85, 1.15, 3)
    if random.random() < 0.3:
        values += random.normal(0, random.uniform(0.01, 0.05), values.shape[:2])[..., None]
    side = int(random.choice([160, 240, 320, 480, 640]))
    return _as_served(np.clip(values * 255, 0, 255).astype(np.uint8), side, int(random.integers(50, 95)))


def _as_served(picture: Picture, side: int, quality: int) -> Picture:
    """Through a JPEG of this longest side at most, as the frames of a shot are."""
    factor = min(1.0, side / max(picture.shape))
    if factor < 1:
        picture = np.asarray(cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)
    coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return decode(np.asarray(coded, np.uint8))
