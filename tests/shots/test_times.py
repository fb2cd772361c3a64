"""The times of a shot's frames: the few that are kept lead back to all of them, and a constant rate needs none."""

from itertools import accumulate

import numpy as np
import pytest

from shotlens.shots.edits import MoveEdit, SplitEdit, corrected
from shotlens.shots.shot import Shot, frames_of
from shotlens.shots.times import CAPACITY, TOLERANCE, FrameTimes, seconds_at


def shot_of(seconds: list[float], first: int = 100) -> Shot:
    """The shot whose frames are shown at all but the last of these times; it ends at the last one."""
    times = FrameTimes()
    for frame, time in enumerate(seconds[:-1], first):
        times.add(frame, time)
    end = first + len(seconds) - 1
    kept = times.finish(end, seconds[-1])
    return Shot(first, end, seconds[0], seconds[-1], frames_of(first), (), times=kept)


def test_a_constant_rate_needs_no_times() -> None:
    assert shot_of([frame / 25 for frame in range(1000)]).times == ()


@pytest.mark.parametrize("rate", [24000 / 1001, 30000 / 1001, 60])
def test_times_rounded_to_milliseconds_need_none(rate: float) -> None:
    assert shot_of([round(frame / rate, 3) for frame in range(3000)]).times == ()


def test_a_change_of_pace_is_kept() -> None:
    slow_then_fast = [0.5 * frame for frame in range(10)] + [4.5 + frame / 50 for frame in range(1, 100)]
    shot = shot_of(slow_then_fast)
    assert shot.times == ((109, 4.5),)
    assert [seconds_at(shot, 100 + k) for k in range(109)] == pytest.approx(slow_then_fast)


def test_every_frame_of_a_recorded_screen_is_within_the_tolerance() -> None:
    seconds = np.cumsum(np.random.default_rng(5).choice([0.017, 0.033, 0.05, 0.8], 1500)).tolist()
    shot = shot_of(seconds)
    found = [seconds_at(shot, 100 + k) for k in range(1500)]
    assert found == pytest.approx(seconds, abs=TOLERANCE + 1e-4)
    assert found == sorted(found)


def test_a_long_shot_keeps_a_bounded_number() -> None:
    seconds = list(accumulate([0.02, 0.3] * 2 * CAPACITY))
    shot = shot_of(seconds)
    assert CAPACITY / 2 <= len(shot.times) <= CAPACITY
    assert [seconds_at(shot, 100 + k) for k in range(len(seconds))] == pytest.approx(seconds, abs=0.4)


def test_corrected_shots_begin_when_their_frames_are_shown() -> None:
    seconds = [0.5 * frame for frame in range(10)] + [4.5 + frame / 50 for frame in range(1, 100)]
    whole = shot_of(seconds)
    split = SplitEdit(shot=0, frame=104)
    for frame in (101, 105, 109, 150):
        rows = corrected([whole], {}, [split, MoveEdit(shot=1, frame=frame)])
        assert rows[0].shot.end == rows[1].shot.start == pytest.approx(seconds[frame - 100])
        assert [seconds_at(rows[1].shot, number) for number in (frame, 180)] == pytest.approx(
            [seconds[frame - 100], seconds[80]]
        )
