"""Writes what `shotlens evaluate` shows: a page that needs no other file, a JSON, and a table for the terminal."""

import base64
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import matplotlib
import numpy as np
from jinja2 import Environment, FileSystemLoader
from matplotlib.figure import Figure
from rich.console import Console
from rich.table import Table

from shotlens.shots.heads import HEADS
from shotlens.training.data.samples import read_content
from shotlens.training.judge.evaluate import Evaluation, Judged
from shotlens.training.judge.metrics import Metrics

SHOWN = 16  # mistakes
STRIP = (128, 72)  # width and height of a frame beside a mistake
BLUES = "Blues"

matplotlib.use("svg")  # no window, whatever the machine has


@dataclass(frozen=True, slots=True)
class Mistake:
    """A sample whose prediction is wrong."""

    name: str
    truth: str
    predicted: str
    confidence: float
    frames: str  # a JPEG as a data URI: the eight frames in a row


def write_report(evaluations: Sequence[Evaluation], folder: Path) -> Path:
    """Write `report.html` and `report.json` into `folder`; return the page."""
    folder.mkdir(parents=True, exist_ok=True)
    values = [as_json(evaluation) for evaluation in evaluations]
    (folder / "report.json").write_text(json.dumps(values, indent=2) + "\n")
    pages = Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True)
    page = pages.get_template("report.html").render(
        rows=[row for evaluation in evaluations for row in _rows(evaluation)],
        sections=[_section(evaluation, head) for evaluation in evaluations for head in evaluation.judged],
        speeds=[(evaluation.experiment.folder.name, evaluation.speed) for evaluation in evaluations],
    )
    (folder / "report.html").write_text(page, encoding="utf-8")
    return folder / "report.html"


def as_json(evaluation: Evaluation) -> dict[str, Any]:
    """Return all figures of one experiment."""
    return {
        "experiment": evaluation.experiment.folder.name,
        "checkpoint": evaluation.checkpoint.path.name,
        "heads": {head: asdict(judged.metrics(head)) for head, judged in evaluation.judged.items()},
        "shots_per_second": evaluation.speed,
    }


def print_table(evaluations: Sequence[Evaluation]) -> None:
    """Print one line for each head of each experiment."""
    table = Table("experiment", "head", "samples", "accuracy", "macro-F1", "calibration error", "shots/s")
    for evaluation in evaluations:
        for name, head, metrics, speed in _rows(evaluation):
            figures = (metrics.accuracy, metrics.macro_f1, metrics.calibration_error)
            table.add_row(name, head, str(metrics.count), *(f"{value:.3f}" for value in figures), f"{speed:.0f}")
    Console().print(table)


def mistakes(judged: Judged, head: str, most: int = SHOWN) -> list[Mistake]:
    """Return the wrong predictions that the network was surest of."""
    guess, confidence = judged.probabilities.argmax(axis=1), judged.probabilities.max(axis=1)
    wrong = np.flatnonzero(guess != judged.truth)
    surest = []
    for row in wrong[np.argsort(-confidence[wrong], kind="stable")][:most]:
        stored, names = judged.samples[row], HEADS[head].names
        strip = _strip([cv2.imdecode(jpeg, cv2.IMREAD_COLOR) for jpeg in read_content(stored.file).jpegs])
        surest.append(
            Mistake(stored.sample.name, names[judged.truth[row]], names[guess[row]], float(confidence[row]), strip)
        )
    return surest


def confusion_figure(metrics: Metrics) -> Figure:
    """Draw a confusion matrix: rows are the truth, shades are shares of a row, numbers are counts."""
    counts, labels = np.array(metrics.confusion), list(metrics.classes)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure = Figure((3.6, 3.2), layout="constrained")
    axes = figure.add_subplot()
    axes.imshow(shares, cmap=BLUES, vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(counts):
        axes.text(column, row, str(count), ha="center", va="center", color="w" if shares[row, column] > 0.5 else "k")
    axes.set_xticks(range(len(labels)), labels)
    axes.set_yticks(range(len(labels)), labels)
    axes.set(xlabel="predicted", ylabel="truth")
    return figure


def reliability_figure(metrics: Metrics) -> Figure:
    """Draw how often labels of each confidence are right; a model that knows itself is on the diagonal."""
    figure = Figure((3.6, 3.2), layout="constrained")
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    axes.plot([b.confidence for b in metrics.bins], [b.right for b in metrics.bins], marker="o", color="#08519c")
    for entry in metrics.bins:
        axes.annotate(str(entry.count), (entry.confidence, entry.right), (4, -10), textcoords="offset points", size=7)
    axes.set(xlabel="confidence", ylabel="share that is right", xlim=(0, 1), ylim=(0, 1.02))
    return figure


def svg(figure: Figure) -> str:
    """Write a figure as SVG to be put into a page."""
    target = io.StringIO()
    figure.savefig(target, format="svg", metadata={"Date": None})
    text = target.getvalue()
    return text[text.index("<svg") :]


def _rows(evaluation: Evaluation) -> list[tuple[str, str, Metrics, float]]:
    name, speed = evaluation.experiment.folder.name, max(evaluation.speed.values())
    return [(name, head, judged.metrics(head), speed) for head, judged in evaluation.judged.items()]


def _section(evaluation: Evaluation, head: str) -> dict[str, Any]:
    judged = evaluation.judged[head]
    metrics = judged.metrics(head)
    return {
        "name": evaluation.experiment.folder.name,
        "checkpoint": evaluation.checkpoint.path.name,
        "head": head,
        "metrics": metrics,
        "confusion": svg(confusion_figure(metrics)),
        "reliability": svg(reliability_figure(metrics)),
        "mistakes": mistakes(judged, head),
    }


def _strip(frames: Sequence[Any]) -> str:
    small = [cv2.resize(frame, STRIP, interpolation=cv2.INTER_AREA) for frame in frames if frame is not None]
    data = cv2.imencode(".jpg", np.hstack(small), [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes() if small else b""
    return f"data:image/jpeg;base64,{base64.b64encode(data).decode()}"
