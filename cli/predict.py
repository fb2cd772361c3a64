"""`shotlens predict`: videos in, tables or exports out; in this process, or by a service at an address."""

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from api.exports import Format, table
from api.exports.registry import EXPORTS
from jobs.errors import ShotlensError
from jobs.files import new_job_id
from jobs.job import Job
from jobs.result import JobResult, Label, result
from jobs.settings import CutSettings, ModelSettings
from jobs.shot import DetectorName, Prediction, Shot

if TYPE_CHECKING:
    from model.predictor import Predictor

Form = Literal["table", Format]
OnProgress = Callable[[float], None]
FOR_SEVERAL = ("table", "json", "csv")  # what is printed of several videos together


def predict(
    videos: Sequence[Path],
    form: Form,
    *,
    url: str | None = None,
    frames: Path | None = None,
    detector: DetectorName | None = None,
    out: Path | None = None,
) -> int:
    """Predict each video; print all in the form asked for, or write a file of each into the folder `out`.

    Exit code 1 when one of them failed. Raises ShotlensError for what cannot be printed or written.
    """
    if frames and not url:
        _each_once(video.stem for video in videos)
    _check(videos, form, out)
    work = _by_service(url, detector) if url else _in_this_process(frames, detector)
    results: list[JobResult] = []
    failed = 0
    for video in videos:
        try:
            made = _with_bar(video, work)
            if out and form != "table":
                (out / EXPORTS[form].filename(video.name)).write_bytes(EXPORTS[form].write(made))
        except (ShotlensError, OSError) as error:
            print(f"shotlens: {video}: {error}", file=sys.stderr)
            failed += 1
            continue
        results.append(made)
        if form == "table":
            _print_table(made)
    if form != "table" and not out:
        _print(results, form, len(videos) == 1)
    return 1 if failed else 0


def _check(videos: Sequence[Path], form: Form, out: Path | None) -> None:
    """Refuse what would fail after the work, or would write one file over another. Makes the folder."""
    if out is None:
        if len(videos) > 1 and form not in FOR_SEVERAL:
            raise ShotlensError(f"{form} is a file of one video: say with --out FOLDER where those of several go.")
        return
    if form == "table":
        raise ShotlensError("--out writes files: say with --format which.")
    _each_once(EXPORTS[form].filename(video.name) for video in videos)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ShotlensError(f"The folder {out} cannot be made: {error.strerror}.") from error


def _each_once(names: Iterable[str]) -> None:
    """Refuse to write two videos to one place."""
    if twice := [name for name, count in Counter(names).items() if count > 1]:
        raise ShotlensError(f"Two of the videos would be written to {twice[0]}: give one of them another name.")


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


def _print(results: Sequence[JobResult], form: Format, one: bool) -> None:
    """Print the file of one video; of several videos the lines of all as CSV, or a list as JSON."""
    if form == "csv":
        text = table.write_all(results)
    elif one:
        text = b"".join(EXPORTS[form].write(made) for made in results)
    else:
        values = [made.model_dump(mode="json") for made in results]
        text = json.dumps(values, indent=1, ensure_ascii=False).encode()
    sys.stdout.buffer.write(text if text.endswith(b"\n") or not text else text + b"\n")
    sys.stdout.flush()
