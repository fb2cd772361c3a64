"""The frame rate follows from the times of the frames; the header is believed only as long as there are none."""

from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest

from shotlens.cutting.cut import Cutting, cut
from shotlens.cutting.errors import OverTheLimit
from shotlens.cutting.options import CutOptions
from shotlens.cutting.rate import Rate
from testkit.videos import shots, write_video

MILLISECOND = 0.001


def measured(steps: Iterable[float], claimed: float = 1000.0, tick: float = MILLISECOND) -> Rate:
    rate = Rate([claimed], tick, 240)
    for step in steps:
        rate.add(step)
    rate.measure()
    return rate


def rounded(fps: Fraction | float, count: int, tick: float = MILLISECOND) -> list[float]:
    """Return the steps of frames at `fps`, whose times are rounded to ticks."""
    times = [round(number / fps / tick) * tick for number in range(count + 1)]
    return [after - before for before, after in pairwise(times)]


def run(path: Path, options: CutOptions | None = None) -> Cutting:
    cutting = cut(path, None, options)
    list(cutting)
    return cutting


def test_the_header_is_believed_until_there_are_frames_unless_it_is_absurd() -> None:
    assert Rate([29.97, 30.0], MILLISECOND, 240).fps == 29.97
    assert Rate([1000.0, 30.0], MILLISECOND, 240).fps == 30
    assert Rate([12800.0], MILLISECOND, 240).fps == 25
    assert Rate([], MILLISECOND, 240).fps == 25


@pytest.mark.parametrize(
    "fps", [Fraction(24000, 1001), 24, 25, Fraction(30000, 1001), 30, 50, Fraction(60000, 1001), 60]
)
def test_a_standard_rate_is_exact_though_times_are_rounded(fps: Fraction) -> None:
    rate = measured(rounded(fps, 300))
    assert (rate.fps, rate.variable) == (float(fps), False)


def test_a_rate_that_the_header_names_is_told_from_its_neighbour_by_the_header() -> None:
    """Ten steps in milliseconds fit both 29.97 and 30."""
    assert measured(rounded(Fraction(30000, 1001), 9), claimed=30000 / 1001).fps == 30000 / 1001
    assert measured(rounded(30, 9), claimed=30).fps == 30


def test_a_rate_of_its_own_is_kept() -> None:
    assert measured(rounded(13.7, 500, 1e-6), tick=1e-6).fps == pytest.approx(13.7, abs=0.002)


def test_the_rate_is_that_of_most_frames() -> None:
    rate = measured([*rounded(30, 60), 5.0, 5.0])
    assert (rate.fps, rate.variable) == (30, True)


def test_a_frame_left_out_is_noticed_though_times_are_counted_in_frames() -> None:
    rate = measured([1 / 25] * 20 + [2 / 25], tick=1 / 25)
    assert (rate.fps, rate.variable) == (25, True)


def test_film_on_a_dvd_has_the_shorter_step() -> None:
    """Frames are shown for two and for three fields in turn."""
    rate = measured([2 / 59.94, 3 / 59.94] * 40, tick=1 / 90_000)
    assert rate.fps == pytest.approx(29.97, abs=1e-3)
    assert rate.variable


def test_times_that_drift_from_the_rate_are_variable() -> None:
    """The steps of a phone are near 1/29.97 s, but after a minute it is more than a frame behind."""
    rate = measured([0.03338, 0.0334] * 900, tick=1e-5)
    assert (rate.fps, rate.variable) == (30000 / 1001, True)


def test_frames_at_one_time_do_not_count_as_a_rate() -> None:
    assert measured([0.04] * 20 + [1e-6] * 5).fps == 25


@pytest.mark.parametrize(("name", "codec"), [("a.webm", "libvpx"), ("a.mkv", "libx264")])
def test_a_header_that_claims_1000_frames_a_second_is_not_believed(tmp_path: Path, name: str, codec: str) -> None:
    times = [round(1000 * number / 30) for number in range(60)]
    film = write_video(tmp_path / name, shots([30, 30]), fps=1000, times=times, codec=codec)
    assert run(film).video.fps == 30
    assert run(film).video.duration == pytest.approx(2, abs=0.002)


def test_frames_that_come_faster_than_the_header_claims_are_refused(tmp_path: Path) -> None:
    times = [4 * number for number in range(60)]
    film = write_video(tmp_path / "a.mkv", shots([30, 30]), fps=30, times=times)
    with pytest.raises(OverTheLimit, match="250 frames"):
        run(film, CutOptions(max_fps=120))


def test_a_video_too_short_to_measure_early_is_measured_at_its_end(tmp_path: Path) -> None:
    with pytest.raises(OverTheLimit, match="25 frames"):
        run(write_video(tmp_path / "a.mp4", shots([10])), CutOptions(max_fps=20))
