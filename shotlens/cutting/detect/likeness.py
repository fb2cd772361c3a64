"""Computes how similar the frames around each moment are, as features for a small network. Knows nothing about cuts.

Across a cut, nothing is similar. After a flash or a passer-by, the same scene is there again. Within a dissolve, each
frame is the mean of those around it, and within a wipe, each patch looks as before or as after. So frames up to 64
apart are compared, in several ways.
"""

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]
Rows = dict[str, NDArray[Any]]  # one row per frame, by the name of a view or a comparison

LAGS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)  # distances between the compared frames
HISTORY = LAGS[-1]
REACH = HISTORY // 2  # frames used on either side of a moment
RADII = (2, 4, 8, 16, 32)  # distances to the neighbours of which a frame may be the mean
SEARCHED = (1, 2, 4, 8)  # lags at which blocks are also searched for in their neighbourhood
BLOCK = (6, 8)  # rows and columns of such a block, in luma at half the thumbnail's size
SEARCH = (3, 4)  # pixels up and down, left and right
PATCHES = (16, 9)  # across and down: their means show which part of the frame changes
SHADES = 32  # bins of the luma histogram; the chroma histogram has 8 by 8
MEASURES = ("luma", "form", "detail", "chroma", "shades", "hues")  # one feature each per lag
FACTS = 6  # features of a single frame
CHANNELS = len(MEASURES) * len(LAGS) + 2 * len(SEARCHED) + 3 * len(RADII) + FACTS
SMALL = 0.01  # differences below this count as none


class Likeness:
    """Accepts thumbnails in order, and returns the features of the moment `REACH` frames before each.

    A moment lies just before its frame: lag 1 compares the frame with the one before it, lag 2 the one after it with
    the one before it, and so on. The first frame is assumed to have been shown before the start as well.
    """

    def __init__(self) -> None:
        self._views: Rows = {}
        self._pairs: Rows = {}

    def add(self, luma: Bytes, chroma: Bytes) -> Floats:
        """Take N thumbnails, (N, 36, 64) and (N, 2, 18, 32); return (N, CHANNELS) for moments `REACH` frames ago."""
        new = _views(luma, chroma)
        if not self._views:
            self._views = {name: np.repeat(view[:1], HISTORY, axis=0) for name, view in new.items()}
            repeated = {name: np.repeat(view[:1], HISTORY + 1, axis=0) for name, view in new.items()}
            self._pairs = {name: np.repeat(pair, REACH, axis=0) for name, pair in _compare(repeated, 1).items()}
        views = {name: np.concatenate([view, new[name]]) for name, view in self._views.items()}
        pairs = {name: np.concatenate([self._pairs[name], pair]) for name, pair in _compare(views, len(luma)).items()}
        self._views = {name: view[-HISTORY:] for name, view in views.items()}
        self._pairs = {name: pair[-REACH:] for name, pair in pairs.items()}
        return _gather(pairs, views["facts"][REACH : REACH + len(luma)])


def _views(luma: Bytes, chroma: Bytes) -> Rows:
    """Return vectors that describe each of N frames, as rows."""
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
    """Halve (N, 36, 64) to (N, 18, 32) by rounded means."""
    wide = luma.astype(np.uint16)
    sums = wide[:, ::2, ::2] + wide[:, 1::2, ::2] + wide[:, ::2, 1::2] + wide[:, 1::2, 1::2]
    return np.asarray((sums + 2) >> 2, np.uint8)


def _patches(luma: Bytes, chroma: Bytes) -> Floats:
    """Return the means of luma and both chroma in each patch: (N, 3, 144), 0 to 1."""
    planes = zip(luma, *chroma.transpose(1, 0, 2, 3), strict=True)
    means = [[cv2.resize(plane, PATCHES, interpolation=cv2.INTER_AREA) for plane in picture] for picture in planes]
    return np.asarray(np.reshape(means, (len(luma), 3, -1)) / 255, np.float32)


def _detail(luma: Bytes) -> tuple[Floats, Floats]:
    """Return edges and texture, normalised for illumination, (N, 2304) with norm 1; and their mean contrast, (N,)."""
    rows, contrasts = [], []
    for picture in luma.astype(np.float32):
        residual = picture - cv2.blur(picture, (7, 7))
        deviation = np.sqrt(cv2.blur(residual * residual, (7, 7))) + 3
        row = (residual / deviation).ravel()
        rows.append(row / (np.linalg.norm(row) + SMALL))
        contrasts.append(deviation.mean() / 32)
    return np.asarray(rows, np.float32), np.asarray(contrasts, np.float32)


def _hues(chroma: Bytes) -> Bytes:
    """Return the bin (of 8 by 8) of each chroma: grey is at the centre of one, and most colours are near it."""
    steps = np.clip((chroma.astype(np.int16) - 128 + 36) // 9, 0, 7)
    return np.asarray(steps[:, 0] * 8 + steps[:, 1], np.uint8)


def _histogram(values: Bytes, bins: int) -> Floats:
    """Return the square roots of each row's histogram: the dot product of two is their Bhattacharyya coefficient."""
    count = len(values)
    indices = values.astype(np.int64) + np.arange(count)[:, None] * bins
    fractions = np.bincount(indices.ravel(), minlength=count * bins).reshape(count, bins) / values.shape[1]
    if bins == SHADES:
        padded = np.pad(fractions, ((0, 0), (1, 1)), mode="edge")
        fractions = (padded[:, :-2] + 2 * padded[:, 1:-1] + padded[:, 2:]) / 4
    return np.asarray(np.sqrt(fractions), np.float32)


def _compare(views: Rows, count: int) -> Rows:
    """Compare each of the last `count` frames with earlier ones."""
    dots = {name: _dots(views[name], count) for name in MEASURES}
    norms = {name: _norms(views[name], count) for name in ("luma", "chroma")}
    return {
        "lags": np.column_stack(
            [
                _log(_squared_distances(dots["luma"], norms["luma"]) / views["luma"].shape[1]),
                _log(1 - dots["form"]),
                _log(1 - dots["detail"]),
                _log(_squared_distances(dots["chroma"], norms["chroma"]) / views["chroma"].shape[1]),
                _log(1 - dots["shades"]),
                _log(1 - dots["hues"]),
            ]
        ),
        "searched": _search(views["half"], count),
        "sides": _sides(views["patches"], count),
        "dots": np.column_stack([dots["luma"], norms["luma"]]) / views["luma"].shape[1],
    }


def _dots(rows: Floats, count: int) -> Floats:
    """Return (count, len(LAGS)): the dot product of each of the last rows with the row `lag` before it."""
    end = len(rows)
    last = rows[end - count :]
    return np.column_stack([np.vecdot(last, rows[end - count - lag : end - lag]) for lag in LAGS])


def _norms(rows: Floats, count: int) -> Floats:
    """Return (count, 1 + len(LAGS)): the squared norms of each of the last rows and of those `lag` before it."""
    squares = np.vecdot(rows, rows)
    end = len(rows)
    return np.column_stack([squares[end - count - lag : end - lag] for lag in (0, *LAGS)])


def _squared_distances(dots: Floats, norms: Floats) -> Floats:
    return norms[:, :1] + norms[:, 1:] - 2 * dots


def _log(difference: NDArray[Any]) -> Floats:
    """Return logarithms, so that small differences matter as much as large ones."""
    return np.asarray(np.log(np.maximum(difference, 0) + SMALL * SMALL), np.float32)


def _search(half: Bytes, count: int) -> Floats:
    """Return (count, 2 * len(SEARCHED)): the difference to an earlier frame, with each block at its best match.

    For each lag, the mean over all blocks, and over the better half of them. The frames are stacked into one tall
    image, so that OpenCV compares all of them at once.
    """
    (rows, columns), (down, right), end = BLOCK, SEARCH, len(half)
    earlier = np.concatenate([half[end - count - lag : end - lag] for lag in SEARCHED])
    current = _stacked(np.concatenate([half[end - count :]] * len(SEARCHED)), (0, 2 * down), (0, 0))
    earlier_padded = np.pad(_stacked(earlier, (down, down), (right, right)), ((0, 2 * down), (0, 0)), mode="edge")
    size = (current.shape[1] // columns, len(current) // rows)
    best = np.full(size[::-1], 255, np.uint8)
    for y in range(2 * down + 1):
        for x in range(2 * right + 1):
            difference = cv2.absdiff(current, earlier_padded[y : y + len(current), x : x + current.shape[1]])
            cv2.min(best, cv2.resize(difference, size, interpolation=cv2.INTER_AREA), dst=best)
    per_frame = half.shape[1] // rows * size[0]  # blocks of a frame; those of its padding follow
    blocks = np.sort(best.reshape(len(SEARCHED), count, -1)[..., :per_frame], axis=2).astype(np.float32) / 255
    means = np.stack([blocks.mean(axis=2), blocks[..., : per_frame // 2].mean(axis=2)], axis=2)
    return np.asarray(np.log(means.transpose(1, 0, 2).reshape(count, -1) + SMALL))


def _sides(patches: Floats, count: int) -> Floats:
    """Return (count, 2 * len(RADII)): comparisons of three frames `radius` apart, ending at each of the last `count`.

    For each radius, the distance of the middle frame's patches to the nearer of the first and the last, and the
    distance between those two. During a wipe, each patch matches one of the two.
    """
    end, columns = len(patches), []
    last = patches[end - count :]
    for radius in RADII:
        middle, first = (patches[end - count - back : end - back] for back in (radius, 2 * radius))
        before, after, across = (np.abs(a - b).sum(axis=1) for a, b in ((middle, first), (last, middle), (last, first)))
        columns += [np.minimum(before, after).mean(axis=1), across.mean(axis=1)]
    return np.asarray(np.log(np.column_stack(columns) + SMALL), np.float32)


def _stacked(pictures: Bytes, above: tuple[int, int], beside: tuple[int, int]) -> Bytes:
    """Stack the frames vertically, each padded with so many rows and columns of its edge."""
    padded = np.pad(pictures, ((0, 0), above, beside), mode="edge")
    return padded.reshape(-1, padded.shape[2])


def _gather(pairs: Rows, facts: Floats) -> Floats:
    """Shift the comparisons from the later frame of each pair to the moment in the middle: (N, CHANNELS)."""
    count = len(facts)

    def at(name: str, column: int, later: int) -> Floats:
        shifted: Floats = pairs[name][later : later + count, column]
        return shifted

    columns = [at("lags", row * len(LAGS) + k, lag // 2) for row in range(len(MEASURES)) for k, lag in enumerate(LAGS)]
    columns += [at("searched", 2 * k + part, lag // 2) for k, lag in enumerate(SEARCHED) for part in range(2)]
    columns += [_midpoint_error(at, radius) for radius in RADII]
    sides = [at("sides", 2 * k + part, radius) for k, radius in enumerate(RADII) for part in range(2)]
    return np.column_stack([*columns, facts, *sides])


def _midpoint_error(at: Callable[[str, int, int], Floats], radius: int) -> Floats:
    """Return the log ratio of a frame's distance to the mean of the two `radius` away to the distance of those two."""
    near, far = LAGS.index(radius), LAGS.index(2 * radius)
    own = len(LAGS)  # the column of a frame's own squared norm; those of the earlier frames follow
    both = at("dots", own, radius) + at("dots", own + 1 + far, radius)
    across = at("dots", far, radius)
    error = at("dots", own, 0) + (both + 2 * across) / 4 - at("dots", near, 0) - at("dots", near, radius)
    return _log(error) - _log((both - 2 * across) / 4)
