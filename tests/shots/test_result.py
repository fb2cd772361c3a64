"""The contract of the result, put together from a record, shots and predictions."""

from dataclasses import replace
from pathlib import Path

import pytest

from shotlens.shots.edits import Edit, LabelEdit, SplitEdit
from shotlens.shots.job import Job
from shotlens.shots.result import result, timecode
from shotlens.shots.shot import CameraMotion, Prediction, Shot, Video

VIDEO = Video(duration=4.0, fps=29.97, width=1920, height=1080, frames=120)
JOB = Job("0" * 24, "done", 1.0, None, None, "ad.mp4", 10, VIDEO, {"name": "m", "sha256": "0"}, 0.0, 1.0)
PREDICTION = Prediction(
    {"static": 0.7, "motion": 0.1, "push": 0.15, "pull": 0.05},
    {"ECS": 0.02, "CS": 0.08, "MS": 0.8, "FS": 0.06, "LS": 0.04},
    ("movement",),
)


def shot(index: int) -> Shot:
    frames = tuple(Path(f"/data/{index}/{k}.jpg") for k in range(8))
    path = (CameraMotion(0.125, 0.01, -0.02, 0.003, -0.001, 0.9),)
    start = index * 2.0354
    return Shot(index, index * 61, index * 61 + 61, start, start + 2.0354, frames, path, "fade" if index else "cut")


def test_a_done_job_is_complete() -> None:
    made = result(JOB, [shot(0), shot(1)], {0: PREDICTION, 1: PREDICTION}, "/jobs/x/shots/{shot}/frames/{k}.jpg")
    second = made.shots[1]
    assert (second.start_frame, second.end_frame, second.start, second.end) == (61, 122, 2.035, 4.071)
    assert (second.start_timecode, second.end_timecode) == ("00:00:02:01", "00:00:04:02")
    assert [made.shots[0].transition, second.transition] == ["cut", "fade"]
    assert second.scale
    assert (second.scale.label, second.scale.confidence, second.scale.uncertain) == ("MS", 0.8, False)
    assert second.movement and second.movement.uncertain
    assert second.frames == [f"/jobs/x/shots/1/frames/{k}.jpg" for k in range(8)]
    assert made.summary.model_dump() == {
        "shots": 2, "average_shot_length": 2.035, "scale": {"MS": 2}, "movement": {"static": 2},
    }  # fmt: skip


def test_a_running_job_shows_shots_without_labels_and_no_full_progress() -> None:
    job = replace(JOB, state="predicting", model=None, finished=None)
    made = result(job, [shot(0), shot(1)], {0: PREDICTION})
    assert made.shots[1].movement is None
    assert made.shots[1].scale is None
    assert made.progress == 0.75
    assert result(job, [shot(0)], {0: PREDICTION}).progress == 0.99


def test_labels_by_hand_are_counted_and_frames_keep_their_addresses() -> None:
    edits: list[Edit] = [SplitEdit(shot=0, frame=30), LabelEdit(shot=2, labels={"movement": "push"})]
    made = result(JOB, [shot(0), shot(1)], {0: PREDICTION, 1: PREDICTION}, "/{shot}/{k}.jpg", edits)
    assert [row.corrected for row in made.shots] == [None, None, {"movement": "push"}]
    assert [row.edited for row in made.shots] == [True, True, False]
    assert made.shots[2].frames == [f"/1/{k}.jpg" for k in range(8)]
    assert (made.summary.shots, made.summary.movement) == (3, {"static": 2, "push": 1})


def test_a_queued_job_knows_nothing_yet() -> None:
    made = result(replace(JOB, state="queued", progress=0.0, video=None, model=None), [], {})
    assert (made.video, made.model, made.shots, made.progress) == (None, None, [], 0.0)
    assert made.summary.average_shot_length == 0


@pytest.mark.parametrize(
    ("frame", "fps", "written"),
    [
        (0, 25, "00:00:00:00"),
        (61, 29.97, "00:00:02:01"),
        (24 * 3600, 23.976, "01:00:00:00"),
        (119, 120, "00:00:00:119"),
    ],
)
def test_timecodes_count_at_the_nearest_whole_rate(frame: int, fps: float, written: str) -> None:
    assert timecode(frame, fps) == written


def test_a_shot_survives_its_json_in_another_folder() -> None:
    read = Shot.from_json(shot(3).to_json(), Path("/elsewhere"))
    assert read == replace(shot(3), frames=tuple(Path(f"/elsewhere/3/{k}.jpg") for k in range(8)))
