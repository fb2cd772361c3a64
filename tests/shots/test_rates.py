"""Frame rates are exact, and timecode follows SMPTE, drop-frame included."""

from fractions import Fraction

import pytest
from opentimelineio import opentime

from shotlens.shots.rates import Rate, Timebase, rate_of, timebase_of, zero_timecode

NTSC30, NTSC60 = Rate(Fraction(30000, 1001), drop=True), Rate(Fraction(60000, 1001), drop=True)


@pytest.mark.parametrize(
    ("measured", "exact"),
    [
        (23.976, Fraction(24000, 1001)),
        (23.98, Fraction(24000, 1001)),
        (24, Fraction(24)),
        (25.000001, Fraction(25)),
        (29.97, Fraction(30000, 1001)),
        (30, Fraction(30)),
        (59.94, Fraction(60000, 1001)),
        (119.88, Fraction(120000, 1001)),
        (15, Fraction(15)),
        (1, Fraction(1)),
    ],
)
def test_a_measured_rate_becomes_the_exact_rate_it_stands_for(measured: float, exact: Fraction) -> None:
    assert rate_of(measured).fps == exact


@pytest.mark.parametrize(("measured", "common"), [(29.4, 30), (30.02, 30), (26.2, 25), (12.4, 24), (0.3, 24), (57, 57)])
def test_a_variable_rate_becomes_a_common_one(measured: float, common: int) -> None:
    assert rate_of(measured).fps == common


@pytest.mark.parametrize(
    ("rate", "frame", "written"),
    [
        (NTSC30, 1799, "00:00:59;29"),
        (NTSC30, 1800, "00:01:00;02"),
        (NTSC30, 17981, "00:09:59;29"),
        (NTSC30, 17982, "00:10:00;00"),  # no number is dropped at the tenth minute
        (NTSC30, 19781, "00:10:59;29"),
        (NTSC30, 19782, "00:11:00;02"),
        (NTSC30, 107892, "01:00:00;00"),
        (NTSC60, 3599, "00:00:59;59"),
        (NTSC60, 3600, "00:01:00;04"),
        (NTSC60, 35964, "00:10:00;00"),
        (Rate(Fraction(30000, 1001)), 1800, "00:01:00:00"),  # non-drop, although it could drop
        (Rate(Fraction(24000, 1001)), 24 * 3600, "01:00:00:00"),
        (Rate(Fraction(25)), 24 * 3600 * 25 + 3, "00:00:00:03"),  # the day after
    ],
)
def test_numbers_are_dropped_where_the_standard_says(rate: Rate, frame: int, written: str) -> None:
    assert rate.timecode(frame) == written


@pytest.mark.parametrize("rate", [NTSC30, NTSC60])
def test_drop_frame_timecode_agrees_with_opentimelineio(rate: Rate) -> None:
    for frame in range(0, 120_000, 17):
        theirs = opentime.to_timecode(opentime.RationalTime(frame, float(rate.fps)), float(rate.fps), True)
        assert rate.timecode(frame) == theirs


@pytest.mark.parametrize("fps", [23.976, 25, 29.97, 59.94, 120])
def test_a_frame_is_found_by_its_time_to_the_thousandth(fps: float) -> None:
    rate = rate_of(fps)
    assert all(rate.frame(round(float(frame / rate.fps), 3)) == frame for frame in range(0, 1_000_000, 9973))


@pytest.mark.parametrize("rate", [NTSC30, NTSC60, Rate(Fraction(120000, 1001), drop=True), Rate(Fraction(24))])
def test_a_timecode_names_the_frame_that_it_was_written_for(rate: Rate) -> None:
    for frame in range(0, 500_000, 89):
        parts = map(int, rate.timecode(frame).replace(";", ":").split(":"))
        assert rate.number(*parts) == frame


@pytest.mark.parametrize(
    ("fps", "timecode", "seconds", "written"),
    [
        (25, None, 2.44, "00:00:02:11"),
        (25, "01:00:00:00", 2.44, "01:00:02:11"),
        (29.97, None, 60.06, "00:01:00:00"),  # nobody said that it drops
        (29.97, "00:00:00;00", 60.06, "00:01:00;02"),
        (29.97, "01:00:00;00", 0, "01:00:00;00"),
        (30000 / 1001, "00:59:59;29", 1001 / 30000, "01:00:00;00"),
        (23.976, "10:00:00;00", 0, "10:00:00:00"),  # no standard lets this rate drop
        (30, "10:00:00;00", 60, "10:01:00:00"),
        (25, "23:59:59:24", 0.04, "00:00:00:00"),
        (25, "a quarter past ten", 1, "00:00:01:00"),
        (29.4, None, 1.5, "00:00:01:15"),  # a phone's rate: counted at 30
    ],
)
def test_a_time_is_counted_from_the_timecode_of_the_source(
    fps: float, timecode: str | None, seconds: float, written: str
) -> None:
    assert timebase_of(fps, timecode).timecode(seconds) == written


def test_every_other_frame_is_counted_from_the_same_timecode() -> None:
    base = timebase_of(119.88, "01:00:00;90").halved()
    assert (base.timecode(0), base.timecode(1.001)) == ("01:00:00;45", "01:00:01;45")
    assert base == Timebase(Rate(Fraction(60000, 1001), drop=True), base.zero)


def test_counting_from_zero_keeps_drop_frame() -> None:
    assert [zero_timecode(text) for text in ("01:02:03;04", "10:00:00:00", None)] == [
        "00:00:00;00",
        "00:00:00:00",
        None,
    ]


def test_a_rate_that_nobody_knows_yet_counts_too() -> None:
    assert timebase_of(0.0, None).timecode(1) == "00:00:01:00"
