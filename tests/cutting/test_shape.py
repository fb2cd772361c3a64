"""The size of frames may change amid a film, and so may the shape of their pixels."""

from fractions import Fraction
from pathlib import Path

import pytest

from shotlens.cutting.cut import cut
from shotlens.cutting.decode import Decoder
from shotlens.cutting.options import CutOptions
from testkit.videos import join, scene, write_video


@pytest.fixture
def growing(tmp_path: Path) -> Path:
    """A still picture, recorded at three sizes."""
    sizes = (160, 90), (320, 180), (960, 540)
    fast = {"deadline": "realtime", "cpu-used": "8"}
    parts = [write_video(tmp_path / f"{w}.webm", [scene(0, w, h)] * 12, codec="libvpx", options=fast) for w, h in sizes]
    return join(tmp_path / "growing.webm", parts)


def test_each_frame_of_a_film_that_grows_is_stored_at_its_best(growing: Path) -> None:
    with Decoder(growing, CutOptions()) as decoder:
        stored = [picture.size for picture in decoder]
    assert stored == [(160, 90)] * 12 + [(320, 180)] * 12 + [(640, 360)] * 12
    assert (decoder.video.width, decoder.video.height) == (960, 540)


def test_a_film_that_grows_is_not_cut_there(growing: Path) -> None:
    [shot] = list(cut(growing))
    assert shot.end_frame == 36
    assert sum(interval.seconds for interval in shot.camera_path) == pytest.approx(35 / 25, abs=0.01)


@pytest.mark.parametrize("codec", ["mpeg2video", "libx264"])
def test_the_shape_of_pixels_may_change(tmp_path: Path, codec: str) -> None:
    parts = [
        write_video(tmp_path / f"{number}.ts", [scene(number, 720, 576)] * 12, codec=codec, aspect=aspect)
        for number, aspect in enumerate([Fraction(16, 15), Fraction(64, 45)])
    ]
    path = tmp_path / "both.ts"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    with Decoder(path, CutOptions()) as decoder:
        stored = [picture.size for picture in decoder]
    assert set(stored[:11]) == {(640, 480)}
    assert set(stored[13:]) == {(640, 360)}
    assert (decoder.video.width, decoder.video.height) == (1024, 576)
