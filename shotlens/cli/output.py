"""Where results go, each as soon as it is done: a table, JSON or CSV on stdout, or a file per video in a folder."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from shotlens.arguments import counted, readable
from shotlens.cli.videos import Video
from shotlens.exports.registry import EXPORTS
from shotlens.shots.errors import ShotlensError
from shotlens.shots.heads import HEADS

if TYPE_CHECKING:
    from shotlens.shots.result import JobResult, LabelResult

Write = Callable[[Video, "JobResult"], None]
COMBINED_FORMATS = ("table", "json", "csv")  # in which several videos can be printed one after the other


def printer(format_name: str, *, single: bool) -> Write:
    """Return what prints a result; that of a `single` video is indented JSON, those of several are a line each."""
    if format_name == "table":
        return lambda video, result: _print_table(_located(video, result))
    if format_name == "json" and not single:
        return lambda video, result: _print(_located(video, result).model_dump_json().encode())
    if format_name == "csv":
        return _CsvPrinter()
    return lambda _, result: _print(EXPORTS[format_name].write(result))


def files(folder: Path, format_name: str) -> Write:
    """Return what writes each result to a file of its own."""

    def write(video: Video, result: "JobResult") -> None:
        path = file_of(video, folder, format_name)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.part")  # so that an interrupted run leaves no file that looks complete
        part.write_bytes(EXPORTS[format_name].write(result))
        part.replace(path)

    return write


def file_of(video: Video, folder: Path, format_name: str) -> Path:
    """Return the path of a video's file in the output folder."""
    return folder / video.name.parent / EXPORTS[format_name].filename(video.name.name)


def make_folder(folder: Path) -> None:
    """Create an output folder, and check that it can be written to. Raises ShotlensError."""
    import tempfile

    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise ShotlensError(f"The folder {folder} cannot be written: {error.strerror}.") from error


@contextmanager
def progress_bar(name: str) -> Iterator[Callable[[float], None]]:
    """Show a progress bar on stderr, apart from any result; yields the function that moves it."""
    if not sys.stderr.isatty():
        yield lambda progress: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(name, total=1.0)
        yield lambda progress: bar.update(task, completed=progress)


class _CsvPrinter:
    """Prints the rows of all videos under one header."""

    def __init__(self) -> None:
        self._has_header = False

    def __call__(self, video: Video, result: "JobResult") -> None:
        text = EXPORTS["csv"].write(_located(video, result))
        _print(text.partition(b"\n")[2] if self._has_header else text)
        self._has_header = True


def _print(text: bytes) -> None:
    sys.stdout.buffer.write(text if text.endswith(b"\n") or not text else text + b"\n")
    sys.stdout.flush()


def _located(video: Video, result: "JobResult") -> "JobResult":
    """Return the result under the video's path in the folder that was named, as subfolders may repeat a name."""
    return result.model_copy(update={"filename": readable(video.name)})


def _print_table(result: "JobResult") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    title = Text(f"{result.filename}: {counted(result.summary.shots, 'shot')}")
    table = Table(title=title, title_justify="left")
    for column in ("shot", "from", "to", "seconds", *HEADS):
        table.add_column(column, justify="right" if column in ("shot", "seconds") else "left")
    for shot in result.shots:
        length = f"{shot.end - shot.start:.2f}"
        labels = [_cell(shot.predicted(head)) for head in HEADS]
        table.add_row(str(shot.index + 1), shot.start_timecode, shot.end_timecode, length, *labels)
    console = Console()
    console.print(table)
    if result.warning:
        console.print(result.warning, markup=False, highlight=False)


def _cell(label: "LabelResult | None") -> str:
    return f"{label.label} {label.confidence:.2f}{' ?' if label.uncertain else ''}" if label else "-"
