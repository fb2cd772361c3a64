"""Reduced pictures show what was decoded, whatever its size, shape, colours and rotation."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from shotlens.cutting.colour.marks import colour_of
from shotlens.cutting.decode import Decoder
from shotlens.cutting.options import CutOptions
from shotlens.cutting.picture import Picture, reduce_frame
from testkit.videos import scene, shots, turn, write_video


def reduced(width: int, height: int, pix_fmt: str = "yuv420p") -> tuple[VideoFrame, Picture]:
    frame = VideoFrame.from_ndarray(scene(3, width, height), "rgb24").reformat(format=pix_fmt)
    return frame, reduce_frame(frame, 0, 0.0, (width, height))


def planes(picture: Picture) -> list[NDArray[np.uint8]]:
    luma, chroma = picture.thumbnail()
    return [luma, *chroma]


def means(plane: NDArray[np.uint8], width: int, height: int) -> NDArray[np.float64]:
    return np.asarray(cv2.resize(plane.astype(np.float64), (width, height), interpolation=cv2.INTER_AREA))


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv422p", "yuv444p", "yuv420p10le"])
@pytest.mark.parametrize("size", [(3840, 2160), (1920, 1080), (1080, 1920), (842, 474), (1024, 768), (320, 180)])
def test_thumbnails_are_means_over_areas_of_the_whole_picture(size: tuple[int, int], pix_fmt: str) -> None:
    frame, picture = reduced(*size, pix_fmt)
    whole = frame.reformat(format="yuv444p").to_ndarray()  # (3, H, W)
    wanted = [means(whole[0], 64, 36), means(whole[1], 32, 18), means(whole[2], 32, 18)]
    for plane, mean in zip(planes(picture), wanted, strict=True):
        assert plane.shape == mean.shape
        assert plane.dtype == np.uint8
        assert np.abs(plane - mean).mean() < 0.8
        assert np.abs(plane - mean).max() < 3


@pytest.mark.parametrize("size", [(2, 2), (16, 9), (33, 17), (640, 2), (2, 640)])
def test_tiny_and_narrow_pictures_have_thumbnails_too(size: tuple[int, int]) -> None:
    _, picture = reduced(*size)
    assert [plane.shape for plane in picture.thumbnail()] == [(36, 64), (2, 18, 32)]


def test_a_turned_picture_has_an_upright_luma_and_thumbnail(tmp_path: Path) -> None:
    path = turn(write_video(tmp_path / "a.mp4", [scene(0, 320, 192)] * 2))
    picture = next(iter(Decoder(path, CutOptions())))
    turned = np.ascontiguousarray(np.rot90(scene(0, 320, 192), -1))
    upright = np.asarray(cv2.cvtColor(turned, cv2.COLOR_RGB2YUV), np.uint8)
    assert picture.luma.shape == (320, 192)
    luma, _, chroma = planes(picture)
    limited = means(upright[..., 0], 64, 36) * 219 / 255 + 16
    assert np.abs(luma - limited).mean() < 5
    assert np.corrcoef(chroma.ravel(), means(upright[..., 2], 32, 18).ravel())[0, 1] > 0.9


@pytest.mark.parametrize("size", [(3840, 2160), (1920, 1080), (1280, 720), (1024, 768), (960, 960), (842, 474)])
def test_a_picture_takes_less_than_a_megabyte_and_a_half(size: tuple[int, int]) -> None:
    _, picture = reduced(*size, "yuv444p")
    assert sum(plane.nbytes for plane in (*picture.planes, picture.luma)) < 1_500_000


@pytest.mark.parametrize(("codec", "suffix"), [("libx264", "mp4"), ("mpeg4", "avi"), ("libvpx", "webm")])
def test_pictures_outlast_the_decoder_and_those_after_them(tmp_path: Path, codec: str, suffix: str) -> None:
    video = write_video(tmp_path / f"film.{suffix}", shots([20, 20], 320, 180), codec=codec)
    held, copies = [], []
    with Decoder(video, CutOptions()) as decoder:
        for picture in decoder:
            held.append(picture)
            copies.append([plane.copy() for plane in picture.planes])
    assert len(held) == 40
    for picture, planes in zip(held, copies, strict=True):
        assert all(np.array_equal(plane, copy) for plane, copy in zip(picture.planes, planes, strict=True))


def test_a_picture_with_more_than_it_needs_is_copied() -> None:
    for pix_fmt, kept in (("yuv420p", True), ("yuv444p", False), ("yuva420p", False)):
        frame = VideoFrame(640, 360, pix_fmt)
        luma = reduce_frame(frame, 0, 0.0, (640, 360)).planes[0]
        assert np.shares_memory(luma, np.frombuffer(memoryview(frame.planes[0]), np.uint8)) == kept


@pytest.mark.parametrize("height", [360, 1080])
@pytest.mark.parametrize("full", [False, True])
def test_grey_is_the_same_in_all_three_colours(height: int, full: bool) -> None:
    frame = VideoFrame(64, height, "yuvj420p" if full else "yuv420p")
    ramp = np.full((1, 256, 3), 128, np.uint8)
    ramp[0, :, 0] = np.arange(256)
    bgr = colour_of(frame).bgr(ramp)
    assert np.array_equal(bgr.min(axis=2), bgr.max(axis=2))
