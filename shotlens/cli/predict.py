"""`shotlens predict`: videos in, tables or exports out; on this machine, or by a service at a given address."""

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from shotlens.exports.registry import EXPORTS
from shotlens.shots.errors import ShotlensError
from shotlens.shots.filename import as_text
from shotlens.shots.heads import HEADS
from shotlens.shots.shot import DetectorName

if TYPE_CHECKING:
    from shotlens.shots.result import JobResult, LabelResult

OnProgress = Callable[[float], None]
PredictVideo = Callable[[Path, OnProgress], "JobResult"]
COMBINED_FORMATS = ("table", "json", "csv")  # in which several videos can be printed together


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    predict = commands.add_parser("predict", help="find the shots of videos and label their movement and scale")
    add = predict.add_argument
    add("videos", nargs="+", type=Path, metavar="VIDEO")
    output = predict.add_mutually_exclusive_group()
    output.add_argument(
        "--format", choices=("table", *EXPORTS), default="table", dest="format_name", help="output (default: table)"
    )
    for name, text in (("json", "print the result as GET /jobs/<id> returns it"), ("csv", "print one line per shot")):
        output.add_argument(f"--{name}", action="store_const", dest="format_name", const=name, help=text)
    add("--out", type=Path, metavar="FOLDER", help="write one file per video to this folder, named after the video")
    add("--frames", type=Path, metavar="FOLDER", help="save eight frames of each shot to this folder")
    add("--detector", choices=get_args(DetectorName), help="the detector: our own (shotlens) or one of PySceneDetect's")
    add("--url", help="send the videos to the service at this address; if it asks for an access key, set SHOTLENS_KEY")
    predict.set_defaults(command=_predict)


def _predict(options: argparse.Namespace) -> int:
    """Predict each video; print the results in the requested format, or write one file per video to the folder.

    Return exit code 1 if any video failed. Raises ShotlensError if the options contradict each other.
    """
    videos, format_name, out = options.videos, options.format_name, options.out
    if options.url and options.frames:
        raise ShotlensError("--frames cannot be combined with --url: the service stores the frames of its videos.")
    if options.frames:
        _reject_duplicates(video.stem for video in videos)
    _check_output(videos, format_name, out)
    pipeline = _remote(options.url, options.detector) if options.url else _local(options.frames, options.detector)
    results: list[JobResult] = []
    with pipeline as predict:
        for video in videos:
            try:
                result = _with_progress_bar(video, predict)
                if out:
                    (out / EXPORTS[format_name].filename(video.name)).write_bytes(EXPORTS[format_name].write(result))
            except (ShotlensError, OSError) as error:
                print(f"shotlens: {video}: {error}", file=sys.stderr)
                continue
            results.append(result)
            if format_name == "table":
                _print_table(result)
    if format_name != "table" and not out:
        _print(results, format_name, single=len(videos) == 1)
    return 0 if len(results) == len(videos) else 1


def _check_output(videos: Sequence[Path], format_name: str, out: Path | None) -> None:
    """Reject options that would fail after the work or overwrite a file; create the output folder."""
    if out is None:
        if len(videos) > 1 and format_name not in COMBINED_FORMATS:
            raise ShotlensError(f"{format_name} holds one video per file: with several videos, add --out FOLDER.")
        return
    if format_name == "table":
        raise ShotlensError("--out writes files, not a table: choose a format with --format.")
    _reject_duplicates(EXPORTS[format_name].filename(video.name) for video in videos)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ShotlensError(f"The folder {out} cannot be created: {error.strerror}.") from error


def _reject_duplicates(names: Iterable[str]) -> None:
    """Raise ShotlensError if two videos would be written to the same path."""
    if duplicates := [name for name, count in Counter(names).items() if count > 1]:
        raise ShotlensError(f"Two of the videos would be written to {duplicates[0]}: rename one of them.")


def _with_progress_bar(video: Path, predict: PredictVideo) -> "JobResult":
    """Predict a video with a progress bar on stderr, separate from the result."""
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
        return predict(video, lambda progress: bar.update(task, completed=progress))


@contextmanager
def _remote(url: str, detector: DetectorName | None) -> Iterator[PredictVideo]:
    from shotlens.client import Client, ServiceError
    from shotlens.shots.result import JobResult

    client = Client(url, os.environ.get("SHOTLENS_KEY"))

    def predict(video: Path, on_progress: OnProgress) -> JobResult:
        try:
            return JobResult.model_validate(client.predict(video, detector=detector, on_progress=on_progress))
        except ServiceError as error:
            raise ShotlensError(str(error)) from error

    yield predict


@contextmanager
def _local(frames: Path | None, detector: DetectorName | None) -> Iterator[PredictVideo]:
    from shotlens.cutting.child import Child

    with Child() as child:  # first: it imports what it takes while this process does
        from shotlens.cutting.options import CutOptions
        from shotlens.local import Pipeline
        from shotlens.predicting.options import PredictOptions
        from shotlens.settings import from_environment

        options = from_environment(CutOptions, detector=detector)
        pipeline = Pipeline(from_environment(PredictOptions), child)

        def predict(video: Path, on_progress: OnProgress) -> "JobResult":
            folder = frames / as_text(video.stem) if frames else None
            return pipeline.predict(video, options, frames=folder, on_progress=on_progress)

        yield predict


def _print_table(result: "JobResult") -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{result.filename}: {result.summary.shots} shots", title_justify="left")
    for column in ("shot", "from", "to", "seconds", *HEADS):
        table.add_column(column, justify="right" if column in ("shot", "seconds") else "left")
    for shot in result.shots:
        length = f"{shot.end - shot.start:.2f}"
        labels = [_cell(shot.predicted(head)) for head in HEADS]
        table.add_row(str(shot.index), shot.start_timecode, shot.end_timecode, length, *labels)
    console = Console()
    console.print(table)
    if result.warning:
        console.print(result.warning)


def _cell(label: "LabelResult | None") -> str:
    return f"{label.label} {label.confidence:.2f}{' ?' if label.uncertain else ''}" if label else "-"


def _print(results: "Sequence[JobResult]", format_name: str, *, single: bool) -> None:
    """Print the file of a single video; for several videos, one CSV for all, or a JSON list."""
    if format_name == "csv":
        from shotlens.exports import table

        text = table.write_all(results)
    elif single:
        text = b"".join(EXPORTS[format_name].write(result) for result in results)
    else:
        values = [result.model_dump(mode="json") for result in results]
        text = json.dumps(values, indent=1, ensure_ascii=False).encode()
    sys.stdout.buffer.write(text if text.endswith(b"\n") or not text else text + b"\n")
    sys.stdout.flush()
