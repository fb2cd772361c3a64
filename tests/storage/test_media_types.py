"""Containers are recognized by their first bytes, and so are photos and sound, of which the refusal speaks."""

import pytest

from shotlens.storage.media_types import ACCEPTED, HEAD_BYTES, media_type, photo, refusal

PACKET = b"G" + bytes(187)
GIF = b"GIF89a\x01\0\x01\0\x80\0\0" + bytes(6)  # a colour table of two
GIF_PAUSE = b"!\xf9\x04\0\x0a\0\0\0"
GIF_IMAGE = b",\0\0\0\0\x01\0\x01\0\x80" + bytes(6) + b"\x02\x02\x44\x01\0"  # with a colour table of its own


def webp(flags: int) -> bytes:
    return b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0" + bytes([flags]) + bytes(9)


def brands(*names: str) -> bytes:
    """Return the first box of an MP4: its own brand, and those with which it is compatible."""
    major, *others = (name.encode() for name in names)
    return (16 + 4 * len(others)).to_bytes(4) + b"ftyp" + major + bytes(4) + b"".join(others) + b"\0\0\0\x08avis"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"\0\0\0\x18ftypisom" + bytes(12), "video/mp4"),
        (b"\0\0\0\x14ftypqt  " + bytes(8), "video/quicktime"),
        (b"\0\0\0\x08wide\0\0\0\0mdat", "video/quicktime"),
        (b"\0\0\x10\0moov", "video/quicktime"),
        (brands("avis", "avif", "msf1"), "video/mp4"),
        (brands("mif1", "heic", "hevc"), "video/mp4"),
        (b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm", "video/webm"),
        (b"\x1a\x45\xdf\xa3\xa3B\x86\x81\x01B\x82\x88matroska", "video/x-matroska"),
        (b"RIFF\0\0\0\0AVI LIST", "video/x-msvideo"),
        (PACKET * 6, "video/mp2t"),
        (bytes(100) + PACKET * 6, "video/mp2t"),
        ((bytes(4) + PACKET) * 6, "video/mp2t"),
        ((PACKET + bytes(16)) * 6, "video/mp2t"),
        (b"GG" * 500 + bytes(1000) + PACKET * 6, "video/mp2t"),
        (b"\0\0\x01\xba\x44", "video/mpeg"),
        (bytes.fromhex("060e2b34020501010d0102010102"), "application/mxf"),
        (bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"), "video/x-ms-wmv"),
        (b"FLV\x01\x05", "video/x-flv"),
        (b"OggS\0\x02", "video/ogg"),
        (b"\x1f\x07\0\xbf", "video/dv"),
        (webp(0x02), "image/webp"),
        (GIF + GIF_IMAGE + GIF_PAUSE + GIF_IMAGE + b";", "image/gif"),
        ((GIF + GIF_IMAGE)[:-3], "image/gif"),  # it may go on
    ],
)
def test_a_video_is_recognized_by_its_first_bytes(head: bytes, expected: str) -> None:
    assert media_type(head) == expected
    assert photo(head) is None


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\0",
        b"\0\0\0\x18fty",
        b"ffconcat version 1.0\nfile 'secret.ts'\n",
        b"#EXTM3U\n#EXT-X-VERSION:3\n",
        b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011">',
        b"v=0\no=- 0 0 IN IP4 127.0.0.1\n",
        PACKET * 3,
        bytes(HEAD_BYTES),
        b"BMW is a text",
    ],
)
def test_anything_else_is_not_a_video(head: bytes) -> None:
    assert media_type(head) is None
    assert refusal(head) == f"That is not a video that is accepted here: {ACCEPTED} are."


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\xff\xd8\xff\xe0JFIF", "JPEG"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (brands("heic", "mif1", "heic"), "HEIC"),
        (brands("mif1", "heic"), "HEIF"),
        (brands("avif", "mif1", "miaf"), "AVIF"),
        (brands("crx ", "isom"), "raw"),
        (b"II*\0\x08\0\0\0", "TIFF or raw"),
        (b"BM\x36\0\0\0\0\0\0\0", "BMP"),
        (webp(0x10), "WebP"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "WebP"),
        (GIF + GIF_PAUSE + GIF_IMAGE + b";", "GIF"),
    ],
)
def test_a_photo_is_told_as_one(head: bytes, kind: str) -> None:
    assert media_type(head) is None
    assert refusal(head) == f"That is a photo ({kind}), not a video. Send a video: {ACCEPTED} are accepted."


@pytest.mark.parametrize(
    "head", [b"ID3\x04", b"fLaC", b"RIFF\0\0\0\0WAVEfmt ", b"FORM\0\0\0\0AIFF", b"\xff\xfb\x90\x44"]
)
def test_sound_is_told_as_such(head: bytes) -> None:
    assert media_type(head) is None
    assert refusal(head) == f"That is a sound file, not a video. Send a video: {ACCEPTED} are accepted."
