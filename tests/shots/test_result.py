"""The contract of the result, built from a record, shots and predictions."""

from dataclasses import replace
from typing import Any

import pytest

from shotlens.shots.edits import Edit, LabelEdit, SplitEdit
from shotlens.shots.job import Job
from shotlens.shots.result import JobResult, result
from shotlens.shots.shot import CameraMotion, Prediction, Shot, Transition, Video, frames_of
from shotlens.shots.timecodes import counted_from

VIDEO = Video(duration=4.0, fps=29.97, width=1920, height=1080, frames=120)
JOB = Job(
    "0" * 24,
    "done",
    1.0,
    None,
    None,
    "ad.mp4",
    10,
    VIDEO,
    {"name": "m", "sha256": "0"},
    0.0,
    1.0,
    heads=("movement", "scale"),
)
PREDICTIONS = {
    "movement": Prediction({"static": 0.7, "motion": 0.1, "push": 0.15, "pull": 0.05}, uncertain=True),
    "scale": Prediction({"ECS": 0.02, "CS": 0.08, "MS": 0.8, "FS": 0.06, "LS": 0.04}),
}
BOTH = {0: PREDICTIONS, 61: PREDICTIONS}


def shot(index: int) -> Shot:
    path = (CameraMotion(0.125, 0.01, -0.02, 0.003, -0.001, 0.9),)
    first, start = index * 61, index * 2.0354
    opening: Transition = "fade" if index else "cut"
    return Shot(first, first + 61, start, start + 2.0354, frames_of(first), path, opening, index * 0.80081)


def address(number: int, k: int) -> str:
    return f"/jobs/x/shots/{number}/frames/{k}.jpg"


def test_a_done_job_is_complete() -> None:
    value = result(JOB, [shot(0), shot(1)], BOTH, address)
    second = value.shots[1]
    assert (second.start_frame, second.end_frame, second.start, second.end) == (61, 122, 2.035, 4.071)
    assert (second.start_timecode, second.end_timecode) == ("00:00:02:01", "00:00:04:02")
    assert [value.shots[0].transition, second.transition] == ["cut", "fade"]
    assert [value.shots[0].transition_seconds, second.transition_seconds] == [0.0, 0.801]
    scale, movement = second.predicted("scale"), second.predicted("movement")
    assert scale
    assert (scale.label, scale.confidence, scale.uncertain) == ("MS", 0.8, False)
    assert movement and movement.uncertain
    assert second.frames == [f"/jobs/x/shots/1/frames/{k}.jpg" for k in range(8)]
    assert value.summary.model_dump() == {
        "shots": 2, "average_shot_length": 2.035, "scale": {"MS": 2}, "movement": {"static": 2},
    }  # fmt: skip


def test_a_running_job_shows_shots_without_labels_and_no_full_progress() -> None:
    job = replace(JOB, state="predicting", model=None, finished=None)
    value = result(job, [shot(0), shot(1)], {0: PREDICTIONS}, address)
    assert value.shots[1].predicted("movement") is None
    assert value.shots[1].predicted("scale") is None
    assert value.progress == 0.75
    assert result(job, [shot(0)], {0: PREDICTIONS}, address).progress == 0.99


def test_corrected_labels_are_counted_and_frames_keep_their_addresses() -> None:
    edits: list[Edit] = [SplitEdit(shot=0, frame=30), LabelEdit(shot=2, labels={"movement": "push"})]
    value = result(JOB, [shot(0), shot(1)], BOTH, address, edits)
    assert [row.corrected for row in value.shots] == [None, None, {"movement": "push"}]
    assert [row.edited for row in value.shots] == [True, True, False]
    assert value.shots[2].frames == [address(1, k) for k in range(8)]
    assert value.summary.model_dump()["movement"] == {"static": 2, "push": 1}


def test_a_queued_job_has_no_results_yet() -> None:
    value = result(replace(JOB, state="queued", progress=0.0, video=None, model=None), [], {}, address)
    assert (value.video, value.model, value.shots, value.progress) == (None, None, [], 0.0)
    assert value.summary.average_shot_length == 0


def with_video(start: float, end: float, **facts: Any) -> JobResult:
    """The result of a video with these facts and one shot."""
    only = replace(shot(0), start=start, end=end)
    return result(replace(JOB, video=replace(VIDEO, **facts)), [only], BOTH, address)


def timecodes(value: JobResult) -> tuple[str, str]:
    return value.shots[0].start_timecode, value.shots[0].end_timecode


@pytest.mark.parametrize(
    ("start", "end", "fps", "written"),
    [
        (0.0, 2.44, 25.0, ("00:00:00:00", "00:00:02:11")),
        (2.0, 12.0, 30.0, ("00:00:02:00", "00:00:12:00")),  # although it holds only 5 frames: one in two seconds
        (0.0, 3603.6, 23.976, ("00:00:00:00", "01:00:00:00")),
        (0.0, 119 / 120, 120.0, ("00:00:00:00", "00:00:00:119")),
        (1.5, 2.5, 29.4, ("00:00:01:15", "00:00:02:15")),  # starts late, and at a phone's rate
    ],
)
def test_timecodes_are_those_of_the_times(start: float, end: float, fps: float, written: tuple[str, str]) -> None:
    assert timecodes(with_video(start, end, fps=fps)) == written


def test_timecodes_start_at_that_of_the_source_or_at_zero() -> None:
    value = with_video(0.0, 60.06, timecode="01:00:00;00")
    assert timecodes(value) == ("01:00:00;00", "01:01:00;02")
    assert value.model_dump()["video"]["timecode_rate"] == "30000/1001"
    from_zero = counted_from("zero", value)
    assert timecodes(from_zero) == ("00:00:00;00", "00:01:00;02")
    assert from_zero.video and from_zero.video.timecode == "00:00:00;00"
    assert counted_from("source", value) == value
    assert counted_from("zero", with_video(0.0, 1.0)) == with_video(0.0, 1.0)
