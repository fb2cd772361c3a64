"""Frames of interlaced film are stored without combs, and all else as it is."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from shotlens.cutting.decode import Decoder
from shotlens.cutting.options import CutOptions
from testkit.videos import Image, scene, write_video

MPEG2 = {"flags": "+ildct+ilme", "qmin": "1", "qmax": "3"}
FINE = {"crf": "10", "preset": "ultrafast"}
X264 = FINE | {"x264-params": "tff=1"}
COMBED = 0.75  # how much neighbouring lines differ, by how much every other line does: above it, they alternate


def with_bars(width: int, height: int, moment: int) -> Image:
    """A still scene before which dark bars move by 24 pixels from one moment to the next."""
    image = scene(1, width, height) // 2 + 128
    image[:, (np.arange(width) - 24 * moment) % 160 < 60] = 30
    return image


def interlaced(width: int, height: int, frames: int = 3) -> list[Image]:
    film = []
    for number in range(frames):
        image = with_bars(width, height, 2 * number)
        image[1::2] = with_bars(width, height, 2 * number + 1)[1::2]
        film.append(image)
    return film


def stored(path: Path) -> NDArray[np.float64]:
    """The second frame as it is stored, grey."""
    with Decoder(path, CutOptions()) as decoder:
        pictures = list(decoder)
    return np.asarray(pictures[1].bgr(*pictures[1].size).mean(axis=2))


def combs(grey: NDArray[np.float64]) -> float:
    return float(np.abs(np.diff(grey, axis=0)).mean() / np.abs(grey[2:] - grey[:-2]).mean())


@pytest.mark.parametrize(
    ("name", "codec", "options", "size"),
    [
        ("a.avi", "dvvideo", {}, (720, 576)),
        ("a.ts", "mpeg2video", MPEG2, (720, 576)),
        ("4:2:2.ts", "mpeg2video", MPEG2, (720, 480)),
        ("a.mp4", "libx264", X264, (720, 576)),
        ("large.mp4", "libx264", X264, (1440, 1080)),
        ("4:2:2 of 10 bits.mp4", "libx264", X264, (720, 576)),
        ("4:2:2 of 10 bits.mov", "prores_ks", {"flags": "+ildct"}, (720, 576)),
    ],
)
def test_combs_are_removed(
    tmp_path: Path, name: str, codec: str, options: dict[str, str], size: tuple[int, int]
) -> None:
    pix_fmt = "yuv422p10le" if "10 bits" in name else "yuv422p" if "4:2:2" in name else "yuv420p"
    path = write_video(tmp_path / name, interlaced(*size), codec=codec, pix_fmt=pix_fmt, options=options)
    grey = stored(path)
    assert combs(grey) < COMBED
    # Each place shows one moment or the other, not a mixture.
    bars = np.median(grey[grey.shape[0] // 4 : -grey.shape[0] // 4], axis=0)
    assert np.mean((bars > 50) & (bars < 110)) < 0.06


def test_combs_of_a_film_that_is_not_marked_stay(tmp_path: Path) -> None:
    film = interlaced(720, 576)
    assert combs(stored(write_video(tmp_path / "a.mp4", film, options=FINE))) > COMBED


@pytest.mark.parametrize("size", [(720, 576), (1920, 1080)])
def test_a_film_that_is_not_combed_stays_as_it_is_though_it_is_marked(tmp_path: Path, size: tuple[int, int]) -> None:
    image = scene(2, *size)
    image[101:200:4] = 255  # fine lines, which would be lost
    marked = stored(write_video(tmp_path / "marked.mp4", [image] * 2, options=X264))
    plain = stored(write_video(tmp_path / "plain.mp4", [image] * 2, options=FINE))
    assert np.abs(marked - plain).mean() < 1.5
