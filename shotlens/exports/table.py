"""CSV: a line per shot, with what the model says of it."""

import csv
import io
from collections.abc import Iterator, Sequence

from shotlens.exports.names import one_line
from shotlens.exports.shots import KnownLabel, known_label
from shotlens.shots.heads import HEADS
from shotlens.shots.result import JobResult

COLUMNS = (
    *("file", "index", "start_frame", "end_frame", "start", "end", "transition"),
    *(f"{head}{part}" for head in HEADS for part in ("", "_confidence", "_uncertain")),
)
FORMULA = ("=", "+", "-", "@")  # what a cell of a spreadsheet that reckons begins with


def write(result: JobResult) -> bytes:
    """Write one result with its heading."""
    return write_all([result])


def write_all(results: Sequence[JobResult]) -> bytes:
    """Write the shots of several results under one heading."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(row for result in results for row in _rows(result))
    return text.getvalue().encode()


def _rows(result: JobResult) -> Iterator[tuple[object, ...]]:
    name = _inert(one_line(result.filename))
    for shot in result.shots:
        labels = (cell for head in HEADS for cell in _cells(known_label(shot, head)))
        yield (
            *(name, shot.index, shot.start_frame, shot.end_frame, shot.start, shot.end, shot.transition),
            *labels,
        )


def _cells(known: KnownLabel | None) -> tuple[object, ...]:
    return (known.label, known.confidence, int(known.uncertain)) if known else (None, None, None)


def _inert(name: str) -> str:
    """Return a name that no spreadsheet takes for a formula."""
    return f"'{name}" if name.startswith(FORMULA) else name
