"""CSV: a row per shot, with its labels, their confidence and whether they are uncertain."""

import csv
import io
from collections.abc import Iterator, Sequence

from shotlens.exports.names import one_line
from shotlens.exports.shots import FinalLabel, final_label
from shotlens.shots.heads import HEADS
from shotlens.shots.result import JobResult

COLUMNS = (
    *("file", "index", "start_frame", "end_frame", "start", "end", "transition"),
    *(f"{head}{part}" for head in HEADS for part in ("", "_confidence", "_uncertain")),
)
FORMULA = ("=", "+", "-", "@")  # the characters with which a formula in a spreadsheet cell begins


def write(result: JobResult) -> bytes:
    """Write one result under a header row."""
    return write_all([result])


def write_all(results: Sequence[JobResult]) -> bytes:
    """Write the shots of several results under one header row."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(row for result in results for row in _rows(result))
    return text.getvalue().encode()


def _rows(result: JobResult) -> Iterator[tuple[object, ...]]:
    name = _escape_formula(one_line(result.filename))
    for shot in result.shots:
        labels = (cell for head in HEADS for cell in _cells(final_label(shot, head)))
        yield (
            *(name, shot.index, shot.start_frame, shot.end_frame, shot.start, shot.end, shot.transition),
            *labels,
        )


def _cells(final: FinalLabel | None) -> tuple[object, ...]:
    return (final.label, final.confidence, int(final.uncertain)) if final else (None, None, None)


def _escape_formula(name: str) -> str:
    """Return a name that no spreadsheet interprets as a formula."""
    return f"'{name}" if name.startswith(FORMULA) else name
