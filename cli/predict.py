"""`shotlens predict`: videos in, tables, JSON or CSV out; in this process, or by a service at an address."""

import csv
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from jobs.errors import ShotlensError
from jobs.files import new_job_id
from jobs.record import Job
from jobs.result import JobResult, Label, result
from jobs.settings import CutSettings, ModelSettings
from jobs.shot import DetectorName, Prediction, Shot

if TYPE_CHECKING:
    from model.predictor import Predictor

Form = Literal["table", "json", "csv"]
OnProgress = Callable[[float], None]
CSV_COLUMNS = (
    "file", "index", "start_frame", "end_frame", "start", "end", "transition",
    "movement", "movement_confidence", "movement_uncertain", "scale", "scale_confidence", "scale_uncertain",
)  # fmt: skip


def predict(
    videos: Sequence[Path],
    form: Form,
    *,
    url: str | None = None,
    frames: Path | None = None,
    detector: DetectorName | None = None,
) -> int:
    """Predict each video and print it in the form asked for. Exit code 1 when one of them failed."""
    work = _by_service(url, detector) if url else _in_this_process(frames, detector)
    results: list[JobResult] = []
    failed = 0
    for video in videos:
        try:
            made = _with_bar(video, work)
        except (ShotlensError, OSError) as error:
            print(f"shotlens: {video}: {error}", file=sys.stderr)
            failed += 1
            continue
        results.append(made)
        if form == "table":
            _print_table(made)
    if form == "json":
        _print_json(results, len(videos) == 1)
    elif form == "csv":
        _print_csv(results)
    return 1 if failed else 0


def _with_bar(video: Path, work: Callable[[Path, OnProgress], JobResult]) -> JobResult:
    """Show a progress bar on stderr, where it does not mix with the result."""
    if not video.is_file():
        raise ShotlensError("there is no such file.")
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(video.name, total=1.0)
        return work(video, lambda share: bar.update(task, completed=share))


def _by_service(url: str, detector: DetectorName | None) -> Callable[[Path, OnProgress], JobResult]:
    from shotlens import Client, ServiceError

    client = Client(url, os.environ.get("SHOTLENS_KEY"))

    def work(video: Path, on_progress: OnProgress) -> JobResult:
        try:
            return JobResult.model_validate(client.predict(video, detector=detector, on_progress=on_progress))
        except ServiceError as error:
            raise ShotlensError(str(error)) from error

    return work


def _in_this_process(frames: Path | None, detector: DetectorName | None) -> Callable[[Path, OnProgress], JobResult]:
    # The model loads, once for all videos, while the first of them is being cut.
    loading = ThreadPoolExecutor(1).submit(_load)
    settings = CutSettings(detector=detector) if detector else CutSettings()

    def work(video: Path, on_progress: OnProgress) -> JobResult:
        with TemporaryDirectory(prefix="shotlens-") as folder:
            kept = frames / video.stem if frames else Path(folder)
            made = _predict_one(video, kept, settings, loading, on_progress)
        return made if frames else _without_frames(made)

    return work


def _load() -> "Predictor":
    from model.predictor import Predictor

    return Predictor(ModelSettings().weights)


def _predict_one(
    video: Path, frames: Path, settings: CutSettings, loading: "Future[Predictor]", on_progress: OnProgress
) -> JobResult:
    from process_video.child import cut_in_child

    created = time.time()
    shots: list[Shot] = []
    predictions: dict[int, Prediction] = {}
    step = None
    for step in cut_in_child(video.absolute(), frames, settings):
        on_progress(step.progress * 0.9)
        if step.shot:
            shots.append(step.shot)
        if loading.done():
            _predict_waiting(loading.result(), shots, predictions, whole_batches=True)
    assert step
    predictor = loading.result()
    _predict_waiting(predictor, shots, predictions, whole_batches=False)
    job = Job(
        id=new_job_id(),
        state="done",
        progress=1.0,
        error=None,
        warning=step.warning,
        filename=video.name,
        size=video.stat().st_size,
        video=step.video,
        model={"name": predictor.name, "sha256": predictor.sha256},
        created=created,
        finished=time.time(),
    )
    return result(job, shots, predictions)


def _predict_waiting(
    predictor: "Predictor", shots: Sequence[Shot], predictions: dict[int, Prediction], whole_batches: bool
) -> None:
    """Predict what has no prediction yet, a batch at a time."""
    batch = ModelSettings().model_batch
    while len(shots) - len(predictions) >= (batch if whole_batches else 1):
        waiting = shots[len(predictions) : len(predictions) + batch]
        for shot, made in zip(waiting, predictor.predict(waiting), strict=True):
            predictions[shot.index] = made


def _without_frames(made: JobResult) -> JobResult:
    return made.model_copy(update={"shots": [shot.model_copy(update={"frames": []}) for shot in made.shots]})


def _print_table(made: JobResult) -> None:
    table = Table(title=f"{made.filename}: {made.summary.shots} shots", title_justify="left")
    for column, justify in (("shot", "right"), ("from", "left"), ("to", "left"), ("seconds", "right")):
        table.add_column(column, justify=justify)  # type: ignore[arg-type]
    table.add_column("movement")
    table.add_column("scale")
    for shot in made.shots:
        length = f"{shot.end - shot.start:.2f}"
        movement, scale = _word(shot.movement), _word(shot.scale)
        table.add_row(str(shot.index), shot.start_timecode, shot.end_timecode, length, movement, scale)
    console = Console()
    console.print(table)
    if made.warning:
        console.print(made.warning)


def _word(label: Label | None) -> str:
    return f"{label.label} {label.confidence:.2f}{' ?' if label.uncertain else ''}" if label else "-"


def _print_json(results: Sequence[JobResult], one: bool) -> None:
    """Print one object for one video, a list for several."""
    values = [made.model_dump(mode="json") for made in results]
    if values or not one:
        print(json.dumps(values[0] if one else values, indent=1, ensure_ascii=False))


def _print_csv(results: Sequence[JobResult]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    writer.writerows(row for made in results for row in _csv_rows(made))


def _csv_rows(made: JobResult) -> Iterator[tuple[object, ...]]:
    for shot in made.shots:
        assert shot.movement
        assert shot.scale
        yield (
            made.filename, shot.index, shot.start_frame, shot.end_frame, shot.start, shot.end, shot.transition,
            shot.movement.label, shot.movement.confidence, int(shot.movement.uncertain),
            shot.scale.label, shot.scale.confidence, int(shot.scale.uncertain),
        )  # fmt: skip
