"""How good the whole is on real videos that were labelled by eye: scale and movement, with their calibration.

`python -m benchmarks.labels [--data FOLDER] [--out FOLDER]`. Each video goes through `shotlens predict`, and each
labelled shot is compared with the predicted one that overlaps it most. The toys are also played backwards, where a push
is a pull. `--out` keeps labels and results, for other tools to score.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from shotlens.shots.heads import MOVEMENT, SCALE
from shotlens.training.data.augment import BACKWARDS
from shotlens.training.judge.metrics import Metrics, Probabilities, Truth, error_by_chance, measure

ROOT = Path(__file__).resolve().parents[1]
HEADS = {"scale": SCALE.names, "movement": MOVEMENT.names}
BOTH_WAYS = "toy_"  # videos of this name are played backwards too

Pairs = list[tuple[dict[str, Any], dict[str, Any]]]  # labels of a video, and its result


def main() -> None:
    """Predict, compare and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, default=ROOT / "../shared/data", help="folder with videos/ and labels/")
    parser.add_argument("--out", type=Path, help="where to keep labels and results (default: nowhere)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out = options.out or Path(folder)
        out.mkdir(parents=True, exist_ok=True)
        pairs = predict(videos(options.data, out), out)
    for head, (truth, probabilities) in compare(pairs).items():
        print_metrics(head, measure(truth, probabilities, HEADS[head]), error_by_chance(probabilities))


def videos(data: Path, out: Path) -> dict[Path, dict[str, Any]]:
    """The labelled videos that are there, with their labels; the backward ones are made in `out`."""
    found = {}
    for file in sorted((data / "labels").glob("*.json")):
        labels = json.loads(file.read_text())
        video = data / "videos" / labels["video"]
        if not video.is_file():
            continue
        found[video] = labels
        if video.name.startswith(BOTH_WAYS):
            found[_backwards(video, out)] = _backward_labels(labels)
    return found


def predict(found: dict[Path, dict[str, Any]], out: Path) -> Pairs:
    """Let the program label the videos; keep `<video>.labels.json` and `<video>.result.json` in `out`."""
    command = [sys.executable, "-m", "cli", "predict", "--json", *map(str, found)]
    said = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    pairs = list(zip(found.values(), json.loads(said.stdout), strict=True))
    for video, (labels, result) in zip(found, pairs, strict=True):
        (out / f"{video.stem}.labels.json").write_text(json.dumps(labels))
        (out / f"{video.stem}.result.json").write_text(json.dumps(result))
    return pairs


def compare(pairs: Pairs) -> dict[str, tuple[Truth, Probabilities]]:
    """What each head should have said of the labelled shots, and what it said; a dash is left out."""
    found = {}
    shots = [(row, _nearest(result["shots"], row)) for labels, result in pairs for row in labels["shots"]]
    for place, (head, names) in enumerate(HEADS.items(), start=2):
        rows = [(row[place], said[head]["probabilities"]) for row, said in shots if row[place] != "-"]
        truth = np.array([names.index(label) for label, _ in rows])
        probabilities = np.array([[said[name] for name in names] for _, said in rows], np.float32)
        found[head] = truth, probabilities
    return found


def print_metrics(head: str, metrics: Metrics, chance: tuple[float, float]) -> None:
    """Figures, and the confusion matrix: rows are the truth. `chance` as `error_by_chance` gives it."""
    sure = sum(entry.confidence * entry.count for entry in metrics.bins) / metrics.count
    print(
        f"\n{head}: accuracy {metrics.accuracy:.3f}  macro-F1 {metrics.macro_f1:.3f}  (n {metrics.count})\n"
        f"mean confidence {sure:.3f}  calibration error {metrics.calibration_error:.3f}; were every confidence true, "
        f"it would be {chance[0]:.3f} on average, and above {chance[1]:.3f} one time in twenty"
    )
    print("truth \\ said " + "".join(f"{label:>8}" for label in metrics.classes))
    for label, row in zip(metrics.classes, metrics.confusion, strict=True):
        print(f"{label:>12} " + "".join(f"{count:8d}" for count in row))


def _nearest(shots: list[dict[str, Any]], row: list[Any]) -> dict[str, Any]:
    return max(shots, key=lambda shot: min(shot["end_frame"], row[1]) - max(shot["start_frame"], row[0]))


def _backwards(video: Path, out: Path) -> Path:
    target = out / f"{video.stem}_backwards.mp4"
    command = ["ffmpeg", "-v", "error", "-y", "-i", str(video), "-an", "-vf", "reverse", "-crf", "18", str(target)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return target


def _backward_labels(labels: dict[str, Any]) -> dict[str, Any]:
    count = labels["frames"]
    shots = [[count - b, count - a, scale, BACKWARDS.get(move, move)] for a, b, scale, move in labels["shots"]]
    return {**labels, "cuts": [], "optional": [], "zones": [], "shots": shots}


if __name__ == "__main__":
    main()
