"""Prepares several shots as one batch of network inputs. Knows nothing about networks or decoders."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shotlens.machine.cores import cores
from shotlens.predicting.errors import FrameError
from shotlens.predicting.frames import (
    COLUMNS,
    HEIGHT,
    ROWS,
    SCALE_FRAMES,
    WIDTH,
    Pictures,
    cells,
    read_pictures,
    resized,
)
from shotlens.predicting.path import CHANNELS, STATISTICS, STEPS, path_arrays
from shotlens.shots.shot import FRAMES_PER_SHOT, CameraMotion
from shotlens.storage.frames import StoredShot

Inputs = dict[str, NDArray[np.uint8] | NDArray[np.float32]]  # arrays by the name of the network's input
Outputs = dict[str, NDArray[np.float32]]  # probabilities (N, labels) by head


@dataclass(frozen=True, slots=True)
class Batch:
    """The network's inputs for N shots."""

    frames: NDArray[np.uint8]  # (N, len(SCALE_FRAMES), H, W, 3) RGB
    cells: NDArray[np.float32]  # (N, ROWS, COLUMNS, 8)
    path: NDArray[np.float32]  # (N, STEPS, CHANNELS)
    statistics: NDArray[np.float32]  # (N, STATISTICS)

    def inputs(self) -> Inputs:
        """Return the arrays by the name of the network's input."""
        return {"frames": self.frames, "cells": self.cells, "path": self.path, "statistics": self.statistics}


def prepare(shots: Sequence[StoredShot], size: tuple[int, int] = (HEIGHT, WIDTH)) -> Batch:
    """Read the shots' frames, resized to `size` (height, width), and their paths. `shots` may be empty.

    Raises FrameError.
    """
    batch = empty_batch(len(shots), size)
    if len(shots) == 1:
        _fill(batch, 0, shots[0], _readers().map)
    else:
        list(_readers().map(lambda row: _fill(batch, row, shots[row]), range(len(shots))))
    return batch


def fill(
    batch: Batch,
    row: int,
    pictures: Pictures,
    camera_path: Sequence[CameraMotion],
    run: Callable[..., Iterable[Any]] = map,
) -> None:
    """Set the inputs for one shot; `run` may map in parallel."""
    size = batch.frames.shape[2:4]
    parts = (lambda: resized(pictures.large, size), lambda: cells(pictures.small), lambda: path_arrays(camera_path))
    batch.frames[row], batch.cells[row], path = run(lambda part: part(), parts)
    batch.path[row], batch.statistics[row] = path


def empty_batch(count: int, size: tuple[int, int] = (HEIGHT, WIDTH)) -> Batch:
    """Return a batch of zeros: black frames of (height, width) without camera motion."""
    return Batch(
        frames=np.zeros((count, len(SCALE_FRAMES), *size, 3), np.uint8),
        cells=np.zeros((count, ROWS, COLUMNS, FRAMES_PER_SHOT), np.float32),
        path=np.zeros((count, STEPS, CHANNELS), np.float32),
        statistics=np.zeros((count, STATISTICS), np.float32),
    )


@cache
def _readers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(cores(), "reader")


def _fill(batch: Batch, row: int, stored: StoredShot, run: Callable[..., Iterable[Any]] = map) -> None:
    fill(batch, row, read_pictures(_jpegs(stored), run, stored.shot.window), stored.shot.camera_path, run)


def _jpegs(stored: StoredShot) -> list[bytes]:
    try:
        return stored.jpegs()
    except OSError as error:
        first = stored.shot.start_frame
        raise FrameError(f"A frame of the shot at frame {first} cannot be read: {error.strerror}.") from error
