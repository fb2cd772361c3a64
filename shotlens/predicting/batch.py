"""Prepares several shots as one batch of network inputs. Knows nothing about networks or decoders."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shotlens.predicting.errors import FrameError
from shotlens.predicting.frames import COLUMNS, HEIGHT, ROWS, WIDTH, cells, read_frames
from shotlens.predicting.path import CHANNELS, STATISTICS, STEPS, path_arrays
from shotlens.shots.shot import FRAMES_PER_SHOT
from shotlens.storage.frames import StoredShot

Inputs = dict[str, NDArray[np.uint8] | NDArray[np.float32]]  # arrays by the name of the network's input


@dataclass(frozen=True, slots=True)
class Batch:
    """The network's inputs for N shots."""

    frames: NDArray[np.uint8]  # (N, 8, H, W, 3) RGB
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

    def fill(row: int) -> None:
        batch.frames[row] = read_frames(_jpegs(shots[row]), size)
        batch.cells[row] = cells(batch.frames[row])
        batch.path[row], batch.statistics[row] = path_arrays(shots[row].shot.camera_path)

    with ThreadPoolExecutor() as readers:
        list(readers.map(fill, range(len(shots))))
    return batch


def empty_batch(count: int, size: tuple[int, int] = (HEIGHT, WIDTH)) -> Batch:
    """Return a batch of zeros: black frames of (height, width) without camera motion."""
    return Batch(
        frames=np.zeros((count, FRAMES_PER_SHOT, *size, 3), np.uint8),
        cells=np.zeros((count, ROWS, COLUMNS, FRAMES_PER_SHOT), np.float32),
        path=np.zeros((count, STEPS, CHANNELS), np.float32),
        statistics=np.zeros((count, STATISTICS), np.float32),
    )


def _jpegs(stored: StoredShot) -> list[bytes]:
    try:
        return stored.jpegs()
    except OSError as error:
        first = stored.shot.start_frame
        raise FrameError(f"A frame of the shot at frame {first} cannot be read: {error.strerror}.") from error
