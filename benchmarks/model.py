"""Measures how fast the model labels shots, and the memory that it takes: `python -m benchmarks.model [--shots N]`.

Everything from the JPEGs of the shots to their labels counts.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np

from shotlens.predicting.predictor import Predictor
from shotlens.shots.shot import CameraMotion, Shot, frames_of
from shotlens.storage.frames import FrameFolder, StoredShot

RUNS = 5
SIZE = (640, 360)
LENGTH = 96  # frames in a shot


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--shots", type=int, default=16, help="shots in a batch (default: %(default)s)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = FrameFolder(Path(folder))
        shots = [_shot(store, index) for index in range(options.shots)]
        predictor = Predictor()
        predictor.warm_up()
        seconds = []
        for _ in range(RUNS):
            started = time.perf_counter()
            predictor.predict(shots)
            seconds.append((time.perf_counter() - started) / len(shots))
    print(f"{1000 * statistics.median(seconds):8.1f} ms a shot, in batches of {len(shots)}, median of {RUNS}")
    print(f"{_resident():8.0f} MB resident")


def _shot(store: FrameFolder, index: int) -> StoredShot:
    """Make a shot of soft noise, four seconds long."""
    random = np.random.default_rng(index)
    first = LENGTH * index
    for frame in frames_of(first):
        picture = cv2.resize(random.integers(0, 256, (18, 32, 3)).astype(np.uint8), SIZE)
        store.write(frame, cv2.imencode(".jpg", picture)[1].tobytes())
    motions = random.normal(0, 0.01, (32, 4)).tolist()
    path = tuple(CameraMotion(0.125, dx, dy, growth, turn, 0.9) for dx, dy, growth, turn in motions)
    return StoredShot(Shot(first, first + LENGTH, 4.0 * index, 4.0 * (index + 1), frames_of(first), path), store)


def _resident() -> float:
    """Return the memory of this process now, in megabytes."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(lines["VmRSS"].split()[0]) / 1024


if __name__ == "__main__":
    main()
