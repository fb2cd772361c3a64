"""Stored frames, and what is detected and tracked on, show the colours that a player shows, however they are coded."""

from pathlib import Path

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from shotlens.cutting.decode import Decoder
from shotlens.cutting.options import CutOptions
from shotlens.cutting.picture import Picture, reduce_frame
from testkit.patches import BT2020_FROM_BT709, SRGB, YCGCO, hlg, light, pq, seen, write_patches, yuv

PQ, HLG, BT2020 = (9, 9, 16), (9, 9, 18), 9  # marks: matrix, primaries and transfer
WHITE = 203.0  # nits
UNMARKED = 2
EXACT = 4.0  # of 255, for what a screen shows
TONE_MAPPED = 12.0


def first(path: Path) -> Picture:
    with Decoder(path, CutOptions()) as decoder:
        return next(iter(decoder))


def shown(picture: Picture) -> NDArray[np.float64]:
    """The colour of each patch, RGB."""
    return seen(picture.bgr(*picture.size))[:, ::-1]


def error(picture: Picture) -> float:
    return float(np.abs(shown(picture) - SRGB).max())


def hdr(path: Path, transfer: str, factor: float = 1.0) -> Path:
    nits = light(SRGB) @ BT2020_FROM_BT709.T * WHITE * factor
    codes = pq(nits) if transfer == "pq" else hlg(nits)
    return write_patches(path, yuv(codes, BT2020), bits=10, marks=PQ if transfer == "pq" else HLG)


@pytest.mark.parametrize("bits", [8, 10])
@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("space", [1, 4, 5, 7, YCGCO, BT2020])
def test_a_marked_matrix_and_range_are_used(tmp_path: Path, space: int, full: bool, bits: int) -> None:
    path = write_patches(tmp_path / "a.mp4", yuv(SRGB / 255, space), bits=bits, full=full, marks=(space, 1, 1))
    assert error(first(path)) < EXACT


@pytest.mark.parametrize("bits", [8, 10])
@pytest.mark.parametrize(("size", "space"), [((1280, 720), 1), ((1920, 1080), 1), ((720, 576), 5), ((384, 216), 5)])
def test_an_unmarked_matrix_is_that_of_the_full_height(
    tmp_path: Path, size: tuple[int, int], space: int, bits: int
) -> None:
    path = write_patches(tmp_path / "a.mp4", yuv(SRGB / 255, space), size=size, bits=bits)
    assert error(first(path)) < EXACT


@pytest.mark.parametrize("transfer", ["pq", "hlg"])
def test_hdr_is_shown_as_sdr(tmp_path: Path, transfer: str) -> None:
    assert error(first(hdr(tmp_path / "a.mp4", transfer))) < TONE_MAPPED


@pytest.mark.parametrize("transfer", ["pq", "hlg"])
def test_dark_hdr_is_exact(tmp_path: Path, transfer: str) -> None:
    picture = first(hdr(tmp_path / "a.mp4", transfer, 0.4))
    linear = light(SRGB) * 0.4
    wanted = 255 * np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    assert np.abs(shown(picture) - wanted).max() < EXACT


def test_bright_light_is_compressed_up_to_white_and_keeps_its_hue(tmp_path: Path) -> None:
    nits = np.array([[100, 100, 100], [203, 203, 203], [500, 500, 500], [1000, 1000, 1000], [4000] * 3, [500, 50, 50]])
    path = write_patches(tmp_path / "a.mp4", yuv(pq(nits), BT2020), bits=10, marks=PQ)
    grey, (red, green, blue) = shown(first(path))[:5], shown(first(path))[5]
    assert np.ptp(grey, axis=1).max() < 2
    assert list(grey[:, 0]) == sorted(grey[:, 0])
    assert 215 < grey[1, 0] < 240
    assert grey[3, 0] > 253
    assert red > 250
    assert green < 60
    assert blue < 90


def test_sdr_of_wide_primaries_is_brought_to_those_of_a_screen(tmp_path: Path) -> None:
    codes = (BT2020_FROM_BT709 @ ((SRGB / 255) ** 2.4).T).T ** (1 / 2.4)
    path = write_patches(tmp_path / "a.mp4", yuv(codes, BT2020), bits=10, marks=(BT2020, 9, 14))
    assert error(first(path)) < EXACT


@pytest.mark.parametrize("transfer", ["pq", "hlg"])
def test_what_is_detected_and_tracked_on_looks_like_sdr(tmp_path: Path, transfer: str) -> None:
    sdr = first(write_patches(tmp_path / "sdr.mp4", yuv(SRGB / 255, 1), marks=(1, 1, 1)))
    picture = first(hdr(tmp_path / "hdr.mp4", transfer))
    assert picture.luma.dtype == np.uint8
    assert picture.luma.shape == sdr.luma.shape
    assert np.corrcoef(picture.luma.ravel(), sdr.luma.ravel())[0, 1] > 0.97
    (luma, chroma), (wanted, wanted_chroma) = picture.thumbnail(), sdr.thumbnail()
    assert np.abs(luma.astype(int) - wanted).mean() < 14
    assert np.abs(chroma.astype(int) - wanted_chroma).mean() < 5


@pytest.mark.parametrize(
    "pixel_format",
    ["rgb24", "gbrp", "gbrp10le", "bgra", "rgb48le", "nv12", "uyvy422", "yuv411p", "yuv440p", "yuvj440p", "p010le"],
)
def test_any_pixel_format_has_its_colours(pixel_format: str) -> None:
    image = np.repeat(np.repeat(SRGB[None].astype(np.uint8), 216, axis=0), 64, axis=1)
    limited = "JPEG" if "yuvj" in pixel_format else "MPEG"
    frame = VideoFrame.from_ndarray(image, "rgb24").reformat(
        format=pixel_format, dst_colorspace="ITU601", src_color_range="JPEG", dst_color_range=limited
    )
    frame.colorspace, frame.color_range = UNMARKED, 0
    assert error(reduce_frame(frame, 0, 0.0, (384, 216))) < EXACT


@pytest.mark.parametrize(("mark", "white", "black"), [(0, 255, 0), (1, 235, 16), (2, 255, 0)])
@pytest.mark.parametrize(("pixel_format", "kind"), [("gray", np.uint8), ("gray16le", np.uint16)])
def test_grey_is_of_full_range_unless_it_is_marked(
    pixel_format: str, kind: type, mark: int, white: int, black: int
) -> None:
    frame = VideoFrame(64, 64, pixel_format)
    frame.color_range = mark
    for value, wanted in ((white, 255), (black, 0)):
        whole = value if kind is np.uint8 else value * 256
        frame.planes[0].update(np.full(frame.planes[0].buffer_size // np.dtype(kind).itemsize, whole, kind).tobytes())
        bgr = reduce_frame(frame, 0, 0.0, (64, 64)).bgr(64, 64)
        assert np.abs(bgr.astype(int) - wanted).max() <= 1


@pytest.mark.parametrize("pixel_format", ["rgba", "yuva420p", "yuva444p10le", "ya8"])
def test_what_is_transparent_lies_over_black(pixel_format: str) -> None:
    image = np.full((96, 96, 4), 255, np.uint8)
    image[:32, :, 3], image[32:64, :, 3] = 0, 128
    frame = VideoFrame.from_ndarray(image, "rgba").reformat(format=pixel_format)
    bgr = reduce_frame(frame, 0, 0.0, (96, 96)).bgr(96, 96)
    for rows, wanted in ((slice(4, 28), 0), (slice(36, 60), 128), (slice(68, 92), 255)):
        assert np.abs(bgr[rows].astype(int) - wanted).max() < EXACT


@pytest.mark.parametrize(("codec", "suffix"), [("png", "mov"), ("ffv1", "mkv"), ("qtrle", "mov")])
def test_films_of_rgb_have_their_colours(tmp_path: Path, codec: str, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 384, 216, "bgr0" if codec == "ffv1" else "rgb24"
        image = np.repeat(np.repeat(SRGB[None].astype(np.uint8), 216, axis=0), 64, axis=1)
        container.mux(stream.encode(VideoFrame.from_ndarray(image, "rgb24")))
        container.mux(stream.encode())
    assert error(first(path)) < EXACT
