"""The frame that stands for a video in lists: one that shows something."""

from pathlib import Path

import numpy as np

from process_video.poster import SHOTS, Poster
from shotlens.cutting.cut import cut
from shotlens.shots.shot import Shot, frames_of
from shotlens.storage.frames import FrameMemory
from testkit.videos import Image, scene, write_video


def poster_of(path: Path, frames: list[Image], at: frozenset[int] = frozenset()) -> tuple[int, int] | None:
    store = FrameMemory()
    poster = Poster(store)
    for shot in cut(write_video(path, frames), store, at=at):
        poster.add(shot)
    return poster.frame


def test_a_film_that_fades_in_from_black_is_shown_where_it_is_bright(tmp_path: Path) -> None:
    picture = scene(1).astype(np.float64)
    frames = [(picture * min(1.0, number / 40)).astype(np.uint8) for number in range(80)]
    frame = poster_of(tmp_path / "a.mp4", frames)
    assert frame
    assert frame[0] == 0
    assert frame[1] >= 4


def test_a_title_on_black_gives_way_to_the_shot_after_it(tmp_path: Path) -> None:
    title = np.zeros((120, 160, 3), np.uint8)
    title[55:65, 60:100] = 255
    frame = poster_of(tmp_path / "a.mp4", [title] * 20 + [scene(1)] * 20, at=frozenset({20}))
    assert frame
    assert frame[0] == 1


def test_only_the_first_shots_count() -> None:
    store = FrameMemory()
    poster = Poster(store)
    for number in range(SHOTS + 1):
        shot = Shot(number, number + 1, 0.0, 1.0, frames_of(number), ())
        for frame in shot.frames:
            store.write(frame, bytes(10 + number))
        poster.add(shot)
    assert poster.frame == (SHOTS - 1, 0)


def test_frames_of_a_job_that_was_just_deleted_are_no_error() -> None:
    poster = Poster(FrameMemory())
    poster.add(Shot(0, 10, 0.0, 1.0, frames_of(0), ()))
    assert poster.frame is None
