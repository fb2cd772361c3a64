"""Times are those that players show, whatever the clock of the file does."""

from itertools import pairwise
from pathlib import Path

import pytest

from shotlens.cutting.cut import Cutting, cut
from shotlens.cutting.decode import Decoder
from shotlens.cutting.errors import OverTheLimit
from shotlens.cutting.options import CutOptions
from shotlens.shots.shot import Shot
from testkit.videos import shots, write_video
from tests.cutting.odd_films import (
    B_FRAMES,
    Track,
    cut_anywhere,
    set_matroska_duration,
    shift,
    write_tracks,
)

HOURS = 5 * 3600


def run(path: Path, options: CutOptions | None = None) -> tuple[Cutting, list[Shot]]:
    cutting = cut(path, None, options)
    return cutting, list(cutting)


def starts(sequence: list[Shot]) -> list[float]:
    return [round(shot.start, 3) for shot in sequence]


def join(path: Path, *parts: Path) -> Path:
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    return path


@pytest.mark.parametrize("name", ["a.ts", "a.mkv"])
def test_recordings_joined_by_their_bytes_follow_on(tmp_path: Path, name: str) -> None:
    part = write_tracks(tmp_path / name, Track(shots([25, 25])), sound=2)
    cutting, all_shots = run(join(tmp_path / f"joined-{name}", part, part))
    assert starts(all_shots) == pytest.approx([0, 1, 2, 3], abs=0.03)
    assert cutting.video.duration == pytest.approx(4, abs=0.03)
    assert (cutting.video.frames, cutting.video.variable) == (100, False)
    assert cutting.warning is None


@pytest.mark.parametrize("name", ["a.ts", "a.mkv"])
def test_a_clock_that_jumps_for_hours_adds_none(tmp_path: Path, name: str) -> None:
    times = [40 * number + (1000 * HOURS if number >= 25 else 0) for number in range(50)]
    cutting, all_shots = run(write_video(tmp_path / name, shots([25, 25]), times=times, options=B_FRAMES))
    assert starts(all_shots) == [0, 1]
    assert cutting.video.duration == 2
    assert cutting.warning is None


def test_a_clock_that_jumps_back_goes_on(tmp_path: Path) -> None:
    early = write_video(tmp_path / "early.ts", shots([25]), options=B_FRAMES)
    later = shift(early, tmp_path / "late.ts", HOURS)
    cutting, all_shots = run(join(tmp_path / "a.ts", later, early))
    assert (cutting.video.duration, cutting.video.frames, all_shots[-1].end) == (2, 50, 2)
    assert cutting.warning is None


def test_the_clock_of_a_transport_stream_may_wrap(tmp_path: Path) -> None:
    film = write_video(tmp_path / "film.ts", shots([25, 25]), options=B_FRAMES)
    cutting, all_shots = run(shift(film, tmp_path / "a.ts", 2**33 / 90_000 - 1.2))
    assert starts(all_shots) == [0, 1]
    assert cutting.video.duration == 2


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts"])
def test_a_picture_that_starts_after_the_sound_is_as_late_as_in_a_player(tmp_path: Path, name: str) -> None:
    cutting, all_shots = run(write_tracks(tmp_path / name, Track(shots([25, 25]), late=1.2), sound=3.2))
    assert starts(all_shots) == pytest.approx([1.2, 2.2], abs=0.03)
    assert all_shots[-1].end == cutting.video.duration == pytest.approx(3.2, abs=0.03)
    assert [shot.start_frame for shot in all_shots] == [0, 25]
    assert cutting.warning is None


def test_a_sound_that_starts_half_a_frame_earlier_delays_nothing(tmp_path: Path) -> None:
    film = write_tracks(tmp_path / "a.ts", Track(shots([25])), sound=1)
    _, [shot] = run(film)
    assert (shot.start, shot.end) == (0, 1)


@pytest.mark.parametrize("name", ["a.mkv", "a.ts", "a.mp4"])
def test_a_file_whose_clock_starts_late_is_no_longer(tmp_path: Path, name: str) -> None:
    film = write_video(tmp_path / f"film-{name}", shots([25, 25]), options=B_FRAMES)
    cutting, all_shots = run(shift(film, tmp_path / name, 1000))
    assert starts(all_shots) == [0, 1]
    assert cutting.video.duration == pytest.approx(2, abs=1e-3)
    assert cutting.warning is None


@pytest.mark.parametrize("codec", ["libx264", "mpeg2video"])
def test_a_recording_that_starts_and_ends_anywhere_is_not_damaged(tmp_path: Path, codec: str) -> None:
    film = Track(shots([25] * 5), codec=codec)
    cutting, all_shots = run(cut_anywhere(write_tracks(tmp_path / "a.ts", film, sound=5), 0.1, 0.9))
    assert 0 < all_shots[0].start < 1.5
    assert 50 < cutting.video.frames < 120
    assert cutting.warning is None


@pytest.mark.parametrize(("name", "codec"), [("a.mp4", "libx264"), ("a.mov", "libx265"), ("a.mkv", "libx264")])
def test_frames_out_of_order_keep_their_times_at_a_variable_rate(tmp_path: Path, name: str, codec: str) -> None:
    times = [40 * number + 1200 * (number // 9) for number in range(60)]
    film = write_video(tmp_path / name, shots([20, 20, 20]), times=times, codec=codec, options=B_FRAMES)
    with Decoder(film, CutOptions()) as decoder:
        assert [round(1000 * picture.time) for picture in decoder] == times
        assert decoder.end == pytest.approx(times[-1] / 1000 + 0.04, abs=1e-3)
        assert (decoder.video.fps, decoder.video.variable) == (25, True)


def test_the_last_picture_of_a_slide_show_lasts_as_long_as_the_file_says(tmp_path: Path) -> None:
    film = write_video(tmp_path / "a.mp4", shots([1, 1, 1]), times=[0, 4000, 8000])
    _, all_shots = run(film)
    assert all_shots[-1].end == pytest.approx(8.04, abs=0.01)


@pytest.mark.parametrize(("codec", "name"), [("libx264", "a.avi"), ("mpeg4", "b.avi")])
def test_an_avi_shows_its_frames_evenly(tmp_path: Path, codec: str, name: str) -> None:
    """It has no presentation times, and those that FFmpeg makes up run backwards."""
    options = {"bf": "2", "g": "12"}
    frames = [image for number, image in enumerate(shots([1] * 40)) for _ in range(1 + number % 3)]
    with Decoder(write_video(tmp_path / name, frames, codec=codec, options=options), CutOptions()) as decoder:
        times = [picture.time for picture in decoder]
    assert times == pytest.approx([number / 25 for number in range(len(frames))])


def test_a_file_that_claims_to_be_longer_is_taken_and_says_so(tmp_path: Path) -> None:
    film = set_matroska_duration(write_video(tmp_path / "a.mkv", shots([25, 25])), 4 * 3600)
    cutting, all_shots = run(film, CutOptions(max_seconds=60))
    assert starts(all_shots) == [0, 1]
    assert cutting.video.duration == 2
    assert cutting.warning == "The video ends at 2.0 s, but says that it lasts 14400.0 s."


def test_a_file_that_claims_to_be_shorter_passes_no_limit(tmp_path: Path) -> None:
    film = set_matroska_duration(write_video(tmp_path / "a.mkv", shots([25, 25])), 0.1)
    with pytest.raises(OverTheLimit, match="longer than"):
        run(film, CutOptions(max_seconds=1))


def test_a_long_film_is_refused_before_it_is_decoded_up_to_the_limit(tmp_path: Path) -> None:
    times = [1000 * number for number in range(200)]
    film = write_video(tmp_path / "a.mkv", shots([100, 100], 64, 48), times=times)
    decoder = Decoder(film, CutOptions(max_seconds=120))
    with pytest.raises(OverTheLimit, match="longer than the allowed 2 minutes"), decoder:
        list(decoder)
    assert 60 < decoder.end < 110


def test_sound_that_outlasts_the_picture_is_no_missing_end(tmp_path: Path) -> None:
    cutting, _ = run(write_tracks(tmp_path / "a.mkv", Track(shots([25])), sound=9))
    assert cutting.video.duration == pytest.approx(1, abs=0.03)
    assert cutting.warning is None


@pytest.mark.parametrize("claimed", [0.5, 2.4, 100])
def test_progress_runs_from_start_to_end_whatever_the_header_claims(tmp_path: Path, claimed: float) -> None:
    film = set_matroska_duration(write_video(tmp_path / "a.mkv", shots([30] * 4)), claimed)
    reported: list[float] = []
    list(cut(film, None, on_progress=reported.append))
    assert all(one <= other for one, other in pairwise(reported))
    assert reported[0] < 0.1
    assert 0.3 < reported[len(reported) // 2] < 0.9
    assert reported[-1] > 0.9
