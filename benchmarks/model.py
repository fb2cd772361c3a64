"""How fast the model labels shots, and the memory that it takes: `python -m benchmarks.model [--shots N]`.

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
from shotlens.shots.shot import FRAMES_PER_SHOT, CameraMotion, Shot

RUNS = 5
SIZE = (640, 360)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--shots", type=int, default=16, help="shots in a batch (default: %(default)s)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        shots = [_shot(Path(folder), index) for index in range(options.shots)]
        predictor = Predictor()
        predictor.warm_up()
        seconds = []
        for _ in range(RUNS):
            started = time.perf_counter()
            predictor.predict(shots)
            seconds.append((time.perf_counter() - started) / len(shots))
    print(f"{1000 * statistics.median(seconds):8.1f} ms a shot, in batches of {len(shots)}, median of {RUNS}")
    print(f"{_resident():8.0f} MB resident")


def _shot(folder: Path, index: int) -> Shot:
    """A shot of soft noise, four seconds long."""
    random = np.random.default_rng(index)
    frames = []
    for number in range(FRAMES_PER_SHOT):
        picture = cv2.resize(random.integers(0, 256, (18, 32, 3)).astype(np.uint8), SIZE)
        frames.append(folder / f"{index}-{number}.jpg")
        cv2.imwrite(str(frames[-1]), picture)
    path = tuple(CameraMotion(0.125, *random.normal(0, 0.01, 4).tolist(), 0.9) for _ in range(32))
    return Shot(index, 0, 96, 0.0, 4.0, tuple(frames), path)


def _resident() -> float:
    """Megabytes of memory of this process now."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(lines["VmRSS"].split()[0]) / 1024


if __name__ == "__main__":
    main()
