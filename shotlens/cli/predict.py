"""`shotlens predict`: videos in, tables or exports out; on this machine, or by a service at an address."""

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from shotlens.exports.registry import EXPORTS
from shotlens.shots.errors import ShotlensError
from shotlens.shots.heads import HEADS
from shotlens.shots.shot import DetectorName

if TYPE_CHECKING:
    from shotlens.shots.result import JobResult, LabelResult

OnProgress = Callable[[float], None]
Work = Callable[[Path, OnProgress], "JobResult"]
FOR_SEVERAL = ("table", "json", "csv")  # what is printed of several videos together


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    predict = commands.add_parser("predict", help="find and label the shots of videos")
    add = predict.add_argument
    add("videos", nargs="+", type=Path, metavar="VIDEO")
    output = predict.add_mutually_exclusive_group()
    output.add_argument(
        "--format", choices=("table", *EXPORTS), default="table", dest="form", help="what to print (default: table)"
    )
    for form, text in (("json", "print the result as GET /jobs/<id> gives it"), ("csv", "print one line per shot")):
        output.add_argument(f"--{form}", action="store_const", dest="form", const=form, help=text)
    add("--out", type=Path, metavar="FOLDER", help="write one file per video there, named like the video")
    add("--frames", type=Path, metavar="FOLDER", help="keep the eight frames of each shot there")
    add("--detector", choices=get_args(DetectorName), help="find the cuts with our detector, or one of PySceneDetect's")
    add("--url", help="let the service at this address do the work, with the access key in SHOTLENS_KEY if it asks")
    predict.set_defaults(command=_predict)


def _predict(options: argparse.Namespace) -> int:
    """Predict each video; print all in the form asked for, or write one file per video into the folder.

    Exit code 1 when one of them failed. Raises ShotlensError for what cannot be printed or written.
    """
    videos, form, out = options.videos, options.form, options.out
    if options.url and options.frames:
        raise ShotlensError("--frames keeps the frames of a local run; with --url the service has them.")
    if options.frames:
        _each_once(video.stem for video in videos)
    _check(videos, form, out)
    work = _by_service(options.url, options.detector) if options.url else _here(options.frames, options.detector)
    results: list[JobResult] = []
    for video in videos:
        try:
            result = _with_bar(video, work)
            if out:
                (out / EXPORTS[form].filename(video.name)).write_bytes(EXPORTS[form].write(result))
        except (ShotlensError, OSError) as error:
            print(f"shotlens: {video}: {error}", file=sys.stderr)
            continue
        results.append(result)
        if form == "table":
            _print_table(result)
    if form != "table" and not out:
        _print(results, form, len(videos) == 1)
    return 0 if len(results) == len(videos) else 1


def _check(videos: Sequence[Path], form: str, out: Path | None) -> None:
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


def _with_bar(video: Path, work: Work) -> "JobResult":
    """Show a progress bar on stderr, where it does not mix with the result."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

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


def _by_service(url: str, detector: DetectorName | None) -> Work:
    from shotlens.client import Client, ServiceError
    from shotlens.shots.result import JobResult

    client = Client(url, os.environ.get("SHOTLENS_KEY"))

    def work(video: Path, on_progress: OnProgress) -> JobResult:
        try:
            return JobResult.model_validate(client.predict(video, detector=detector, on_progress=on_progress))
        except ServiceError as error:
            raise ShotlensError(str(error)) from error

    return work


def _here(frames: Path | None, detector: DetectorName | None) -> Work:
    from shotlens.cutting.options import CutOptions
    from shotlens.local import Pipeline
    from shotlens.predicting.options import PredictOptions
    from shotlens.settings import from_environment

    options = from_environment(CutOptions, detector=detector)
    pipeline = Pipeline(from_environment(PredictOptions))

    def work(video: Path, on_progress: OnProgress) -> "JobResult":
        folder = frames / video.stem if frames else None
        return pipeline.predict(video, options, frames=folder, on_progress=on_progress)

    return work


def _print_table(result: "JobResult") -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{result.filename}: {result.summary.shots} shots", title_justify="left")
    for column in ("shot", "from", "to", "seconds", *HEADS):
        table.add_column(column, justify="right" if column in ("shot", "seconds") else "left")
    for shot in result.shots:
        length = f"{shot.end - shot.start:.2f}"
        labels = [_word(shot.predicted(head)) for head in HEADS]
        table.add_row(str(shot.index), shot.start_timecode, shot.end_timecode, length, *labels)
    console = Console()
    console.print(table)
    if result.warning:
        console.print(result.warning)


def _word(label: "LabelResult | None") -> str:
    return f"{label.label} {label.confidence:.2f}{' ?' if label.uncertain else ''}" if label else "-"


def _print(results: "Sequence[JobResult]", form: str, one: bool) -> None:
    """Print the file of one video; of several videos the lines of all as CSV, or a list as JSON."""
    if form == "csv":
        from shotlens.exports import table

        text = table.write_all(results)
    elif one:
        text = b"".join(EXPORTS[form].write(result) for result in results)
    else:
        values = [result.model_dump(mode="json") for result in results]
        text = json.dumps(values, indent=1, ensure_ascii=False).encode()
    sys.stdout.buffer.write(text if text.endswith(b"\n") or not text else text + b"\n")
    sys.stdout.flush()
