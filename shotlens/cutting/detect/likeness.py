"""How alike the pictures around each moment are, in numbers that a small network can judge. Knows no cut.

Across a cut nothing is alike; after a flash or a passer-by the same scene is there again; within a dissolve each
picture is the mean of those around it, and within a wipe each patch of it is as before or as after. So pictures up to
64 frames apart are compared, in several ways.
"""

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]
Rows = dict[str, NDArray[Any]]  # of each of N pictures, by the name of a view or a comparison

LAGS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)  # frames between the two that are compared
HISTORY = LAGS[-1]
REACH = HISTORY // 2  # frames on either side of a moment
RADII = (2, 4, 8, 16, 32)  # frames to either side of a picture that may be the mean of its neighbours
SEARCHED = (1, 2, 4, 8)  # lags over which blocks are also looked for in their neighbourhood
BLOCK = (6, 8)  # rows and columns of such a block, in a luma of half the thumbnail's size
SEARCH = (3, 4)  # pixels up and down, left and right
PATCHES = (16, 9)  # across and down: their means are compared where it matters which part of the picture changes
SHADES = 32  # bins of the histogram of luma; of chroma there are 8 by 8
MEASURES = ("luma", "form", "detail", "chroma", "shades", "hues")  # one number each for every lag
FACTS = 6  # numbers of a picture by itself
CHANNELS = len(MEASURES) * len(LAGS) + 2 * len(SEARCHED) + 3 * len(RADII) + FACTS
SMALL = 0.01  # a difference below it is none


class Likeness:
    """Takes thumbnails in order, and gives the numbers of the moment `REACH` frames before each.

    A moment lies before its frame: lag 1 compares the frame with the one before it, lag 2 the one after it with the
    one before it, and so on. Before the first picture its like is taken to have been there always.
    """

    def __init__(self) -> None:
        self._views: Rows = {}
        self._pairs: Rows = {}

    def add(self, luma: Bytes, chroma: Bytes) -> Floats:
        """Take N thumbnails, (N, 36, 64) and (N, 2, 18, 32); return (N, CHANNELS), of moments `REACH` frames ago."""
        new = _views(luma, chroma)
        if not self._views:
            self._views = {name: np.repeat(view[:1], HISTORY, axis=0) for name, view in new.items()}
            same = {name: np.repeat(view[:1], HISTORY + 1, axis=0) for name, view in new.items()}
            self._pairs = {name: np.repeat(pair, REACH, axis=0) for name, pair in _compare(same, 1).items()}
        views = {name: np.concatenate([view, new[name]]) for name, view in self._views.items()}
        pairs = {name: np.concatenate([self._pairs[name], pair]) for name, pair in _compare(views, len(luma)).items()}
        self._views = {name: view[-HISTORY:] for name, view in views.items()}
        self._pairs = {name: pair[-REACH:] for name, pair in pairs.items()}
        return _gather(pairs, views["facts"][REACH : REACH + len(luma)])


def _views(luma: Bytes, chroma: Bytes) -> Rows:
    """Describe each of N pictures by vectors, in rows."""
    count = len(luma)
    pixels = luma.reshape(count, -1).astype(np.float32) / 128 - 1
    colours = chroma.reshape(count, -1).astype(np.float32) / 64 - 2
    detail, contrast = _detail(luma)
    centred = pixels - pixels.mean(axis=1, keepdims=True)
    bright, dark = (luma > 225).mean(axis=(1, 2)), (luma < 28).mean(axis=(1, 2))
    facts = [pixels.mean(axis=1), centred.std(axis=1), bright, dark, contrast, np.abs(colours).mean(axis=1)]
    return {
        "luma": pixels,
        "form": centred / (np.linalg.norm(centred, axis=1, keepdims=True) + SMALL),
        "detail": detail,
        "chroma": colours,
        "shades": _histogram((luma.reshape(count, -1) >> 3).astype(np.uint8), SHADES),
        "hues": _histogram(_hues(chroma).reshape(count, -1), 64),
        "facts": np.column_stack(facts).astype(np.float32),
        "half": _halved(luma),
        "patches": _patches(luma, chroma),
    }


def _halved(luma: Bytes) -> Bytes:
    """Reduce (N, 36, 64) to (N, 18, 32) by rounded means."""
    wide = luma.astype(np.uint16)
    sums = wide[:, ::2, ::2] + wide[:, 1::2, ::2] + wide[:, ::2, 1::2] + wide[:, 1::2, 1::2]
    return np.asarray((sums + 2) >> 2, np.uint8)


def _patches(luma: Bytes, chroma: Bytes) -> Floats:
    """Means of luma and of both chroma in each patch: (N, 3, 144), 0 to 1."""
    planes = zip(luma, *chroma.transpose(1, 0, 2, 3), strict=True)
    means = [[cv2.resize(plane, PATCHES, interpolation=cv2.INTER_AREA) for plane in picture] for picture in planes]
    return np.asarray(np.reshape(means, (len(luma), 3, -1)) / 255, np.float32)


def _detail(luma: Bytes) -> tuple[Floats, Floats]:
    """Edges and texture, whatever the light: (N, 2304) of length 1; and how much of it there is (N,)."""
    rows, contrasts = [], []
    for picture in luma.astype(np.float32):
        apart = picture - cv2.blur(picture, (7, 7))
        size = np.sqrt(cv2.blur(apart * apart, (7, 7))) + 3
        row = (apart / size).ravel()
        rows.append(row / (np.linalg.norm(row) + SMALL))
        contrasts.append(size.mean() / 32)
    return np.asarray(rows, np.float32), np.asarray(contrasts, np.float32)


def _hues(chroma: Bytes) -> Bytes:
    """Which of 8 by 8 bins each chroma is in: grey is in the middle of one, and most colours are near it."""
    steps = np.clip((chroma.astype(np.int16) - 128 + 36) // 9, 0, 7)
    return np.asarray(steps[:, 0] * 8 + steps[:, 1], np.uint8)


def _histogram(values: Bytes, bins: int) -> Floats:
    """Roots of the shares of each value in each row: the dot of two of them is their Bhattacharyya likeness."""
    count = len(values)
    places = values.astype(np.int64) + np.arange(count)[:, None] * bins
    shares = np.bincount(places.ravel(), minlength=count * bins).reshape(count, bins) / values.shape[1]
    if bins == SHADES:
        wider = np.pad(shares, ((0, 0), (1, 1)), mode="edge")
        shares = (wider[:, :-2] + 2 * wider[:, 1:-1] + wider[:, 2:]) / 4
    return np.asarray(np.sqrt(shares), np.float32)


def _compare(views: Rows, count: int) -> Rows:
    """Compare each of the last `count` pictures with those before it."""
    found = {name: _dots(views[name], count) for name in MEASURES}
    plain = {name: _norms(views[name], count) for name in ("luma", "chroma")}
    return {
        "lags": np.column_stack(
            [
                _log(_apart(found["luma"], plain["luma"]) / views["luma"].shape[1]),
                _log(1 - found["form"]),
                _log(1 - found["detail"]),
                _log(_apart(found["chroma"], plain["chroma"]) / views["chroma"].shape[1]),
                _log(1 - found["shades"]),
                _log(1 - found["hues"]),
            ]
        ),
        "searched": _search(views["half"], count),
        "sides": _sides(views["patches"], count),
        "dots": np.column_stack([found["luma"], plain["luma"]]) / views["luma"].shape[1],
    }


def _dots(rows: Floats, count: int) -> Floats:
    """(count, len(LAGS)): each of the last rows times the row `lag` before it."""
    end = len(rows)
    last = rows[end - count :]
    return np.column_stack([np.einsum("ij,ij->i", last, rows[end - count - lag : end - lag]) for lag in LAGS])


def _norms(rows: Floats, count: int) -> Floats:
    """(count, 1 + len(LAGS)): the squared lengths of each of the last rows, and of those `lag` before it."""
    squares = np.einsum("ij,ij->i", rows, rows)
    end = len(rows)
    return np.column_stack([squares[end - count - lag : end - lag] for lag in (0, *LAGS)])


def _apart(dots: Floats, norms: Floats) -> Floats:
    return norms[:, :1] + norms[:, 1:] - 2 * dots


def _log(difference: NDArray[Any]) -> Floats:
    """Small differences matter as much as large ones."""
    return np.asarray(np.log(np.maximum(difference, 0) + SMALL * SMALL), np.float32)


def _search(half: Bytes, count: int) -> Floats:
    """(count, 2 * len(SEARCHED)): the difference to an earlier picture, each block taken to where it fits best.

    For each lag the mean over all blocks, and over the better half of them. The pictures lie one below the other in
    one tall image, so that OpenCV compares all of them at once.
    """
    (rows, columns), (down, right), end = BLOCK, SEARCH, len(half)
    earlier = np.concatenate([half[end - count - lag : end - lag] for lag in SEARCHED])
    now = _tall(np.concatenate([half[end - count :]] * len(SEARCHED)), (0, 2 * down), (0, 0))
    then = np.pad(_tall(earlier, (down, down), (right, right)), ((0, 2 * down), (0, 0)), mode="edge")
    size = (now.shape[1] // columns, len(now) // rows)
    best = np.full(size[::-1], 255, np.uint8)
    for y in range(2 * down + 1):
        for x in range(2 * right + 1):
            apart = cv2.absdiff(now, then[y : y + len(now), x : x + now.shape[1]])
            cv2.min(best, cv2.resize(apart, size, interpolation=cv2.INTER_AREA), dst=best)
    whole = half.shape[1] // rows * size[0]  # blocks of a picture; behind them are those of its padding
    blocks = np.sort(best.reshape(len(SEARCHED), count, -1)[..., :whole], axis=2).astype(np.float32) / 255
    found = np.stack([blocks.mean(axis=2), blocks[..., : whole // 2].mean(axis=2)], axis=2)
    return np.asarray(np.log(found.transpose(1, 0, 2).reshape(count, -1) + SMALL))


def _sides(patches: Floats, count: int) -> Floats:
    """(count, 2 * len(RADII)): of three pictures so far apart, the last of which are the last `count`.

    For each radius how far the patches of the middle one are from those of the first or the last, whichever is nearer,
    and how far these two are apart. Behind an edge that moves over the picture each patch is as in one of both.
    """
    end, found = len(patches), []
    last = patches[end - count :]
    for radius in RADII:
        middle, first = (patches[end - count - back : end - back] for back in (radius, 2 * radius))
        before, after, across = (np.abs(a - b).sum(axis=1) for a, b in ((middle, first), (last, middle), (last, first)))
        found += [np.minimum(before, after).mean(axis=1), across.mean(axis=1)]
    return np.asarray(np.log(np.column_stack(found) + SMALL), np.float32)


def _tall(pictures: Bytes, above: tuple[int, int], beside: tuple[int, int]) -> Bytes:
    """Put the pictures one below the other, each with so many rows and columns of its edge around it."""
    padded = np.pad(pictures, ((0, 0), above, beside), mode="edge")
    return padded.reshape(-1, padded.shape[2])


def _gather(pairs: Rows, facts: Floats) -> Floats:
    """Turn what was found for the later picture of each pair to the moment in its middle: (N, CHANNELS)."""
    count = len(facts)

    def at(name: str, column: int, later: int) -> Floats:
        column_of: Floats = pairs[name][later : later + count, column]
        return column_of

    columns = [at("lags", row * len(LAGS) + k, lag // 2) for row in range(len(MEASURES)) for k, lag in enumerate(LAGS)]
    columns += [at("searched", 2 * k + part, lag // 2) for k, lag in enumerate(SEARCHED) for part in range(2)]
    columns += [_bent(at, radius) for radius in RADII]
    sides = [at("sides", 2 * k + part, radius) for k, radius in enumerate(RADII) for part in range(2)]
    return np.column_stack([*columns, facts, *sides])


def _bent(at: Callable[[str, int, int], Floats], radius: int) -> Floats:
    """How far the picture is from the mean of the two `radius` before and after it, against how far those are apart."""
    near, far = LAGS.index(radius), LAGS.index(2 * radius)
    own = len(LAGS)  # the column of a picture's own squared length; behind it those of the earlier ones
    both = at("dots", own, radius) + at("dots", own + 1 + far, radius)
    across = at("dots", far, radius)
    off = at("dots", own, 0) + (both + 2 * across) / 4 - at("dots", near, 0) - at("dots", near, radius)
    return _log(off) - _log((both - 2 * across) / 4)
