"""Measures the whole pipeline on real videos labelled by eye: scale and movement, with their calibration.

`python -m benchmarks.labels [--data FOLDER] [--out FOLDER]`. Each video goes through `shotlens predict`, and each
labelled shot is compared with the predicted one that overlaps it most. The toys are also played backwards, so that a
push is a pull. `--out` stores labels and results for other tools to score.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from shotlens.shots.heads import HEADS
from shotlens.training.data.augment import BACKWARDS
from shotlens.training.judge.metrics import Metrics, Probabilities, Truth, error_by_chance, measure

ROOT = Path(__file__).resolve().parents[1]
LABELLED = ("scale", "movement")  # the heads in a labelled shot, after its first frame and the frame after its last
BOTH_WAYS = "toy_"  # videos whose names begin like this are also played backwards

Pairs = list[tuple[dict[str, Any], dict[str, Any]]]  # labels of a video, and its result


def main() -> None:
    """Predict, compare and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, default=ROOT / "../shared/data", help="folder with videos/ and labels/")
    parser.add_argument("--out", type=Path, help="where to store labels and results (default: nowhere)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out = options.out or Path(folder)
        out.mkdir(parents=True, exist_ok=True)
        pairs = predict(videos(options.data, out), out)
    for head, (truth, probabilities) in compare(pairs).items():
        print_metrics(head, measure(truth, probabilities, HEADS[head].names), error_by_chance(probabilities))


def videos(data: Path, out: Path) -> dict[Path, dict[str, Any]]:
    """Return the labelled videos that are there, with their labels; write the backward ones to `out`."""
    labels_of = {}
    for file in sorted((data / "labels").glob("*.json")):
        labels = json.loads(file.read_text())
        video = data / "videos" / labels["video"]
        if not video.is_file():
            continue
        labels_of[video] = labels
        if video.name.startswith(BOTH_WAYS):
            labels_of[_backwards(video, out)] = _backward_labels(labels)
    return labels_of


def predict(labels_of: dict[Path, dict[str, Any]], out: Path) -> Pairs:
    """Let the program label the videos; write `<video>.labels.json` and `<video>.result.json` to `out`."""
    command = [sys.executable, "-m", "shotlens", "predict", "--json", *map(str, labels_of)]
    ended = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    pairs = list(zip(labels_of.values(), json.loads(ended.stdout), strict=True))
    for video, (labels, result) in zip(labels_of, pairs, strict=True):
        (out / f"{video.stem}.labels.json").write_text(json.dumps(labels))
        (out / f"{video.stem}.result.json").write_text(json.dumps(result))
    return pairs


def compare(pairs: Pairs) -> dict[str, tuple[Truth, Probabilities]]:
    """Return the truth about the labelled shots and the probabilities, by head; leave out labels that are a dash."""
    by_head = {}
    shots = [(row, _nearest(result["shots"], row)) for labels, result in pairs for row in labels["shots"]]
    for place, head in enumerate(LABELLED, start=2):
        names = HEADS[head].names
        rows = [(row[place], shot[head]["probabilities"]) for row, shot in shots if row[place] != "-"]
        truth = np.array([names.index(label) for label, _ in rows])
        probabilities = np.array([[values[name] for name in names] for _, values in rows], np.float32)
        by_head[head] = truth, probabilities
    return by_head


def print_metrics(head: str, metrics: Metrics, chance: tuple[float, float]) -> None:
    """Print figures and the confusion matrix, whose rows are the truth. `chance` is what `error_by_chance` gives."""
    sure = sum(entry.confidence * entry.count for entry in metrics.bins) / metrics.count
    print(
        f"\n{head}: accuracy {metrics.accuracy:.3f}  macro-F1 {metrics.macro_f1:.3f}  (n {metrics.count})\n"
        f"mean confidence {sure:.3f}  calibration error {metrics.calibration_error:.3f}; were every confidence true, "
        f"it would be {chance[0]:.3f} on average, and above {chance[1]:.3f} one time in twenty"
    )
    print("truth \\ model" + "".join(f"{label:>8}" for label in metrics.classes))
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
