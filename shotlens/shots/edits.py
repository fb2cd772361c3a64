"""Corrections by hand, and the shots that they give. Pure: knows no Redis, no HTTP, and changes no shot that was found.

An edit names a shot by its number at that moment, as the one who made it saw it. What the edits say is bounds and
labels; all else of a shot, its times, prediction and frames, follows from the found shots between its bounds.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from shotlens.shots.errors import EditError, NoSuchShot
from shotlens.shots.shot import Frame, Predictions, Shot, equidistant


class _OfShot(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    shot: int  # its number when the edit was made


class LabelEdit(_OfShot):
    """Labels set by hand, or taken back where they are null; heads that are not named keep theirs."""

    kind: Literal["label"] = "label"
    labels: dict[str, str | None]  # by head


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

    index: int  # its number, counted from 0
    shot: Shot
    predictions: Predictions  # of the found shot that has most of its frames, by head
    labels: Mapping[str, str]  # by hand, by head
    edited: bool  # whether its bounds are not those that were found


@dataclass(frozen=True, slots=True)
class _Piece:
    """The frames `[first, end)` and what was said of them by hand."""

    first: int
    end: int
    labels: Mapping[str, str] = field(default_factory=dict)


def corrected(
    shots: Sequence[Shot], predictions: Mapping[int, Predictions], edits: Sequence[Edit]
) -> list[CorrectedShot]:
    """Apply the edits, oldest first, to all the shots that were found, which are in order.

    `predictions` are those of each shot by its first frame. Raises NoSuchShot, and EditError for a split outside of its
    shot and a merge of the last one.
    """
    if not edits:
        return [
            CorrectedShot(index, shot, predictions.get(shot.start_frame, {}), {}, False)
            for index, shot in enumerate(shots)
        ]
    pieces = [_Piece(shot.start_frame, shot.end_frame) for shot in shots]
    for edit in edits:
        _apply(edit, pieces)
    by_bounds = {(shot.start_frame, shot.end_frame): shot for shot in shots}
    starts = [shot.start_frame for shot in shots]
    rows = []
    for index, piece in enumerate(pieces):
        whole = by_bounds.get((piece.first, piece.end))
        parents = [whole] if whole else shots[bisect_right(starts, piece.first) - 1 : bisect_left(starts, piece.end)]
        # The prediction of the shot that has most of its frames: a split or merge by mistake, put right by the
        # opposite, gives the shot as it was.
        source = max(parents, key=lambda parent: _shared(parent, piece))
        labels = predictions.get(source.start_frame, {})
        rows.append(CorrectedShot(index, whole or _cut_anew(piece, parents), labels, piece.labels, whole is None))
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


def _cut_anew(piece: _Piece, parents: Sequence[Shot]) -> Shot:
    opening = parents[0]
    return Shot(
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


def _nearest(piece: _Piece, parents: Sequence[Shot]) -> tuple[Frame, ...]:
    """Eight of the stored frames: those nearest to the equidistant places, and within the piece if any are."""
    stored = [
        (place, frame)
        for shot in parents
        for place, frame in zip(equidistant(shot.start_frame, shot.end_frame), shot.frames, strict=True)
    ]
    within = [one for one in stored if piece.first <= one[0] < piece.end] or stored
    return tuple(min(within, key=lambda one: abs(one[0] - place))[1] for place in equidistant(piece.first, piece.end))
