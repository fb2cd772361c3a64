"""Films are shown as their display matrix says: turned by quarters and mirrored."""

import struct
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from shotlens.cutting.decode import Decoder
from shotlens.cutting.options import CutOptions
from testkit.videos import scene, turn, write_video

WIDTH, HEIGHT = 320, 192


@pytest.mark.parametrize("matrix", [(a, 0, 0, d) for a in (1, -1) for d in (1, -1)])
def test_a_film_is_mirrored(tmp_path: Path, matrix: tuple[int, int, int, int]) -> None:
    check(tmp_path, matrix, scene(0, WIDTH, HEIGHT)[:: matrix[3], :: matrix[0]])


@pytest.mark.parametrize("matrix", [(0, b, c, 0) for b in (1, -1) for c in (1, -1)])
def test_a_film_is_turned_and_mirrored(tmp_path: Path, matrix: tuple[int, int, int, int]) -> None:
    check(tmp_path, matrix, scene(0, WIDTH, HEIGHT).transpose(1, 0, 2)[:: matrix[1], :: matrix[2]])


def test_a_film_of_photos_is_turned_by_what_they_say(tmp_path: Path) -> None:
    """Such frames carry data that PyAV does not know, and cannot be asked for their matrix."""
    encoded, data = cv2.imencode(".jpg", scene(0, WIDTH, HEIGHT)[..., ::-1])
    assert encoded
    # A TIFF header, and one entry: orientation 6, a quarter turn to the right.
    exif = b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">HHHIHHI", 1, 0x0112, 3, 1, 6, 0, 0)
    photo = data.tobytes()[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + data.tobytes()[2:]
    with av.open(str(tmp_path / "a.mkv"), "w") as container:
        stream = container.add_stream("mjpeg", rate=25)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuvj420p"
        packet = av.Packet(photo)
        packet.stream, packet.time_base, packet.pts, packet.dts = stream, Fraction(1, 25), 0, 0
        container.mux(packet)
    with Decoder(tmp_path / "a.mkv", CutOptions()) as decoder:
        picture = next(iter(decoder))
    stored = picture.bgr(*picture.size)[..., ::-1]
    assert np.abs(stored.astype(int) - np.rot90(scene(0, WIDTH, HEIGHT), -1)).mean() < 6


def check(folder: Path, matrix: tuple[int, int, int, int], wanted: np.ndarray) -> None:
    path = turn(write_video(folder / "a.mp4", [scene(0, WIDTH, HEIGHT)]), matrix)
    with Decoder(path, CutOptions()) as decoder:
        picture = next(iter(decoder))
    assert (decoder.video.width, decoder.video.height) == picture.size == wanted.shape[1::-1]
    stored = picture.bgr(*picture.size)[..., ::-1]
    assert np.abs(stored.astype(int) - wanted).mean() < 4
    grey = cv2.cvtColor(np.ascontiguousarray(wanted), cv2.COLOR_RGB2GRAY) * (219 / 255) + 16
    assert np.abs(picture.luma - grey).mean() < 3
    luma, (_, red) = picture.thumbnail()
    assert np.abs(luma - cv2.resize(grey, (64, 36), interpolation=cv2.INTER_AREA)).mean() < 3
    colours = cv2.cvtColor(np.ascontiguousarray(wanted), cv2.COLOR_RGB2YCrCb)[..., 1]
    small = cv2.resize(colours, (32, 18), interpolation=cv2.INTER_AREA)
    assert np.corrcoef(red.ravel(), small.ravel())[0, 1] > 0.98
