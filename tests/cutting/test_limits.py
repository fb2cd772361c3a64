"""The limits on the size of pictures: judged by what is shown, told as what they are, and wide enough for 8K."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from shotlens.cutting import limits
from shotlens.cutting.child import cut_in_child
from shotlens.cutting.cut import cut
from shotlens.cutting.errors import OverTheLimit
from shotlens.cutting.limits import THREADS, threads
from shotlens.cutting.options import CutOptions
from testkit.videos import shots, write_video

EIGHT_K = (7680, 4320)


def frames(path: Path, max_pixels: int) -> int:
    cutting = cut(path, None, CutOptions(max_pixels=max_pixels))
    assert list(cutting)
    assert cutting.warning is None
    return cutting.video.frames


@pytest.mark.parametrize("codec", ["libx264", "libx265", "mpeg2video", "libsvtav1"])
def test_what_a_codec_adds_to_the_picture_does_not_count(tmp_path: Path, codec: str) -> None:
    """As the 4K of a phone that stands upright: its 3840 lines, or 2160 columns, are no multiple of a block."""
    options = {"x265-params": "log-level=error"} if codec == "libx265" else {}
    path = write_video(tmp_path / "a.mkv", shots([6], 130, 258), codec=codec, options=options)
    assert frames(path, 130 * 258) == 6
    with pytest.raises(OverTheLimit, match="130 by 258"):
        frames(path, 130 * 258 - 1)


@pytest.mark.parametrize("codec", ["libx264", "libx265", "mpeg2video"])
def test_a_picture_that_grows_over_the_limit_is_told_as_such(tmp_path: Path, codec: str) -> None:
    options = {"x265-params": "log-level=error"} if codec == "libx265" else {}
    parts = [
        write_video(tmp_path / f"{width}.ts", shots([25], width, width // 2), codec=codec, options=options)
        for width in (160, 640)
    ]
    path = tmp_path / "a.ts"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    with pytest.raises(OverTheLimit, match=r"^The picture grows .*more than the allowed 0.02 million pixels: send"):
        frames(path, 20_000)


def test_a_picture_that_grows_little_is_judged_too(tmp_path: Path) -> None:
    """The codec may code more than what may be shown, so that it does not refuse these pictures itself."""
    parts = [write_video(tmp_path / f"{width}.ts", shots([25], width, 120)) for width in (160, 176)]
    path = tmp_path / "a.ts"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    with pytest.raises(OverTheLimit, match="176 by 120"):
        frames(path, 160 * 120)


def test_240_frames_a_second_are_taken_by_default(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mov", shots([120, 120]), fps=240)
    cutting = cut(path)
    assert [shot.start_frame for shot in cutting] == [0, 120]
    assert cutting.video.fps == pytest.approx(240)


def test_8k_fits_the_memory_of_the_child(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"preset": "ultrafast", "threads": "2"})
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = EIGHT_K
        for number in range(10):
            planes = np.full((EIGHT_K[1] * 3 // 2, EIGHT_K[0]), 100 + number, np.uint8)
            frame = av.VideoFrame.from_ndarray(planes, "yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    *_, last = cut_in_child(path, tmp_path / "frames", CutOptions())
    assert (last.video.width, last.video.height, last.video.frames) == (*EIGHT_K, 10)
    assert last.warning is None


@pytest.mark.parametrize(
    ("size", "pix_fmt", "most"),
    [((1920, 1080), "yuv420p", 16), (EIGHT_K, "yuv420p", 15), (EIGHT_K, "yuv420p10le", 7), (EIGHT_K, "yuv444p10le", 3)],
)
def test_fewer_threads_decode_what_takes_much_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], pix_fmt: str, most: int
) -> None:
    monkeypatch.setattr(limits, "THREADS", 16)
    with av.open(str(tmp_path / "a.mkv"), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = *size, pix_fmt
        assert threads(stream) == most
    assert THREADS <= 16


def test_a_film_that_needs_more_memory_than_allowed_is_told_so(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", shots([5], 4000, 2000), options={"preset": "ultrafast"})
    with pytest.raises(Exception, match="memory"):
        list(cut_in_child(path, None, CutOptions(max_memory=450_000_000)))
