"""Turns thousands of reels into the numbers that the shot detector's network is trained on. Stores the takes."""

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from recipes.synthetic.cutouts import cutouts
from recipes.synthetic.reels import Reel, make_reel
from recipes.synthetic.sources import fold_of, photos, signers
from recipes.synthetic.takes import Picture, Take, make_take
from shotlens.cutting.detect.likeness import REACH, Likeness

CHUNK = 800  # takes in one file of the cache
HELD_OUT = 8  # one take in so many shows photos that no other take shows, for the reels to judge by
HELD_OUT_SEEDS = 10**6
SHORTEST, LONGEST = 24, 260  # frames of a take
SIGNER_SHARE = 12  # each of the few videos counts as many photos


@dataclass(frozen=True, slots=True)
class Screened:
    """R reels of N frames."""

    channels: NDArray[np.float16]  # (R, N, CHANNELS)
    labels: NDArray[np.float32]  # (R, N, 4) cut, gradual, fade, weight


@dataclass(frozen=True, slots=True)
class Stock:
    """What takes are made from, and where they are stored."""

    data: Path
    pretrained: Path
    cache: Path
    takes: int
    processes: int


def screen(stock: Stock, count: int, held_out: bool) -> Screened:
    """Make `count` reels from the takes to train on, or from those that are held out.

    Raises BrokenProcessPool if the stock's folders lack what the takes are made from.
    """
    first = HELD_OUT_SEEDS if held_out else 0
    shown = list(_pool(stock.processes, _Cinema, (_takes(stock), held_out), range(first, first + count)))
    return Screened(np.stack([channels for channels, _ in shown]), np.stack([labels for _, labels in shown]))


def _takes(stock: Stock) -> list[Path]:
    """Return the files of the takes; make those that are not there yet."""
    stock.cache.mkdir(parents=True, exist_ok=True)
    files = [stock.cache / f"takes-{start:06d}.npz" for start in range(0, stock.takes, CHUNK)]
    for number, file in enumerate(files):
        if not file.exists():
            seeds = range(number * CHUNK, (number + 1) * CHUNK)
            takes: list[Take] = list(_pool(stock.processes, _Studio, (stock,), seeds))
            luma, chroma = (np.concatenate([getattr(take, name) for take in takes]) for name in ("luma", "chroma"))
            np.savez(file, ends=np.cumsum([len(take.luma) for take in takes]), luma=luma, chroma=chroma)
            print(f"{seeds.stop} of {stock.takes} takes", flush=True)
    return files


class _Room:
    """What one process of the pool holds."""

    here: ClassVar[Any]


def _pool(processes: int, room: type, given: tuple[Any, ...], seeds: range) -> Iterator[Any]:
    # Spawned, not forked: a process forked under the threads of OpenCV or Keras hangs.
    spawn = multiprocessing.get_context("spawn")
    # No multiprocessing.Pool: if its processes fail to start, it starts them again for ever.
    with ProcessPoolExecutor(processes, spawn, _enter, (room, *given)) as pool:
        yield from pool.map(_make, seeds, chunksize=4)


def _enter(room: Callable[..., Any], *given: Any) -> None:
    cv2.setNumThreads(1)
    _Room.here = room(*given)


def _make(seed: int) -> Any:
    return _Room.here(seed)


class _Studio:
    """Makes takes."""

    def __init__(self, stock: Stock) -> None:
        sources = photos(stock.data, "rooms", "coco", "stills", "places", "fashion", "lsp")
        sources += signers(stock.data) * SIGNER_SHARE
        self._held_out = [path for path in sources if fold_of(path) == 0]
        self._others = [path for path in sources if fold_of(path) != 0]
        self._cutouts: list[Picture] = cutouts(stock.data, stock.pretrained)

    def __call__(self, seed: int) -> Take:
        random = np.random.default_rng((seed, 1))
        length = int(np.exp(random.uniform(np.log(SHORTEST), np.log(LONGEST))))
        sources = self._held_out if seed % HELD_OUT == 0 else self._others
        return make_take(seed, sources, self._cutouts, length)


class _Cinema:
    """Makes reels from the takes, and looks at them as the detector does."""

    def __init__(self, files: list[Path], held_out: bool) -> None:
        self._takes = []
        for file in files:
            with np.load(file) as stored:
                ends, luma, chroma = stored["ends"], stored["luma"], stored["chroma"]
            starts = [0, *ends[:-1]]
            takes = [Take(luma[a:b], chroma[a:b]) for a, b in zip(starts, ends, strict=True)]
            self._takes += [take for seed, take in enumerate(takes) if (seed % HELD_OUT == 0) == held_out]

    def __call__(self, seed: int) -> tuple[NDArray[np.float16], NDArray[np.float32]]:
        reel = make_reel(np.random.default_rng((seed, 2)), self._takes)
        labels = np.stack([reel.cut, reel.gradual, reel.fade, reel.weight], axis=-1).astype(np.float32)
        return look(reel).astype(np.float16), labels


def look(reel: Reel) -> NDArray[np.float32]:
    """Let `Likeness` measure each frame of the reel: (N, CHANNELS)."""
    likeness = Likeness()
    early = likeness.add(reel.luma, reel.chroma)[REACH:]
    late = likeness.add(*(np.repeat(plane[-1:], REACH, axis=0) for plane in (reel.luma, reel.chroma)))
    return np.concatenate([early, late])
