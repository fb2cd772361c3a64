"""CSV: a line per shot, with what the model says of it."""

import csv
import io
from collections.abc import Iterator, Sequence

from api.exports.names import one_line
from api.exports.shots import Said, said
from jobs.result import JobResult

COLUMNS = (
    "file", "index", "start_frame", "end_frame", "start", "end", "transition",
    "movement", "movement_confidence", "movement_uncertain", "scale", "scale_confidence", "scale_uncertain",
)  # fmt: skip
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
    for shot in result.shots:
        yield (
            _inert(one_line(result.filename)), shot.index, shot.start_frame, shot.end_frame, shot.start, shot.end,
            shot.transition, *_cells(said(shot, "movement")), *_cells(said(shot, "scale")),
        )  # fmt: skip


def _cells(known: Said | None) -> tuple[object, ...]:
    return (known.label, known.confidence, int(known.uncertain)) if known else (None, None, None)


def _inert(name: str) -> str:
    """Return a name that no spreadsheet takes for a formula."""
    return f"'{name}" if name.startswith(FORMULA) else name
