"""Of several pictures, the one that a player shows is cut; what the container says of the others is told."""

from pathlib import Path

import pytest
from av.stream import Disposition

from shotlens.cutting.cut import Cutting, cut
from shotlens.shots.shot import AudioTrack
from testkit.videos import scene, shots, write_video
from tests.cutting.odd_films import NO_DISPOSITION, Track, cut_off_the_sound, write_tracks

FILM = Track(shots([20, 20]))
THUMBNAIL = Track([scene(9)], codec="mjpeg")


def run(path: Path) -> Cutting:
    cutting = cut(path, None)
    list(cutting)
    return cutting


@pytest.mark.parametrize("disposition", [NO_DISPOSITION, Disposition.default], ids=["unmarked", "default"])
@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_a_thumbnail_before_the_film_is_not_cut(tmp_path: Path, name: str, disposition: Disposition) -> None:
    thumbnail = Track(THUMBNAIL.frames, codec="mjpeg", disposition=disposition)
    video = run(write_tracks(tmp_path / name, thumbnail, FILM)).video
    assert (video.frames, video.codec, video.track, video.tracks) == (40, "h264", 2, 2)


def test_a_cover_does_not_count(tmp_path: Path) -> None:
    cover = Track(THUMBNAIL.frames, codec="mjpeg", disposition=Disposition.attached_pic)
    video = run(write_tracks(tmp_path / "a.mp4", FILM, cover)).video
    assert (video.frames, video.track, video.tracks) == (40, 1, 1)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_of_two_films_the_default_one_is_cut(tmp_path: Path, name: str) -> None:
    other = Track(shots([50], 320, 240), disposition=NO_DISPOSITION)
    video = run(write_tracks(tmp_path / name, other, FILM)).video
    assert (video.frames, video.width, video.track, video.tracks) == (40, 160, 2, 2)
    video = run(write_tracks(tmp_path / f"b-{name}", FILM, other)).video
    assert (video.frames, video.width, video.track, video.tracks) == (40, 160, 1, 2)


def test_a_single_picture_is_a_film_if_there_is_no_other(tmp_path: Path) -> None:
    assert run(write_tracks(tmp_path / "a.mp4", THUMBNAIL)).video.frames == 1


def test_sound_is_told_and_not_decoded(tmp_path: Path) -> None:
    video = run(write_tracks(tmp_path / "a.mp4", FILM, sound=1)).video
    assert video.audio == (AudioTrack("aac", 2, 48000, "deu"),)
    assert run(write_tracks(tmp_path / "b.mp4", FILM)).video.audio == ()


def test_of_a_file_cut_off_behind_its_pictures_all_pictures_are_read(tmp_path: Path) -> None:
    path = write_tracks(tmp_path / "a.mp4", Track(shots([50] * 4)), sound=8, interleaved=False)
    cutting = run(cut_off_the_sound(path))
    assert (cutting.video.frames, cutting.warning) == (199, None)


@pytest.mark.parametrize("timecode", ["01:00:00:00", "10:59:59:24"])
def test_the_timecode_of_a_quicktime_file_is_read(tmp_path: Path, timecode: str) -> None:
    film = Track(FILM.frames, timecode=timecode)
    assert run(write_tracks(tmp_path / "a.mov", film)).video.timecode == timecode


def test_what_is_no_timecode_is_not_told(tmp_path: Path) -> None:
    assert run(write_tracks(tmp_path / "a.mkv", Track(FILM.frames, timecode="one o'clock"))).video.timecode is None
    assert run(write_tracks(tmp_path / "a.mp4", FILM)).video.timecode is None


def test_the_timecode_in_the_pictures_is_read_if_the_container_has_none(tmp_path: Path) -> None:
    options = {"gop_timecode": "02:00:00:00", "g": "12"}
    film = write_video(tmp_path / "a.ts", shots([20]), codec="mpeg2video", options=options)
    assert run(film).video.timecode == "02:00:00:00"
