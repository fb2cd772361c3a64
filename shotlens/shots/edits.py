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
from shotlens.shots.shot import Frame, Predictions, Shot, Transition, equidistant
from shotlens.shots.times import seconds_at, times_within


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


class MoveEdit(_ShotEdit):
    """Move the start of a shot, which is the end of the one before it."""

    kind: Literal["move"] = "move"
    frame: int  # the first of the shot from then on


class TransitionEdit(_ShotEdit):
    """Set how a shot opens."""

    kind: Literal["transition"] = "transition"
    transition: Transition | None  # None: as detected


Edit = Annotated[LabelEdit | SplitEdit | MergeEdit | MoveEdit | TransitionEdit, Field(discriminator="kind")]


@dataclass(frozen=True, slots=True)
class CorrectedShot:
    """A shot after all edits."""

    index: int  # its number, counted from 0
    shot: Shot
    predictions: Predictions  # by head, of the detected shot that contributes most of its frames
    labels: Mapping[str, str]  # set by hand, by head
    edited: bool  # whether its bounds, or how it opens, differ from what was detected


_Opening = tuple[Transition, float]  # how a shot opens, and the seconds that takes


@dataclass(frozen=True, slots=True)
class _Piece:
    """The frames `[first, end)`, and what was set for them by hand."""

    first: int
    end: int
    detected: _Opening
    opening: Transition | None = None  # by hand
    labels: Mapping[str, str] = field(default_factory=dict)
    unmoved: tuple[int, int] | None = None  # its bounds before they were moved, which the prediction is of

    @property
    def transition(self) -> _Opening:
        """How it opens; one set by hand takes as long as the detected one if it is of the same kind."""
        return self.detected if self.opening in (None, self.detected[0]) else (self.opening, 0.0)


def corrected(
    shots: Sequence[Shot], predictions: Mapping[int, Predictions], edits: Sequence[Edit]
) -> list[CorrectedShot]:
    """Apply the edits, oldest first, to all detected shots, which are in order.

    `predictions` maps the first frame of each shot to its predictions. Raises NoSuchShot, and EditError for a bound
    outside its shots, a merge of the last shot, or an opening of the first.
    """
    if not edits:
        return [
            CorrectedShot(index, shot, predictions.get(shot.start_frame, {}), {}, False)
            for index, shot in enumerate(shots)
        ]
    openings = {shot.start_frame: (shot.transition, shot.transition_seconds) for shot in shots}
    pieces = [_Piece(shot.start_frame, shot.end_frame, openings[shot.start_frame]) for shot in shots]
    for edit in edits:
        _apply(edit, pieces, openings)
    detected = _Detected(shots)
    rows = []
    for index, piece in enumerate(pieces):
        parents = detected.overlapping(piece.first, piece.end)
        shot = _shot(piece, parents)
        # The prediction comes from the shot with most of the frames: undoing a mistaken split by a merge, or a merge
        # by a split, restores the shot as it was.
        source = detected.with_most_of(*(piece.unmoved or (piece.first, piece.end)))
        predicted = predictions.get(source.start_frame, {})
        rows.append(CorrectedShot(index, shot, predicted, piece.labels, shot is not parents[0]))
    return rows


class _Detected:
    """The detected shots, which are in order."""

    def __init__(self, shots: Sequence[Shot]) -> None:
        self._shots = shots
        self._starts = [shot.start_frame for shot in shots]

    def overlapping(self, first: int, end: int) -> Sequence[Shot]:
        """Return the shots that have some of the frames `[first, end)`."""
        return self._shots[bisect_right(self._starts, first) - 1 : bisect_left(self._starts, end)]

    def with_most_of(self, first: int, end: int) -> Shot:
        """Return the shot that has most of the frames `[first, end)`."""
        return max(
            self.overlapping(first, end),
            key=lambda shot: min(shot.end_frame, end) - max(shot.start_frame, first),
        )


def _apply(edit: Edit, pieces: list[_Piece], openings: Mapping[int, _Opening]) -> None:
    """Apply an edit; `openings` maps the first frame of each detected shot to how that opens."""
    index = edit.shot
    if not 0 <= index < len(pieces):
        raise NoSuchShot(f"There is no shot with index {index}: the job has {len(pieces)}, counted from 0.")
    if index == 0 and isinstance(edit, MoveEdit | TransitionEdit):
        raise EditError("The first shot opens the video: there is no boundary before it.")
    piece = pieces[index]
    match edit:
        case LabelEdit():
            labels = {**piece.labels, **edit.labels}
            pieces[index] = replace(piece, labels={head: label for head, label in labels.items() if label is not None})
        case SplitEdit():
            pieces[index : index + 1] = _split(piece, edit.frame, openings.get(edit.frame, ("cut", 0.0)))
        case MergeEdit():
            pieces[index : index + 2] = [_merged(*pieces[index : index + 2])]
        case MoveEdit():
            pieces[index - 1 : index + 1] = _moved(pieces[index - 1], piece, edit.frame)
        case TransitionEdit():
            pieces[index] = replace(piece, opening=edit.transition)


def _split(piece: _Piece, frame: int, opening: _Opening) -> list[_Piece]:
    if piece.end - piece.first < 2:
        raise EditError("The shot cannot be split: it is a single frame.")
    if not piece.first < frame < piece.end:
        raise EditError(
            f"The shot cannot be split at frame {frame}: its second part may begin with frame "
            f"{piece.first + 1} to {piece.end - 1}."
        )
    return [replace(piece, end=frame, unmoved=None), _Piece(frame, piece.end, opening, labels=piece.labels)]


def _merged(earlier: _Piece, later: _Piece | None = None) -> _Piece:
    """Join two pieces, with the hand-set labels of the longer: those of the shorter may not hold for both."""
    if later is None:
        raise EditError("The last shot cannot be merged: there is none after it.")
    longer = max(earlier, later, key=lambda piece: piece.end - piece.first)
    return replace(earlier, end=later.end, labels=longer.labels, unmoved=None)


def _moved(earlier: _Piece, later: _Piece, frame: int) -> list[_Piece]:
    """Move the boundary between two pieces, each of which keeps its prediction and all that was set by hand."""
    if not earlier.first < frame < later.end:
        raise EditError(
            f"The shot cannot begin with frame {frame}: it may begin with frame {earlier.first + 1} to {later.end - 1}."
        )
    earlier, later = (replace(piece, unmoved=piece.unmoved or (piece.first, piece.end)) for piece in (earlier, later))
    return [replace(earlier, end=frame), replace(later, first=frame)]


def _shot(piece: _Piece, parents: Sequence[Shot]) -> Shot:
    """Return the detected shot that a piece is, or a new one made of those that it overlaps."""
    shot, (transition, seconds) = parents[0], piece.transition
    if (shot.start_frame, shot.end_frame) != (piece.first, piece.end):
        shot = _new_shot(piece, parents)
    if (shot.transition, shot.transition_seconds) == (transition, seconds):
        return shot
    return replace(shot, transition=transition, transition_seconds=seconds)


def _new_shot(piece: _Piece, parents: Sequence[Shot]) -> Shot:
    return Shot(
        start_frame=piece.first,
        end_frame=piece.end,
        start=seconds_at(parents[0], piece.first),
        end=seconds_at(parents[-1], piece.end),
        frames=_nearest(piece, parents),
        camera_path=(),  # the camera was not tracked between these bounds, and no result shows the path
        times=times_within(parents, piece.first, piece.end),
        window=parents[0].window,
    )


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
