"""Corrections: what becomes of the detected shots, and that undoing loses nothing."""

from collections.abc import Sequence

import pytest

from shotlens.shots.edits import (
    CorrectedShot,
    Edit,
    LabelEdit,
    MergeEdit,
    MoveEdit,
    SplitEdit,
    TransitionEdit,
    corrected,
)
from shotlens.shots.errors import EditError, NoSuchShot
from shotlens.shots.shot import CameraMotion, Prediction, Predictions, Shot, frames_of
from shotlens.shots.times import seconds_at

ALONG = (CameraMotion(0.125, 0.01, 0.0, 0.0, 0.0, 0.9),)
# Three shots of 40, 80 and 16 frames; each frame of the last takes twice as long as those of the others.
SHOTS = [
    Shot(0, 40, 0.0, 1.6, frames_of(0), ALONG, "cut"),
    Shot(40, 120, 1.6, 4.8, frames_of(40), ALONG, "dissolve", 0.96),
    Shot(120, 136, 4.8, 6.08, frames_of(120), ALONG, "fade", 0.4),
]
PREDICTIONS: dict[int, Predictions] = {
    shot.start_frame: {"movement": Prediction({"static": 1.0}), "scale": Prediction({"MS": shot.start})}
    for shot in SHOTS
}


def after(*edits: Edit) -> list[CorrectedShot]:
    return corrected(SHOTS, PREDICTIONS, edits)


def bounds(rows: Sequence[CorrectedShot]) -> list[tuple[int, int, int]]:
    return [(row.index, row.shot.start_frame, row.shot.end_frame) for row in rows]


def frames(row: CorrectedShot) -> list[str]:
    """The frames of a row, each by the number of its detected shot and its own."""
    numbers = {shot.start_frame: number for number, shot in enumerate(SHOTS)}
    return [f"{numbers[frame.shot]}/{frame.k}" for frame in row.shot.frames]


def test_without_edits_shots_are_as_detected() -> None:
    assert [row.shot for row in after()] == SHOTS
    assert [row.predictions for row in after()] == list(PREDICTIONS.values())
    assert not any(row.labels or row.edited for row in after())


def test_a_corrected_label_stands_beside_the_prediction() -> None:
    row = after(LabelEdit(shot=1, labels={"scale": "CS"}), LabelEdit(shot=1, labels={"movement": "push"}))[1]
    assert row == CorrectedShot(1, SHOTS[1], PREDICTIONS[40], {"scale": "CS", "movement": "push"}, False)


def test_null_removes_a_corrected_label() -> None:
    both = LabelEdit(shot=1, labels={"scale": "CS", "movement": "push"})
    assert after(both, LabelEdit(shot=1, labels={"scale": None}))[1].labels == {"movement": "push"}


def test_the_parts_of_a_split_inherit_labels_and_predictions() -> None:
    rows = after(LabelEdit(shot=1, labels={"scale": "CS"}), SplitEdit(shot=1, frame=60))
    assert bounds(rows) == [(0, 0, 40), (1, 40, 60), (2, 60, 120), (3, 120, 136)]
    assert [row.predictions for row in rows] == [PREDICTIONS[first] for first in (0, 40, 40, 120)]
    assert [dict(row.labels) for row in rows] == [{}, {"scale": "CS"}, {"scale": "CS"}, {}]
    assert [row.shot.transition for row in rows] == ["cut", "dissolve", "cut", "fade"]
    assert [row.shot.transition_seconds for row in rows] == [0.0, 0.96, 0.0, 0.4]
    assert [row.edited for row in rows] == [False, True, True, False]


def test_the_time_of_a_split_is_interpolated_within_its_shot() -> None:
    rows = after(SplitEdit(shot=2, frame=124), SplitEdit(shot=1, frame=60))
    assert [row.shot.start for row in rows] == pytest.approx([0, 1.6, 2.4, 4.8, 5.12])
    assert [row.shot.end for row in rows] == pytest.approx([1.6, 2.4, 4.8, 5.12, 6.08])


def test_a_part_shows_the_nearest_frames_within_it() -> None:
    # The frames of shot 1 were taken at 45, 55, ... 115.
    first, second = after(SplitEdit(shot=1, frame=60))[1:3]
    assert frames(first) == ["1/0", "1/0", "1/0", "1/0", "1/1", "1/1", "1/1", "1/1"]
    assert frames(second) == ["1/2", "1/3", "1/3", "1/4", "1/5", "1/6", "1/6", "1/7"]


def test_a_part_without_a_stored_frame_shows_the_nearest_one() -> None:
    assert set(frames(after(SplitEdit(shot=1, frame=43))[1])) == {"1/0"}


def test_a_merged_shot_has_the_labels_of_its_longer_part() -> None:
    short, long = LabelEdit(shot=0, labels={"scale": "LS"}), LabelEdit(shot=1, labels={"movement": "pull"})
    [row, last] = after(short, long, MergeEdit(shot=0))
    assert bounds([row, last]) == [(0, 0, 120), (1, 120, 136)]
    assert (row.predictions, row.labels, row.edited) == (PREDICTIONS[40], {"movement": "pull"}, True)
    assert (row.shot.start, row.shot.end, row.shot.transition, row.shot.transition_seconds) == (0.0, 4.8, "cut", 0.0)
    assert last == CorrectedShot(1, SHOTS[2], PREDICTIONS[120], {}, False)


def test_a_merged_shot_shows_frames_of_both_parts() -> None:
    # Stored at 2, 7, ... 37 and at 45, 55, ... 115; wanted at 7, 22, 37, 52, ...
    assert frames(after(MergeEdit(shot=0))[0]) == ["0/1", "0/4", "0/7", "1/1", "1/2", "1/4", "1/5", "1/7"]


def test_a_split_and_a_merge_undo_each_other() -> None:
    assert after(SplitEdit(shot=1, frame=60), MergeEdit(shot=1)) == after()
    assert after(MergeEdit(shot=1), SplitEdit(shot=1, frame=120)) == after()


def test_an_edit_numbers_shots_as_the_previous_edits_left_them() -> None:
    rows = after(SplitEdit(shot=0, frame=20), MergeEdit(shot=1), LabelEdit(shot=2, labels={"scale": "FS"}))
    assert bounds(rows) == [(0, 0, 20), (1, 20, 120), (2, 120, 136)]
    assert [dict(row.labels) for row in rows] == [{}, {}, {"scale": "FS"}]


def test_all_shots_may_become_one() -> None:
    [row] = after(MergeEdit(shot=0), MergeEdit(shot=0))
    assert bounds([row]) == [(0, 0, 136)]
    assert len(row.shot.frames) == 8


def test_a_shot_can_be_split_into_its_single_frames() -> None:
    rows = after(*(SplitEdit(shot=2 + done, frame=121 + done) for done in range(15)))
    assert bounds(rows)[2:] == [(2 + k, 120 + k, 121 + k) for k in range(16)]
    assert {len(row.shot.frames) for row in rows} == {8}


def test_a_moved_boundary_leaves_both_shots_their_predictions_and_labels() -> None:
    rows = after(LabelEdit(shot=1, labels={"scale": "CS"}), MoveEdit(shot=1, frame=4), MoveEdit(shot=2, frame=6))
    assert bounds(rows) == [(0, 0, 4), (1, 4, 6), (2, 6, 136)]
    assert [row.predictions for row in rows] == list(PREDICTIONS.values())
    assert [dict(row.labels) for row in rows] == [{}, {"scale": "CS"}, {}]
    assert [row.edited for row in rows] == [True, True, True]


def test_the_time_of_a_moved_boundary_follows_the_pace_where_it_lies() -> None:
    earlier, later = (after(MoveEdit(shot=2, frame=frame)) for frame in (119, 121))
    assert [row.shot.start for row in earlier] == pytest.approx([0, 1.6, 4.76])
    assert [row.shot.start for row in later] == pytest.approx([0, 1.6, 4.88])
    assert [row.shot.end for row in later] == pytest.approx([1.6, 4.88, 6.08])


def test_a_moved_shot_opens_as_it_did_and_is_as_detected_when_moved_back() -> None:
    moved = after(MoveEdit(shot=2, frame=110))[2].shot
    assert (moved.transition, moved.transition_seconds) == ("fade", 0.4)
    assert after(MoveEdit(shot=2, frame=110), MoveEdit(shot=2, frame=120)) == after()


def test_a_shot_opens_as_set_by_hand_until_that_is_taken_back() -> None:
    row = after(TransitionEdit(shot=2, transition="dissolve"))[2]
    assert (row.shot.transition, row.shot.transition_seconds, row.edited) == ("dissolve", 0.0, True)
    assert (row.shot.start, row.shot.frames, row.predictions) == (4.8, frames_of(120), PREDICTIONS[120])
    assert after(TransitionEdit(shot=2, transition="cut"), TransitionEdit(shot=2, transition=None)) == after()
    assert after(TransitionEdit(shot=2, transition="fade")) == after()


def test_a_merged_shot_has_an_even_pace_only_where_its_parts_have_the_same() -> None:
    assert after(MergeEdit(shot=0))[0].shot.times == ()
    merged = after(MergeEdit(shot=1))[1].shot
    assert merged.times == ((120, 4.8),)
    assert [seconds_at(merged, frame) for frame in (40, 80, 120, 128, 136)] == pytest.approx(
        [1.6, 3.2, 4.8, 5.44, 6.08]
    )


@pytest.mark.parametrize(
    ("edits", "error", "sentence"),
    [
        ([SplitEdit(shot=1, frame=40)], EditError, "may begin with frame 41 to 119"),
        ([SplitEdit(shot=1, frame=120)], EditError, "The shot cannot be split at frame 120"),
        ([SplitEdit(shot=0, frame=1), SplitEdit(shot=0, frame=1)], EditError, "it is a single frame"),
        ([MergeEdit(shot=2)], EditError, "The last shot cannot be merged"),
        ([MoveEdit(shot=1, frame=0)], EditError, "may begin with frame 1 to 119"),
        ([MoveEdit(shot=1, frame=120)], EditError, "cannot begin with frame 120"),
        ([MoveEdit(shot=0, frame=1)], EditError, "The first shot opens the video"),
        ([TransitionEdit(shot=0, transition="fade")], EditError, "The first shot opens the video"),
        ([LabelEdit(shot=3, labels={"scale": "CS"})], NoSuchShot, "no shot with index 3: the job has 3"),
        ([MergeEdit(shot=-1)], NoSuchShot, "no shot with index -1"),
    ],
)
def test_an_invalid_edit_is_refused_with_what_is_allowed(
    edits: list[Edit], error: type[EditError], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        after(*edits)
