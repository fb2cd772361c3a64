"""Reels: takes joined into films, and what a detector should find at each frame."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from recipes.synthetic.film import Film, Floats
from recipes.synthetic.happenings import happen
from recipes.synthetic.joins import JOINS, LONGEST, SHARES, SLOW, Table
from recipes.synthetic.takes import Take

REEL = 400  # frames
MIDDLE = 6  # frames on either side of the middle of a gradual change that count as its middle, at most
LEAST = 8  # frames of the take that follows


@dataclass(slots=True)
class Reel:
    """N thumbnails and their labels."""

    luma: NDArray[np.uint8]  # (N, 36, 64)
    chroma: NDArray[np.uint8]  # (N, 2, 18, 32)
    cut: NDArray[np.bool_]  # (N,) first frames after a hard cut
    gradual: NDArray[np.bool_]  # (N,) about the middle of a dissolve, wipe or fade
    fade: NDArray[np.bool_]  # (N,) the same where it is a fade
    weight: Floats  # (N,) 0 where a person could argue


def make_reel(random: np.random.Generator, takes: Sequence[Take]) -> Reel:
    """Cut takes together until the reel is full."""
    table = Table()
    film = _take(random, takes)
    hasty: list[int] = []  # lengths of the very short shots to come
    slides = False  # whether these are slides or drawings
    while table.length < REEL:
        if not hasty and random.random() < 0.08:
            hasty, slides = _hasty(random), random.random() < 0.25
        wanted = hasty[-1] if hasty else int(np.exp(random.uniform(np.log(6), np.log(220))))
        following = _drawn(random) if hasty and slides else _next(random, takes, film)
        if random.random() < (0.15 if hasty else 0.7):
            happen(random, film)
        join = "cut" if hasty else str(random.choice(list(JOINS), p=SHARES))
        if join in SLOW:  # otherwise most takes would be too short for a long one
            wanted += LONGEST
            film, following = _lasting(film, wanted), _lasting(following, LONGEST + LEAST)
        film = JOINS[join](random, table, film.part(0, max(wanted, 2)), following)
        hasty = hasty[:-1]
    return _reel(random, table)


def _hasty(random: np.random.Generator) -> list[int]:
    """Choose the lengths of a row of very short shots, in frames: all alike, as if cut to a beat, or any."""
    count = int(random.integers(5, 60))
    if random.random() < 0.6:
        return [int(random.choice([2, 2, 2, 3, 4, 5]))] * count
    return [int(length) for length in random.integers(2, 12, count)]


def _drawn(random: np.random.Generator) -> Film:
    """Draw a slide or a drawing: flat blots that stand still or creep."""
    length, shape = int(random.integers(24, 200)), tuple(random.integers(2, 12, 2))
    planes = random.uniform([[[16]], [[40]], [[40]]], [[[235]], [[216]], [[216]]], (3, *shape)).astype(np.float32)
    way = cv2.INTER_LINEAR if random.random() < 0.7 else cv2.INTER_NEAREST
    luma, *chroma = (cv2.resize(plane, (96, 54), interpolation=way) for plane in planes)
    creep = np.cumsum(np.full(length, random.choice([0, 0, 0, 0.1, 0.5]))).astype(int) % 32
    chroma = [[cv2.resize(plane, (48, 27))[4:22, at // 2 : at // 2 + 32] for plane in chroma] for at in creep]
    return Film(np.stack([luma[9:45, at : at + 64] for at in creep]), np.stack(chroma))


def _take(random: np.random.Generator, takes: Sequence[Take]) -> Film:
    if random.random() < 0.07:
        return _drawn(random)
    take = takes[int(random.integers(len(takes)))]
    film = Film(take.luma.astype(np.float32), take.chroma.astype(np.float32))
    start = int(random.integers(max(1, len(film) // 2)))
    film = film.part(start, len(film))
    return _mirrored(film) if random.random() < 0.5 else film


def _lasting(film: Film, length: int) -> Film:
    """Play it forwards and backwards until it lasts so many frames."""
    if not 1 < len(film) < length:
        return film
    turn = 2 * len(film) - 2
    order = np.arange(length) % turn
    order = np.minimum(order, turn - order)
    return Film(film.luma[order], film.chroma[order])


def _mirrored(film: Film) -> Film:
    return Film(film.luma[..., ::-1].copy(), film.chroma[..., ::-1].copy())


def _next(random: np.random.Generator, takes: Sequence[Take], film: Film) -> Film:
    """Choose what follows, as films do: another scene, one in the same light, or the same scene from elsewhere."""
    way = random.choice(["other", "alike", "mirror", "closer"], p=[0.45, 0.37, 0.08, 0.1])
    if way == "other" or len(film) < 2 * LEAST:
        return _take(random, takes)
    if way == "alike":
        return _in_the_light_of(film, _take(random, takes), random.uniform(0.6, 1))
    again = film.part(int(random.integers(len(film) - LEAST)), len(film))
    if way == "mirror":
        return _mirrored(again)
    return _closer(random, again)


def _in_the_light_of(film: Film, other: Film, share: float) -> Film:
    """Give the other film the mean and the spread of luma and of each chroma that this film has."""
    for values, model in (
        (other.luma, film.luma),
        (other.chroma[:, 0], film.chroma[:, 0]),
        (other.chroma[:, 1], film.chroma[:, 1]),
    ):
        wanted = (values - values.mean()) * min(3.0, model.std() / (values.std() + 1)) + model.mean()
        values[:] = values + (wanted - values) * np.float32(share)
    return other


def _closer(random: np.random.Generator, film: Film) -> Film:
    """Cut to a closer shot: a part of the picture, twice as large or more."""
    share = random.uniform(0.3, 0.55)
    x, y = random.uniform(0, 1 - share, 2)

    def crop(plane: Floats) -> Floats:
        height, width = plane.shape
        part = plane[int(y * height) : int((y + share) * height) + 1, int(x * width) : int((x + share) * width) + 1]
        return np.asarray(cv2.resize(part, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)

    return Film(np.stack([crop(p) for p in film.luma]), np.stack([[crop(p) for p in pair] for pair in film.chroma]))


def _reel(random: np.random.Generator, table: Table) -> Reel:
    """Put the films together, lay a codec's noise over them, and write the labels down."""
    luma = np.concatenate([film.luma for film in table.films])[:REEL]
    chroma = np.concatenate([film.chroma for film in table.films])[:REEL]
    noise = random.choice([0.0, 0.4, 1.0, 2.5])
    luma = luma + random.normal(0, 1, luma.shape).astype(np.float32) * np.float32(noise)
    cut, gradual, fade = np.zeros((3, REEL), bool)
    weight = np.ones(REEL, np.float32)
    for start, end in table.doubts:
        weight[max(0, start) : end] = 0.1
    for start, end, is_fade in table.graduals:
        middle, half = (start + end) / 2, float(np.clip((end - start) / 6, 1.5, MIDDLE))
        around = slice(max(0, int(np.ceil(middle - half))), int(np.floor(middle + half)) + 1)
        weight[start:end] = 0.4
        weight[around] = 1.0
        gradual[around], fade[around] = True, is_fade
    for first in table.cuts:
        if 0 < first < REEL:
            cut[first], weight[first] = True, 1.0
    return Reel(_bytes(luma), _bytes(chroma), cut, gradual, fade, weight)


def _bytes(values: Floats) -> NDArray[np.uint8]:
    return np.clip(np.round(values), 0, 255).astype(np.uint8)
