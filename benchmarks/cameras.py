"""Measures how well the model tells a known movement, of virtual cameras over still shots that nothing is trained on.

`python -m benchmarks.cameras [--data FOLDER] [--rounds N]`. A camera of each movement films each static shot once more,
while whoever is in it moves as before; the clip is encoded as H.264 and labelled like any other shot. The cameras come
from `recipes/synthetic/camera.py` and go past a picture without depth.
"""

import argparse
import json
import multiprocessing
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from benchmarks.footage import Image, write
from benchmarks.labels import ROOT, print_metrics
from recipes.synthetic.camera import Trajectory, trajectory
from recipes.synthetic.views import view
from shotlens.cutting.cut import cut
from shotlens.predicting.predictor import Predictor
from shotlens.shots.heads import MOVEMENT
from shotlens.storage.frames import FrameFolder, StoredShot
from shotlens.training.judge.metrics import error_by_chance, measure
from testkit.videos import DETERMINISTIC

LONGEST = 6.0  # seconds of a shot to film
SIDE = 480  # pixels, the longest side of the clips


@dataclass(frozen=True, slots=True)
class Still:
    """A shot whose camera does not move."""

    video: Path
    first: int  # frames
    end: int


def main() -> None:
    """Film, label and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, default=ROOT / "../shared/data", help="folder with videos/ and labels/")
    parser.add_argument("--rounds", type=int, default=4, help="how often to film each shot (default: %(default)s)")
    options = parser.parse_args()
    shots = list(stills(options.data))
    tasks = [(still, seed) for seed in range(options.rounds) for still in shots]
    with tempfile.TemporaryDirectory() as folder:
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(mp_context=spawn) as pool:
            filmed = list(pool.map(film, *zip(*tasks, strict=True), [Path(folder)] * len(tasks)))
        predictions = Predictor().predict([stored for clips in filmed for stored in clips])
    movements = [of_shot[MOVEMENT.name].probabilities for of_shot in predictions]
    truth = np.tile(np.arange(len(MOVEMENT.names)), len(tasks))
    probabilities = np.array([[values[name] for name in MOVEMENT.names] for values in movements], np.float32)
    print_metrics(MOVEMENT.name, measure(truth, probabilities, MOVEMENT.names), error_by_chance(probabilities))
    right = (probabilities.argmax(axis=1) == truth).reshape(len(tasks), -1)
    _print_videos([still.video.stem for still, _ in tasks], right)


def stills(data: Path) -> Iterator[Still]:
    """Give the labelled shots whose camera does not move."""
    for file in sorted((data / "labels").glob("*.json")):
        labels = json.loads(file.read_text())
        video = data / "videos" / labels["video"]
        for first, end, _, movement in labels["shots"] if video.is_file() else ():
            if movement == "static":
                yield Still(video, first, end)


def film(still: Still, seed: int, folder: Path) -> list[StoredShot]:
    """Film a shot with a camera of each movement, in the labels' order; write the frames below `folder`."""
    frames, rate = _read(still)
    name = f"{still.video.stem}-{still.first}-{seed}"
    return [_film(frames, rate, kind, [seed, still.first], folder / f"{name}-{kind}") for kind in MOVEMENT.names]


def _print_videos(names: list[str], right: NDArray[np.bool_]) -> None:
    """Print the share of right labels by video and movement; `right` is (N, movements) of N shots."""
    print(f"\n{'right of':16}" + "".join(f"{name:>8}" for name in MOVEMENT.names) + "   clips")
    for name in sorted(set(names)):
        of_video = right[[one == name for one in names]]
        print(f"{name:16}" + "".join(f"{share:8.2f}" for share in of_video.mean(axis=0)) + f"{of_video.size:8d}")


def _film(frames: list[Image], rate: Fraction, movement: str, seed: list[int], folder: Path) -> StoredShot:
    random = np.random.default_rng([*seed, MOVEMENT.names.index(movement)])
    times = np.arange(len(frames)) / float(rate)
    camera = _camera(random, movement, times)
    height, width = frames[0].shape[:2]
    factor = SIDE / max(height, width)
    size = (2 * round(width * factor / 2), 2 * round(height * factor / 2))
    seen = view(random, (height, width), size, camera)
    pictures = (seen.look(frame, place, 0.0, None) for frame, place in zip(frames, camera.places, strict=True))
    folder.mkdir()
    video = folder / "clip.mp4"
    write(video, pictures, rate=rate, options=DETERMINISTIC | {"crf": str(random.integers(18, 32))})
    store = FrameFolder(folder)
    [shot] = cut(video, store, at=frozenset({0}))
    return StoredShot(shot, store)


def _camera(random: np.random.Generator, movement: str, times: NDArray[np.float64]) -> Trajectory:
    """Choose a camera that looks at a flat picture: a video by a camera that stands still tells nothing of depth."""
    while (camera := trajectory(random, movement, times)).course != "past":
        pass
    return replace(camera, depth=0.0)


def _read(still: Still) -> tuple[list[Image], Fraction]:
    """Read the middle of a shot, without its first and last frame, which may show something of the next one."""
    frames = []
    with av.open(str(still.video)) as container:
        rate = container.streams.video[0].average_rate or Fraction(25)
        most = round(LONGEST * rate)
        first = max(still.first + 1, (still.first + still.end - most) // 2)
        for number, frame in enumerate(container.decode(video=0)):
            if number >= min(still.end - 1, first + most):
                break
            if number >= first:
                frames.append(np.asarray(frame.to_ndarray(format="bgr24"), np.uint8))
    return frames, rate


if __name__ == "__main__":
    main()
