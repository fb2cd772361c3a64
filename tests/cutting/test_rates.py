"""Frames and times are right at every rate, in fields, with repeated frames, and when a shot lasts two frames."""

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from shotlens.cutting.cut import cut
from shotlens.shots.shot import Shot
from shotlens.shots.times import TOLERANCE, seconds_at
from shotlens.storage.frames import FrameFolder
from testkit.videos import Image, scene, write_video
from tests.cutting.effect_films import QUICK
from tests.cutting.places import drawn_place, to_image

pytestmark = pytest.mark.slow

RATES = [
    Fraction(24000, 1001),
    Fraction(24),
    Fraction(25),
    Fraction(30000, 1001),
    Fraction(30),
    Fraction(50),
    Fraction(60000, 1001),
    Fraction(60),
    Fraction(100),
    Fraction(120),
]


def run(path: Path) -> list[Shot]:
    return list(cut(path, FrameFolder(path.parent / "frames")))


def starts(path: Path) -> list[int]:
    return [shot.start_frame for shot in run(path)]


def moments(seeds: list[int], seconds: float, rate: Fraction | int, pan: float = 0.0) -> list[Image]:
    """Return what a camera sees of one place after another at `rate`, while it pans by `pan` pixels a second."""
    count = round(seconds * rate)
    return [
        to_image(place.look(24 * number / float(rate), pan=pan * number / float(rate)))
        for place in map(drawn_place, seeds)
        for number in range(count)
    ]


def woven(top: Image, bottom: Image) -> Image:
    """Weave one frame from two fields: the even lines of one picture, the odd lines of another."""
    frame = top.copy()
    frame[1::2] = bottom[1::2]
    return frame


@pytest.mark.parametrize("rate", RATES, ids=[f"{float(rate):.2f}" for rate in RATES])
def test_any_frame_rate_gives_the_right_frames_and_seconds(tmp_path: Path, rate: Fraction) -> None:
    frames = moments([1, 2, 3], 0.7, rate)
    length = len(frames) // 3
    shots = run(write_video(tmp_path / "a.mp4", frames, fps=rate, options=QUICK))
    assert [shot.start_frame for shot in shots] == [0, length, 2 * length]
    assert [shot.start for shot in shots] == pytest.approx([0, length / rate, 2 * length / rate], abs=1e-3)
    assert shots[-1].end == pytest.approx(3 * length / rate, abs=1e-3)
    assert all(one.end == other.start and one.end_frame == other.start_frame for one, other in pairwise(shots))


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.mov"])
@pytest.mark.parametrize("late", [0, 5000], ids=["from 0 s", "from 5 s"])
def test_irregular_times_are_the_files_own(tmp_path: Path, name: str, late: int) -> None:
    gaps = np.random.default_rng(7).integers(9, 120, 74)
    times = [0, *np.cumsum(gaps).tolist()]  # milliseconds
    frames = moments([4, 5, 6], 25 / 24, 24)
    shifted = [late + time for time in times]
    shots = run(write_video(tmp_path / name, frames, times=shifted, options=QUICK))
    assert [shot.start_frame for shot in shots] == [0, 25, 50]
    assert [shot.start for shot in shots] == pytest.approx([0, times[25] / 1000, times[50] / 1000], abs=2e-3)
    assert shots[-1].end == pytest.approx(times[-1] / 1000, abs=0.15)
    shown = [seconds_at(shots[frame // 25], frame) for frame in range(75)]
    assert shown == pytest.approx([time / 1000 for time in times], abs=TOLERANCE + 2e-3)


def test_a_screen_that_stands_still_for_seconds_keeps_its_times(tmp_path: Path) -> None:
    """Recorders of screens and meetings write it like this: a frame only when something moves."""
    times = [*range(0, 400, 40), *range(8000, 8400, 40), *range(20000, 20400, 40)]
    frames = [scene(at, 320, 180) for at in (1, 2, 3) for _ in range(10)]
    shots = run(write_video(tmp_path / "a.mkv", frames, times=times, options=QUICK))
    assert [(shot.start_frame, shot.start) for shot in shots] == [(0, 0.0), (10, 8.0), (20, 20.0)]


@pytest.mark.parametrize("first", ["top", "bottom"])
@pytest.mark.parametrize("split", [False, True], ids=["between frames", "between fields"])
def test_interlaced_video_is_cut_where_its_fields_change(tmp_path: Path, first: str, split: bool) -> None:
    fields = moments([1, 2], 2, 50, pan=120)  # a pan, so that the two fields of a frame differ a lot
    if split:
        del fields[0]  # now the 50th frame begins with the last field of the first shot
        fields.append(fields[-1])
    pairs = zip(fields[::2], fields[1::2], strict=True)
    frames = [woven(*pair) if first == "top" else woven(*reversed(pair)) for pair in pairs]
    options = {"flags": "+ildct+ilme", "x264-params": "tff=1" if first == "top" else "bff=1", "crf": "20"}
    first_frames = starts(write_video(tmp_path / "a.mp4", frames, fps=25, options=options))
    if split:
        assert first_frames in ([0, 49], [0, 50])  # the frame that is half of each may belong to either
    else:
        assert first_frames == [0, 50]


def test_film_as_television_shows_it_has_no_more_cuts(tmp_path: Path) -> None:
    """Four frames become five, two of them woven from the fields of neighbours: 24 a second become 29.97."""
    film = moments([1, 2, 3], 1, 24, pan=100)
    frames = []
    for a, b, c, d in zip(film[::4], film[1::4], film[2::4], film[3::4], strict=True):
        frames += [a, b, woven(b, c), woven(c, d), d]
    options = {"flags": "+ildct+ilme", "x264-params": "tff=1", "crf": "20"}
    assert starts(write_video(tmp_path / "a.mp4", frames, fps=RATES[3], options=options)) == [0, 30, 60]


def test_a_cut_within_a_woven_frame_is_one_cut(tmp_path: Path) -> None:
    film = moments([1, 2], 26 / 24, 24, pan=100)  # the second shot begins with the third frame of four
    frames = []
    for a, b, c, d in zip(film[::4], film[1::4], film[2::4], film[3::4], strict=True):
        frames += [a, b, woven(b, c), woven(c, d), d]
    assert starts(write_video(tmp_path / "a.mp4", frames, fps=RATES[3], options=QUICK)) in ([0, 32], [0, 33])


@pytest.mark.parametrize(("pattern", "rate"), [((1, 1, 1, 2), 30), ((3, 2), 60), ((2,), 48), ((1, 2, 2), 40)])
def test_repeated_frames_are_no_cuts(tmp_path: Path, pattern: tuple[int, ...], rate: int) -> None:
    film = moments([1, 2, 3], 1, 24, pan=60)
    repeats = [pattern[number % len(pattern)] for number in range(len(film))]
    frames = [image for image, count in zip(film, repeats, strict=True) for _ in range(count)]
    assert starts(write_video(tmp_path / "a.mp4", frames, fps=rate, options=QUICK)) == [0, rate, 2 * rate]


def test_a_thousand_shots_of_two_frames_are_all_found(tmp_path: Path) -> None:
    frames = [image for seed in range(1000) for image in [scene(seed, 128, 96)] * 2]
    assert starts(write_video(tmp_path / "a.mp4", frames, fps=24, options=QUICK)) == list(range(0, 2000, 2))


def test_real_photos_of_two_frames_each_are_all_found(tmp_path: Path, shared: Path) -> None:
    photos = sorted((shared / "data" / "images" / "places").glob("*.jpg"))[:150]
    images = (np.asarray(cv2.imread(str(photo), cv2.IMREAD_COLOR_RGB), np.uint8) for photo in photos)
    small = (cv2.resize(image, (160, 120), interpolation=cv2.INTER_AREA) for image in images)
    frames = [np.asarray(image, np.uint8) for image in small for _ in range(2)]
    assert starts(write_video(tmp_path / "a.mp4", frames, fps=24, options=QUICK)) == list(range(0, 300, 2))


@pytest.mark.parametrize("rate", RATES[::3], ids=[f"{float(rate):.2f}" for rate in RATES[::3]])
@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.mov", "a.avi"])
def test_a_video_of_one_frame_lasts_one_frame(tmp_path: Path, name: str, rate: Fraction) -> None:
    [shot] = run(write_video(tmp_path / name, [scene(1)], fps=rate))
    assert (shot.start_frame, shot.end_frame, shot.start, shot.camera_path) == (0, 1, 0.0, ())
    assert shot.end == pytest.approx(1 / rate, abs=1e-3)
