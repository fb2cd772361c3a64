"""Clips: each holds the frames and the sound of its shot, no more and no less, as the video shows them."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from shotlens.cutting.clips import Clip, write_clips
from shotlens.cutting.errors import StorageError, VideoError
from shotlens.cutting.options import CutOptions
from testkit.videos import Image, scene, shots, turn, write_video

pytestmark = pytest.mark.slow

RATE = 48000
CLOSE = 6  # mean difference of a picture that is encoded twice; another scene differs by 30 and more


def clips_of(video: Path, bounds: Sequence[int], folder: Path, options: CutOptions | None = None) -> list[Path]:
    """Write the clips between these frames."""
    clips = [Clip(folder / f"{number}.mp4", *pair) for number, pair in enumerate(pairwise(bounds), 1)]
    write_clips(video, clips, options or CutOptions())
    return [clip.path for clip in clips]


def pictures_of(clip: Path) -> list[Image]:
    with av.open(str(clip)) as container:
        return [np.asarray(frame.to_ndarray(format="rgb24"), np.uint8) for frame in container.decode(video=0)]


def shown_seconds(clip: Path) -> list[tuple[float, float]]:
    """When each frame is shown, and for how long."""
    with av.open(str(clip)) as container:
        (stream,) = container.streams.video
        base = float(stream.time_base or 0)
        stamps = [(packet.pts, packet.duration or 0) for packet in container.demux(stream) if packet.size]
    return sorted((round((pts or 0) * base, 3), round(duration * base, 3)) for pts, duration in stamps)


def sound_of(clip: Path) -> NDArray[np.float32]:
    with av.open(str(clip)) as container:
        return np.concatenate([np.asarray(frame.to_ndarray()[0], np.float32) for frame in container.decode(audio=0)])


def add_sound(video: Path, path: Path, beeps: Sequence[tuple[float, float]], delay: float = 0.0) -> Path:
    """Copy the video, `delay` seconds later, and add sound that is silent but for beeps between these seconds."""
    with av.open(str(video)) as source, av.open(str(path), "w") as target:
        picture = target.add_stream_from_template(source.streams.video[0])
        sound = target.add_stream("aac", rate=RATE, layout="mono")
        seconds = np.arange(4 * RATE) / RATE
        loud = np.any([(begin <= seconds) & (seconds < end) for begin, end in beeps], axis=0)
        wave = np.where(loud, 0.5 * np.sin(2 * np.pi * 440 * seconds), 0.0).astype(np.float32)
        for at in range(0, len(wave), 1024):
            frame = av.AudioFrame.from_ndarray(wave[None, at : at + 1024], "fltp", "mono")
            frame.sample_rate, frame.pts, frame.time_base = RATE, at, Fraction(1, RATE)
            target.mux(sound.encode(frame))
        target.mux(sound.encode(None))
        for packet in source.demux(video=0):
            if packet.dts is not None and packet.pts is not None and packet.time_base:
                packet.stream = picture
                packet.pts += round(delay / packet.time_base)
                packet.dts += round(delay / packet.time_base)
                target.mux(packet)
    return path


def test_a_clip_holds_the_frames_of_its_shot(tmp_path: Path) -> None:
    video = write_video(tmp_path / "a.mp4", shots([13, 20, 7]))
    clips = clips_of(video, [0, 13, 33, 40], tmp_path / "clips")
    for number, (clip, length) in enumerate(zip(clips, (13, 20, 7), strict=True)):
        pictures = pictures_of(clip)
        assert len(pictures) == length
        assert all(np.abs(picture.astype(int) - scene(number)).mean() < CLOSE for picture in pictures)
        assert shown_seconds(clip)[0] == (0.0, 0.04)
    assert sorted(path.name for path in clips[0].parent.iterdir()) == ["1.mp4", "2.mp4", "3.mp4"]


def test_only_the_chosen_shots_are_written(tmp_path: Path) -> None:
    video = write_video(tmp_path / "a.mp4", shots([13, 20, 7]))
    write_clips(video, [Clip(tmp_path / "two.mp4", 13, 33)], CutOptions())
    assert len(pictures_of(tmp_path / "two.mp4")) == 20


def test_frames_are_shown_as_long_as_in_the_video(tmp_path: Path) -> None:
    times = [0, 40, 80, 120, 620, 640, 660]  # milliseconds
    video = write_video(tmp_path / "a.mkv", shots([3, 1, 3]), times=times)
    clips = clips_of(video, [0, 3, 4, 7], tmp_path)
    assert shown_seconds(clips[0]) == [(0.0, 0.04), (0.04, 0.04), (0.08, 0.04)]
    assert shown_seconds(clips[1]) == [(0.0, 0.5)]
    assert shown_seconds(clips[2])[:2] == [(0.0, 0.02), (0.02, 0.02)]


@pytest.mark.parametrize("delay", [0.0, 0.4])
def test_a_clip_has_the_sound_of_its_shot(tmp_path: Path, delay: float) -> None:
    silent = write_video(tmp_path / "silent.mp4", shots([25, 25]))
    second = (1.0 + delay, 2.0 + delay)
    video = add_sound(silent, tmp_path / "a.mp4", [second], delay)
    first_clip, second_clip = (np.abs(sound_of(clip)) for clip in clips_of(video, [0, 25, 50], tmp_path / "clips"))
    for sound in (first_clip, second_clip):
        assert len(sound) / RATE == pytest.approx(1.0, abs=0.05)
    assert first_clip[: int(0.95 * RATE)].max() < 0.05
    assert second_clip[int(0.05 * RATE) : int(0.1 * RATE)].max() > 0.4
    assert second_clip[int(0.9 * RATE) : int(0.95 * RATE)].max() > 0.4


def test_a_turned_video_stays_turned(tmp_path: Path) -> None:
    video = turn(write_video(tmp_path / "a.mp4", shots([5, 5])))
    with av.open(str(video)) as source, av.open(str(clips_of(video, [0, 5], tmp_path)[0])) as clip:
        assert next(clip.decode(video=0)).rotation == next(source.decode(video=0)).rotation != 0


def test_the_shape_of_pixels_stays(tmp_path: Path) -> None:
    video = write_video(tmp_path / "a.mp4", shots([5, 5]), aspect=Fraction(16, 15))
    with av.open(str(clips_of(video, [0, 5], tmp_path)[0])) as clip:
        assert clip.streams.video[0].sample_aspect_ratio == Fraction(16, 15)


def test_an_odd_size_becomes_even(tmp_path: Path) -> None:
    video = write_video(tmp_path / "a.mkv", shots([5, 5], 161, 121), pix_fmt="yuv444p")
    assert pictures_of(clips_of(video, [0, 5], tmp_path)[0])[0].shape == (120, 160, 3)


def test_what_is_no_video_is_an_error_of_the_video(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_text("no video")
    with pytest.raises(VideoError):
        clips_of(tmp_path / "a.mp4", [0, 5], tmp_path)


def test_a_clip_that_cannot_be_written_is_no_fault_of_the_video(tmp_path: Path) -> None:
    video = write_video(tmp_path / "a.mp4", shots([5, 5]))
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="clips could not be written"):
        clips_of(video, [0, 5], tmp_path / "file")


def test_progress_is_reported(tmp_path: Path) -> None:
    reported: list[float] = []
    video = write_video(tmp_path / "a.mp4", shots([5, 5]))
    write_clips(video, [Clip(tmp_path / "1.mp4", 0, 5)], CutOptions(), reported.append)
    assert reported == sorted(reported)
    assert reported[-1] == 1.0
