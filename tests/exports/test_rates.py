"""Frame rates are exact, and timecode follows SMPTE, drop-frame included."""

from fractions import Fraction

import pytest
from opentimelineio import opentime

from shotlens.exports.names import media_url, one_line, reel, safe_stem
from shotlens.exports.rates import Rate, rate_of

NTSC30, NTSC60 = Rate(Fraction(30000, 1001)), Rate(Fraction(60000, 1001))


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
        (Rate(Fraction(24000, 1001)), 24 * 3600, "01:00:00:00"),
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


@pytest.mark.parametrize(
    ("name", "stem", "named"),
    [
        ("ad.mp4", "ad", "AD"),
        ("../../etc/passwd", "passwd", "PASSWD"),
        ("..\\evil.mp4", "_evil", "EVIL"),
        ("Übergröße 映画.mp4", "Übergröße 映画", "UBERGROS"),
        ("映画.mp4", "映画", "AX"),
        ("bl.mov", "bl", "AX"),
        ("", "video", "AX"),
        ("...", "video", "AX"),
        ("a\u202egpj.exe.mp4", "a_gpj.exe", "AGPJEXE"),
        ("x" * 300, "x" * 50, "XXXXXXXX"),
    ],
)
def test_a_name_becomes_a_safe_file_name_and_reel(name: str, stem: str, named: str) -> None:
    assert safe_stem(name) == stem
    assert reel(name) == named


def test_a_name_becomes_a_valid_address() -> None:
    assert media_url("a b?#/ü.mp4") == "./a%20b%3F%23%2F%C3%BC.mp4"
    assert one_line("two\nlines\u2028\x85.mp4") == "two lines  .mp4"
