"""Corrections by hand, and the shots that result from them. Pure: no Redis, no HTTP; never changes a detected shot.

An edit names a shot by its number at the moment of the edit. Edits determine only bounds and labels; everything else
about a shot (its times, prediction and frames) follows from the detected shots between its bounds.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from shotlens.shots.errors import EditError, NoSuchShot
from shotlens.shots.shot import Frame, Predictions, Shot, equidistant


class _ShotEdit(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    shot: int  # its number when the edit was made


class LabelEdit(_ShotEdit):
    """Set labels by hand, or remove those that are null; heads that are not named keep theirs."""

    kind: Literal["label"] = "label"
    labels: dict[str, str | None]  # by head


class SplitEdit(_ShotEdit):
    """Split a shot in two."""

    kind: Literal["split"] = "split"
    frame: int  # the first of the second part


class MergeEdit(_ShotEdit):
    """Merge a shot with the one after it."""

    kind: Literal["merge"] = "merge"


Edit = Annotated[LabelEdit | SplitEdit | MergeEdit, Field(discriminator="kind")]


@dataclass(frozen=True, slots=True)
class CorrectedShot:
    """A shot after all edits."""

    index: int  # its number, counted from 0
    shot: Shot
    predictions: Predictions  # by head, of the detected shot that contributes most of its frames
    labels: Mapping[str, str]  # set by hand, by head
    edited: bool  # whether its bounds differ from the detected ones


@dataclass(frozen=True, slots=True)
class _Piece:
    """The frames `[first, end)` and the labels set for them by hand."""

    first: int
    end: int
    labels: Mapping[str, str] = field(default_factory=dict)


def corrected(
    shots: Sequence[Shot], predictions: Mapping[int, Predictions], edits: Sequence[Edit]
) -> list[CorrectedShot]:
    """Apply the edits, oldest first, to all detected shots, which are in order.

    `predictions` maps the first frame of each shot to its predictions. Raises NoSuchShot, and EditError for a split
    outside its shot or a merge of the last shot.
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
        exact = by_bounds.get((piece.first, piece.end))
        parents = [exact] if exact else shots[bisect_right(starts, piece.first) - 1 : bisect_left(starts, piece.end)]
        # The prediction comes from the shot with most of the frames: undoing a mistaken split by a merge, or a merge
        # by a split, restores the shot as it was.
        source = max(parents, key=lambda parent: _common_frames(parent, piece))
        predicted = predictions.get(source.start_frame, {})
        rows.append(CorrectedShot(index, exact or _new_shot(piece, parents), predicted, piece.labels, exact is None))
    return rows


def _apply(edit: Edit, pieces: list[_Piece]) -> None:
    index = edit.shot
    if not 0 <= index < len(pieces):
        raise NoSuchShot(f"There is no shot {index}: the job has {len(pieces)}, counted from 0.")
    piece = pieces[index]
    if isinstance(edit, LabelEdit):
        labels = {**piece.labels, **edit.labels}
        pieces[index] = replace(piece, labels={head: label for head, label in labels.items() if label is not None})
    elif isinstance(edit, SplitEdit):
        pieces[index : index + 1] = _split(piece, edit)
    else:
        if index + 1 == len(pieces):
            raise EditError(f"Shot {index} is the last one: there is none after it to merge it with.")
        pieces[index : index + 2] = [_merged(piece, pieces[index + 1])]


def _split(piece: _Piece, edit: SplitEdit) -> list[_Piece]:
    if piece.end - piece.first < 2:
        raise EditError(f"Shot {edit.shot} cannot be split: it is a single frame.")
    if not piece.first < edit.frame < piece.end:
        raise EditError(
            f"Shot {edit.shot} cannot be split at frame {edit.frame}: its second part may begin with frame "
            f"{piece.first + 1} to {piece.end - 1}."
        )
    return [replace(piece, end=edit.frame), replace(piece, first=edit.frame)]


def _merged(earlier: _Piece, later: _Piece) -> _Piece:
    """Join two pieces, with the hand-set labels of the longer: those of the shorter may not hold for both."""
    longer = max(earlier, later, key=lambda piece: piece.end - piece.first)
    return _Piece(earlier.first, later.end, longer.labels)


def _new_shot(piece: _Piece, parents: Sequence[Shot]) -> Shot:
    opening = parents[0]
    return Shot(
        start_frame=piece.first,
        end_frame=piece.end,
        start=_seconds(opening, piece.first),
        end=_seconds(parents[-1], piece.end),
        frames=_nearest(piece, parents),
        camera_path=(),  # the camera was not tracked between these bounds, and no result shows the path
        transition=opening.transition if opening.start_frame == piece.first else "cut",
        window=opening.window,
    )


def _common_frames(shot: Shot, piece: _Piece) -> int:
    """Return how many frames the two have in common."""
    return min(shot.end_frame, piece.end) - max(shot.start_frame, piece.first)


def _seconds(shot: Shot, frame: int) -> float:
    """Return the time of a frame of a shot, or of the frame after it, as if its frames were evenly spaced."""
    position = (frame - shot.start_frame) / (shot.end_frame - shot.start_frame)
    return shot.start * (1 - position) + shot.end * position


def _nearest(piece: _Piece, parents: Sequence[Shot]) -> tuple[Frame, ...]:
    """Return the stored frames nearest to the eight equidistant positions, from within the piece if it has any."""
    stored = [
        (position, frame)
        for shot in parents
        for position, frame in zip(equidistant(shot.start_frame, shot.end_frame), shot.frames, strict=True)
    ]
    candidates = [pair for pair in stored if piece.first <= pair[0] < piece.end] or stored
    return tuple(
        min(candidates, key=lambda pair: abs(pair[0] - position))[1] for position in equidistant(piece.first, piece.end)
    )
