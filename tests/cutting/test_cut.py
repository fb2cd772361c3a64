"""`cut` on real files: every shape that a video comes in gives the right shots, times and frames."""

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from shotlens.cutting.cut import Cutting, cut
from shotlens.cutting.errors import NoPicture, NotAVideo, OverTheLimit
from shotlens.cutting.options import CutOptions
from shotlens.shots.shot import Shot, equidistant
from shotlens.storage.frames import FrameFolder, StoredShot
from testkit.videos import Image, scene, shots, turn, write_sound, write_video


def run(path: Path, options: CutOptions | None = None) -> tuple[Cutting, list[Shot]]:
    """Cut a video; its frames go into the folder `frames` beside it."""
    cutting = cut(path, FrameFolder(path.parent / "frames"), options)
    return cutting, list(cutting)


def bounds(sequence: list[Shot]) -> list[tuple[int, int]]:
    return [(shot.start_frame, shot.end_frame) for shot in sequence]


def jpegs(folder: Path, shot: Shot) -> list[bytes]:
    """The eight frames of a shot of a video in this folder."""
    return StoredShot(shot, FrameFolder(folder / "frames")).jpegs()


def pictures(folder: Path, shot: Shot) -> list[Image]:
    """The eight frames of a shot of a video in this folder, decoded."""
    return [picture(jpeg) for jpeg in jpegs(folder, shot)]


def picture(jpeg: bytes) -> Image:
    decoded = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR_RGB)
    return np.asarray(decoded, np.uint8)


def differs(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> float:
    return float(np.abs(a.astype(int) - b.astype(int)).mean())


def test_three_shots_with_their_times_and_frames(tmp_path: Path) -> None:
    cutting, all_shots = run(write_video(tmp_path / "a.mp4", shots([20, 31, 12])))
    assert bounds(all_shots) == [(0, 20), (20, 51), (51, 63)]
    assert [(shot.start, shot.end) for shot in all_shots] == [(0.0, 0.8), (0.8, 2.04), (2.04, 2.52)]
    video = cutting.video
    assert (video.width, video.height, video.frames, video.fps, video.duration) == (160, 120, 63, 25.0, 2.52)
    assert cutting.warning is None
    for seed, shot in enumerate(all_shots):
        assert len(shot.frames) == 8
        assert all(differs(frame, scene(seed)) < 6 for frame in pictures(tmp_path, shot))
        assert sum(motion.seconds for motion in shot.camera_path) == pytest.approx(shot.end - shot.start - 0.04)


def test_no_shot_but_the_last_is_shorter_than_it_may_be(tmp_path: Path) -> None:
    video = write_video(tmp_path / "a.mp4", shots([20, 8, 30, 9]))
    _, all_shots = run(video, CutOptions(min_shot=0.5))
    assert bounds(all_shots) == [(0, 20), (20, 58), (58, 67)]


def test_the_eight_frames_are_the_equidistant_ones(tmp_path: Path) -> None:
    frames = [scene(1, 64, 64) for _ in range(90)]
    for number, frame in enumerate(frames):
        frame[:16, :16] = 40 + 2 * number  # each frame has its own grey in a corner
    _, [shot] = run(write_video(tmp_path / "a.mkv", frames, codec="ffv1"))
    shown = [round((frame[4:12, 4:12].mean() - 40) / 2) for frame in pictures(tmp_path, shot)]
    assert shown == equidistant(0, 90) == [5, 16, 28, 39, 50, 61, 73, 84]


def test_shots_come_before_the_video_ends(tmp_path: Path) -> None:
    store = FrameFolder(tmp_path / "frames")
    cutting = cut(write_video(tmp_path / "a.mp4", shots([10, 50])), store)
    first = next(iter(cutting))
    assert bounds([first]) == [(0, 10)]
    assert all(store.path(frame).is_file() for frame in first.frames)


@pytest.mark.parametrize(
    ("name", "codec", "pix_fmt"),
    [
        ("a.mp4", "libx264", "yuv420p10le"),
        ("a.mp4", "libx264", "yuv422p"),
        ("a.mp4", "libx264", "yuv444p"),
        ("a.mp4", "libx264", "yuvj420p"),
        ("a.mov", "qtrle", "argb"),
        ("a.mov", "png", "rgba"),
        ("a.webm", "libvpx-vp9", "yuva420p"),
        ("a.mkv", "ffv1", "gray"),
        ("a.avi", "mpeg4", "yuv420p"),
        ("a.ts", "mpeg2video", "yuv420p"),
    ],
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_pixel_format_and_container_gives_the_same_shots(
    tmp_path: Path, name: str, codec: str, pix_fmt: str
) -> None:
    options = {"b": "4M"} if codec.startswith("mpeg") else {}
    video = write_video(tmp_path / name, shots([15, 15]), codec=codec, pix_fmt=pix_fmt, options=options)
    _, all_shots = run(video)
    assert bounds(all_shots) == [(0, 15), (15, 30)]
    wanted = scene(1)
    if pix_fmt == "gray":
        wanted = np.repeat(cv2.cvtColor(wanted, cv2.COLOR_RGB2GRAY)[:, :, None], 3, axis=2)
    assert differs(pictures(tmp_path, all_shots[1])[4], wanted) < 8


def test_a_turned_video_is_upright(tmp_path: Path) -> None:
    cutting, [shot] = run(turn(write_video(tmp_path / "a.mp4", shots([12], 160, 96))))
    assert (cutting.video.width, cutting.video.height) == (96, 160)
    assert differs(pictures(tmp_path, shot)[0], np.rot90(scene(0, 160, 96), -1)) < 6


def test_pixels_that_are_not_square_are_made_square(tmp_path: Path) -> None:
    cutting, [shot] = run(write_video(tmp_path / "a.mp4", shots([12], 144, 96), aspect=Fraction(16, 12)))
    assert (cutting.video.width, cutting.video.height) == (192, 96)
    assert pictures(tmp_path, shot)[0].shape == (96, 192, 3)


@pytest.mark.parametrize(("width", "height"), [(161, 91), (33, 17), (2, 2), (1, 1)])
def test_odd_and_tiny_sizes(tmp_path: Path, width: int, height: int) -> None:
    video = write_video(tmp_path / "a.mkv", shots([6], width, height), codec="ffv1", pix_fmt="yuv444p")
    cutting, [shot] = run(video)
    assert (cutting.video.width, cutting.video.height) == (width, height)
    assert max(pictures(tmp_path, shot)[0].shape) <= max(width, height, 2) + 1


def test_a_large_picture_is_reduced_to_640(tmp_path: Path) -> None:
    _, [shot] = run(write_video(tmp_path / "a.mp4", shots([3], 1280, 720)))
    assert pictures(tmp_path, shot)[0].shape == (360, 640, 3)


def test_a_variable_frame_rate_gives_the_containers_times(tmp_path: Path) -> None:
    times = [number * 20 for number in range(20)] + [400 + number * 100 for number in range(20)]
    _, all_shots = run(write_video(tmp_path / "a.mkv", shots([20, 20]), times=times))
    assert bounds(all_shots) == [(0, 20), (20, 40)]
    assert [shot.start for shot in all_shots] == [0.0, 0.4]
    assert all_shots[1].end == pytest.approx(2.4, abs=0.1)
    assert sum(motion.seconds for motion in all_shots[1].camera_path) == pytest.approx(1.9)


def test_a_video_of_one_frame(tmp_path: Path) -> None:
    cutting, [shot] = run(write_video(tmp_path / "a.mp4", shots([1])))
    assert (shot.start_frame, shot.end_frame, shot.start, shot.end) == (0, 1, 0.0, 0.04)
    assert shot.camera_path == ()
    assert len(set(jpegs(tmp_path, shot))) == 1
    assert cutting.video.frames == 1


def test_short_shots_of_fast_cutting_are_kept_apart(tmp_path: Path) -> None:
    _, all_shots = run(write_video(tmp_path / "a.mp4", shots([10, 5, 5, 10])))
    assert bounds(all_shots) == [(0, 10), (10, 15), (15, 20), (20, 30)]


def test_a_video_cut_short_gives_what_is_there_and_a_warning(tmp_path: Path) -> None:
    whole = write_video(tmp_path / "a.mp4", shots([60, 60, 60]), faststart=True)
    data = whole.read_bytes()
    whole.write_bytes(data[: len(data) * 8 // 10])
    cutting, all_shots = run(whole)
    assert all_shots[0].end_frame == 60
    assert cutting.video.frames < 180
    assert cutting.warning


def test_an_mp4_without_its_end_is_refused(tmp_path: Path) -> None:
    whole = write_video(tmp_path / "a.mp4", shots([30]))
    data = whole.read_bytes()
    whole.write_bytes(data[: len(data) // 2])  # its index is at the end
    with pytest.raises(NotAVideo, match="cut short"):
        run(whole)


@pytest.mark.parametrize(
    "content",
    [
        b"hello, this is no video\n" * 40,
        b"\x89PNG\r\n\x1a\n" + b"\0" * 400,
        b"ffconcat version 1.0\nfile secret.ts\n",
        b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nsecret.ts\n#EXT-X-ENDLIST\n",
        b"#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1:9/x.ts\n#EXT-X-ENDLIST\n",
    ],
    ids=["text", "image", "ffconcat", "hls", "hls-http"],
)
def test_what_is_no_video_is_refused(tmp_path: Path, content: bytes) -> None:
    write_video(tmp_path / "secret.ts", shots([10]), codec="mpeg2video")  # another user's, which must not be read
    for name in ("a.mp4", "a.m3u8", "source"):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(NotAVideo):
            run(tmp_path / name)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "source").touch()
    with pytest.raises(NotAVideo, match="empty"):
        run(tmp_path / "source")


def test_sound_alone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoPicture, match="no video stream"):
        run(write_sound(tmp_path / "a.mp4"))


@pytest.mark.parametrize(
    ("options", "match"),
    [
        (CutOptions(max_pixels=160 * 120 - 1), "160 by 120"),
        (CutOptions(max_fps=20), "25 frames"),
        (CutOptions(max_seconds=1), "longer"),
        (CutOptions(max_shots=2), "shots"),
    ],
    ids=["pixels", "fps", "seconds", "shots"],
)
def test_what_is_over_a_limit_is_refused_with_the_limit(tmp_path: Path, options: CutOptions, match: str) -> None:
    with pytest.raises(OverTheLimit, match=match):
        run(write_video(tmp_path / "a.mp4", shots([20, 20, 20])), options)


def test_the_same_file_gives_the_same_shots(tmp_path: Path) -> None:
    video = write_video(tmp_path / "a.mp4", shots([20, 20]))
    _, first = run(video)
    frames = [jpegs(tmp_path, shot) for shot in first]
    _, second = run(video)
    assert first == second
    assert frames == [jpegs(tmp_path, shot) for shot in second]


def test_colours_of_full_range_and_bt709_are_right(tmp_path: Path) -> None:
    colour = np.array([200, 60, 30], np.uint8)
    for pix_fmt, size in (("yuv420p", (160, 120)), ("yuvj420p", (160, 120))):
        frames = [np.full((size[1], size[0], 3), colour, np.uint8)] * 3
        _, [shot] = run(write_video(tmp_path / f"{pix_fmt}.mkv", frames, pix_fmt=pix_fmt))
        assert differs(pictures(tmp_path, shot)[0], frames[0]) < 4


def test_where_the_shots_open_may_be_known_beforehand(tmp_path: Path) -> None:
    film = write_video(tmp_path / "a.mp4", shots([20, 31, 12]))
    whole = list(cut(film, FrameFolder(tmp_path / "whole"), at=frozenset()))
    assert bounds(whole) == [(0, 63)]
    store = FrameFolder(tmp_path / "parts")
    parts = list(cut(film, store, at=frozenset({0, 7, 50})))
    assert bounds(parts) == [(0, 7), (7, 50), (50, 63)]
    assert all(store.path(frame).is_file() for shot in parts for frame in shot.frames)


@pytest.mark.parametrize("frames", [12, 24])
def test_a_dissolve_has_its_length(tmp_path: Path, frames: int) -> None:
    old, new = (scene(seed).astype(float) for seed in (1, 2))
    mixed = [np.asarray(old + (new - old) * number / (frames + 1), np.uint8) for number in range(1, frames + 1)]
    _, (first, second) = run(write_video(tmp_path / "a.mp4", [scene(1)] * 40 + mixed + [scene(2)] * 40))
    assert (first.transition, first.transition_seconds, second.transition) == ("cut", 0.0, "dissolve")
    assert second.transition_seconds == pytest.approx(frames / 25, abs=0.081)
    assert second.start == pytest.approx((40 + frames / 2) / 25, abs=0.081)
