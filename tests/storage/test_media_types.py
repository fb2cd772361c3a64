"""Containers are recognized by their first bytes."""

import pytest

from shotlens.storage.media_types import media_type

PACKET = b"G" + bytes(187)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"\0\0\0\x18ftypisom" + bytes(12), "video/mp4"),
        (b"\0\0\0\x14ftypqt  " + bytes(8), "video/quicktime"),
        (b"\0\0\0\x08wide\0\0\0\0mdat", "video/quicktime"),
        (b"\0\0\x10\0moov", "video/quicktime"),
        (b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm", "video/webm"),
        (b"\x1a\x45\xdf\xa3\xa3B\x86\x81\x01B\x82\x88matroska", "video/x-matroska"),
        (b"RIFF\0\0\0\0AVI LIST", "video/x-msvideo"),
        (PACKET * 6, "video/mp2t"),
        (bytes(100) + PACKET * 6, "video/mp2t"),
        ((bytes(4) + PACKET) * 6, "video/mp2t"),
    ],
)
def test_a_video_is_recognized_by_its_first_bytes(head: bytes, expected: str) -> None:
    assert media_type(head) == expected


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\0",
        b"\0\0\0\x18fty",
        b"RIFF\0\0\0\0WAVEfmt ",
        b"ffconcat version 1.0\nfile 'secret.ts'\n",
        b"#EXTM3U\n#EXT-X-VERSION:3\n",
        b"\xff\xd8\xff\xe0JFIF",
        b"GIF89a" + bytes(2042),
        PACKET * 3,
        bytes(2048),
    ],
)
def test_anything_else_is_not_a_video(head: bytes) -> None:
    assert media_type(head) is None
