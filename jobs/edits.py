"""Corrections by hand, and the shots that they give. Pure: knows no Redis, no HTTP, and changes no shot that was found.

An edit names a shot by its number at that moment, as the one who made it saw it. What the edits say is bounds and
labels; all else of a shot, its times, prediction and frames, follows from the found shots between its bounds.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from jobs.errors import EditError, NoSuchShot
from jobs.shot import Prediction, Shot, equidistant

Head = Literal["scale", "movement"]  # the two labels of a shot


class _OfShot(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    shot: int  # its number when the edit was made


class LabelEdit(_OfShot):
    """Labels set by hand, or taken back where they are null; those that are not named stay."""

    kind: Literal["label"] = "label"
    labels: dict[Head, str | None]


class SplitEdit(_OfShot):
    """A shot made two."""

    kind: Literal["split"] = "split"
    frame: int  # the first of the second part


class MergeEdit(_OfShot):
    """A shot and the following one made one."""

    kind: Literal["merge"] = "merge"


Edit = Annotated[LabelEdit | SplitEdit | MergeEdit, Field(discriminator="kind")]


@dataclass(frozen=True, slots=True)
class CorrectedShot:
    """A shot as it is after all edits."""

    shot: Shot  # numbered anew; its frames lie where the found shots have them
    prediction: Prediction | None  # None: not predicted yet
    labels: Mapping[Head, str]  # by hand
    edited: bool  # whether its bounds are not those that were found


@dataclass(frozen=True, slots=True)
class _Piece:
    """The frames `[first, end)` and what was said of them by hand."""

    first: int
    end: int
    labels: Mapping[Head, str] = field(default_factory=dict)


def corrected(
    shots: Sequence[Shot], predictions: Mapping[int, Prediction], edits: Sequence[Edit]
) -> list[CorrectedShot]:
    """Apply the edits, oldest first, to the shots that were found, which are in order.

    Raises NoSuchShot, and EditError for a split outside of its shot and a merge of the last one.
    """
    if not edits:  # then the shots may be some of all, which keep their numbers
        return [CorrectedShot(shot, predictions.get(shot.index), {}, False) for shot in shots]
    pieces = [_Piece(shot.start_frame, shot.end_frame) for shot in shots]
    for edit in edits:
        _apply(edit, pieces)
    found = {(shot.start_frame, shot.end_frame): shot for shot in shots}
    starts = [shot.start_frame for shot in shots]
    rows = []
    for index, piece in enumerate(pieces):
        whole = found.get((piece.first, piece.end))
        parents = [whole] if whole else shots[bisect_right(starts, piece.first) - 1 : bisect_left(starts, piece.end)]
        shot = replace(whole, index=index) if whole else _cut_anew(index, piece, parents)
        # The word on the shot that has most of its frames. So what is split or merged by mistake, and then put right
        # by the opposite, is again as it was.
        source = max(parents, key=lambda parent: _shared(parent, piece))
        rows.append(CorrectedShot(shot, predictions.get(source.index), piece.labels, whole is None))
    return rows


def _apply(edit: Edit, pieces: list[_Piece]) -> None:
    at = edit.shot
    if not 0 <= at < len(pieces):
        raise NoSuchShot(f"There is no shot {at}: the job has {len(pieces)}, counted from 0.")
    piece = pieces[at]
    if isinstance(edit, LabelEdit):
        labels = {**piece.labels, **edit.labels}
        pieces[at] = replace(piece, labels={head: label for head, label in labels.items() if label is not None})
    elif isinstance(edit, SplitEdit):
        pieces[at : at + 1] = _split(piece, edit)
    else:
        if at + 1 == len(pieces):
            raise EditError(f"Shot {at} is the last one: there is none behind it to merge it with.")
        pieces[at : at + 2] = [_merged(piece, pieces[at + 1])]


def _split(piece: _Piece, edit: SplitEdit) -> list[_Piece]:
    if piece.end - piece.first < 2:
        raise EditError(f"Shot {edit.shot} cannot be split: it is a single frame.")
    if not piece.first < edit.frame < piece.end:
        raise EditError(
            f"Shot {edit.shot} cannot be split at frame {edit.frame}: its second part may begin with frame "
            f"{piece.first + 1} to {piece.end - 1}."
        )
    return [replace(piece, end=edit.frame), replace(piece, first=edit.frame)]


def _merged(one: _Piece, other: _Piece) -> _Piece:
    """Labels by hand are those of the longer part: what was said of the shorter one need not be true of both."""
    longer = max(one, other, key=lambda piece: piece.end - piece.first)
    return _Piece(one.first, other.end, longer.labels)


def _cut_anew(index: int, piece: _Piece, parents: Sequence[Shot]) -> Shot:
    opening = parents[0]
    return Shot(
        index=index,
        start_frame=piece.first,
        end_frame=piece.end,
        start=_seconds(opening, piece.first),
        end=_seconds(parents[-1], piece.end),
        frames=_nearest(piece, parents),
        camera_path=(),  # nobody has followed the camera between these bounds, and no result shows it
        transition=opening.transition if opening.start_frame == piece.first else "cut",
    )


def _shared(shot: Shot, piece: _Piece) -> int:
    """How many frames the two have in common."""
    return min(shot.end_frame, piece.end) - max(shot.start_frame, piece.first)


def _seconds(shot: Shot, frame: int) -> float:
    """The time of a frame of a shot, or of the frame after it, as if its frames came evenly."""
    share = (frame - shot.start_frame) / (shot.end_frame - shot.start_frame)
    return shot.start * (1 - share) + shot.end * share


def _nearest(piece: _Piece, parents: Sequence[Shot]) -> tuple[Path, ...]:
    """Eight of the frames that were stored: those nearest to the equidistant places, and within if any are."""
    stored = [
        (frame, path)
        for shot in parents
        for frame, path in zip(equidistant(shot.start_frame, shot.end_frame), shot.frames, strict=True)
    ]
    within = [one for one in stored if piece.first <= one[0] < piece.end] or stored
    return tuple(min(within, key=lambda one: abs(one[0] - place))[1] for place in equidistant(piece.first, piece.end))
