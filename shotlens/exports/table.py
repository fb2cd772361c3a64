"""CSV: a row per shot, with its labels, their confidence and whether they are uncertain."""

import csv
import io
from collections.abc import Iterator, Sequence

from shotlens.exports.names import one_line
from shotlens.exports.shots import final_label, word
from shotlens.shots.heads import HEADS
from shotlens.shots.result import JobResult, ShotResult

BOUNDS = (
    *("file", "shot", "index", "start_frame", "end_frame", "start", "end", "length"),
    *("start_timecode", "end_timecode", "transition", "transition_seconds"),
)
# The parts of a label: its name in full; nothing and 0 if it was set by hand; the model's own, in any case.
PARTS = ("", "_words", "_confidence", "_uncertain", "_predicted", "_predicted_confidence")
COLUMNS = (*BOUNDS, *(f"{head}{part}" for head in HEADS for part in PARTS))
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
        yield (name, *_bounds(shot), *(cell for head in HEADS for cell in _cells(shot, head)))


def _bounds(shot: ShotResult) -> tuple[object, ...]:
    return (
        *(shot.index + 1, shot.index, shot.start_frame, shot.end_frame, shot.start, shot.end),
        *(round(shot.end - shot.start, 3), shot.start_timecode, shot.end_timecode),
        *(shot.transition, shot.transition_seconds),
    )


def _cells(shot: ShotResult, head: str) -> tuple[object, ...]:
    """Write the label of one head in the order of `PARTS`."""
    final, predicted = final_label(shot, head), shot.predicted(head)
    model = (predicted.label, predicted.confidence) if predicted else (None, None)
    if final is None:
        return (None, None, None, None, *model)
    return (final.label, word(HEADS[head], final.label), final.confidence, int(final.uncertain), *model)


def _escape_formula(name: str) -> str:
    """Return a name that no spreadsheet interprets as a formula."""
    return f"'{name}" if name.startswith(FORMULA) else name
