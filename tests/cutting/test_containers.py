"""Which files are taken, by container, codec and protection. What is refused is told by its kind."""

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from av.container import InputContainer

from shotlens.cutting.container import FORMATS, OPEN_OPTIONS, open_container
from shotlens.cutting.cut import Cutting, cut
from shotlens.cutting.errors import NoPicture, NotAVideo, VideoError
from shotlens.cutting.options import CutOptions
from shotlens.shots.shot import Shot
from shotlens.storage.frames import FrameFolder
from shotlens.storage.media_types import media_type
from testkit.videos import Image, scene, shots, write_sound, write_video

PACKET, COUNT, LENGTH = 188, 3, 10  # bytes; shots of a film, and frames in each
ENCODED = {  # what FFmpeg's names make, by suffix: codec and pixel format
    "3gp": ("libx264", "yuv420p"),
    "mpg": ("mpeg2video", "yuv420p"),
    "vob": ("mpeg2video", "yuv420p"),
    "m2ts": ("libx264", "yuv420p"),
    "wmv": ("wmv2", "yuv420p"),
    "flv": ("flv", "yuv420p"),
    "ogv": ("libvpx", "yuv420p"),
    "mxf": ("mpeg2video", "yuv422p"),
    "gif": ("gif", "rgb8"),
}
KEY = {
    "encryption_scheme": "cenc-aes-ctr",
    "encryption_key": "76a6c65c5ea762046bd749a2e632ccbb",
    "encryption_kid": "a7e61c373e219033c21091fa607bf3b8",
}


def run(path: Path, options: CutOptions | None = None) -> tuple[Cutting, list[Shot]]:
    cutting = cut(path, FrameFolder(path.parent / "frames"), options)
    return cutting, list(cutting)


def refusal(path: Path) -> str:
    with pytest.raises(VideoError) as raised:
        run(path)
    return str(raised.value)


@pytest.fixture
def film() -> list[Image]:
    return shots([LENGTH] * COUNT)


def check(path: Path, lengths: tuple[int, ...] = (0, 10, 20)) -> None:
    assert media_type(path.read_bytes()[:65536])
    cutting, all_shots = run(path)
    assert [shot.start_frame for shot in all_shots] == list(lengths)
    assert cutting.video.duration == pytest.approx((lengths[-1] + LENGTH) / 25, abs=0.05)
    assert cutting.warning is None


@pytest.mark.parametrize("suffix", ENCODED)
def test_containers_of_phones_broadcast_and_the_web_are_taken(tmp_path: Path, film: list[Image], suffix: str) -> None:
    codec, pix_fmt = ENCODED[suffix]
    check(write_video(tmp_path / f"a.{suffix}", film, codec=codec, pix_fmt=pix_fmt))


def test_raw_dv_is_taken(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "a.dv"), "w", format="rawvideo") as container:
        stream = container.add_stream("dvvideo", rate=25)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 720, 576, "yuv420p"
        for image in shots([LENGTH] * 2, 720, 576):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, "rgb24")))
    check(tmp_path / "a.dv", (0, 10))


@pytest.mark.parametrize(
    "change",
    [
        lambda packets: b"".join(packet + bytes(16) for packet in packets),
        lambda packets: bytes(range(1, 251)) * 4 + b"".join(packets),
        lambda packets: packets[0][100:] + b"".join(packets),
    ],
    ids=["204 bytes", "junk in front", "begins within a packet"],
)
def test_odd_transport_streams_are_taken(
    tmp_path: Path, film: list[Image], change: Callable[[list[bytes]], bytes]
) -> None:
    data = write_video(tmp_path / "a.ts", film).read_bytes()
    packets = [data[at : at + PACKET] for at in range(0, len(data), PACKET)]
    (tmp_path / "a.ts").write_bytes(change(packets))
    check(tmp_path / "a.ts")


def write_webp(path: Path, size: tuple[int, int], parts: list[tuple[Image, int, int, int, int]]) -> Path:
    """Write an animated WebP of RGBA pictures, each with its place, its milliseconds and its flags."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return name + len(data).to_bytes(4, "little") + data + bytes(len(data) % 2)

    def triple(*numbers: int) -> bytes:
        return b"".join(number.to_bytes(3, "little") for number in numbers)

    body = b"WEBP" + chunk(b"VP8X", b"\x12\0\0\0" + triple(size[0] - 1, size[1] - 1)) + chunk(b"ANIM", bytes(6))
    for image, x, y, milliseconds, flags in parts:
        still = write_video(path.with_suffix(".part"), [image], codec="libwebp", pix_fmt="bgra", format="webp",
                            options={"lossless": "1"}).read_bytes()  # fmt: skip
        chunks = still[12:] if still[12:16] != b"VP8X" else still[30:]
        place = triple(x // 2, y // 2, image.shape[1] - 1, image.shape[0] - 1, milliseconds)
        body += chunk(b"ANMF", place + bytes([flags]) + chunks)
    path.write_bytes(chunk(b"RIFF", body))
    return path


def rgba(image: Image, alpha: int = 255) -> Image:
    return np.dstack([image, np.full(image.shape[:2], alpha, np.uint8)])


def test_an_animated_webp_is_taken(tmp_path: Path, film: list[Image]) -> None:
    check(write_webp(tmp_path / "a.webp", (160, 120), [(rgba(image), 0, 0, 40, 0) for image in film]))


def test_an_animated_webp_shows_what_browsers_show(tmp_path: Path) -> None:
    """Pictures cover parts of the canvas, blend with what is below or hide it, and may be removed after their time."""
    red, blue = (np.full((40, 40, 3), colour, np.uint8) for colour in ((200, 0, 0), (0, 0, 200)))
    whole = np.full((80, 80, 3), 100, np.uint8)
    parts = [(rgba(whole), 0, 0, 40, 0), (rgba(red), 40, 40, 400, 1), (rgba(blue, 128), 0, 0, 0, 0)]
    write_webp(tmp_path / "a.webp", (80, 80), [*parts, (rgba(blue, 0), 0, 40, 40, 2)])
    with open_container(tmp_path / "a.webp", CutOptions()) as container:
        frames = list(container.decode(video=0))
    assert [round(1000 * float(frame.time)) for frame in frames] == [0, 40, 440, 540]  # a tenth of a second for none
    corners = [frame.to_ndarray(format="rgb24")[20::40, 20::40].reshape(4, 3).astype(int) for frame in frames]
    grey, half, black = (100, 100, 100), (50, 50, 150), (0, 0, 0)
    expected = [[grey] * 4, [grey, grey, grey, (200, 0, 0)], [half, grey, grey, black], [half, grey, black, black]]
    assert np.abs(np.array(corners) - np.array(expected)).max() < 6


@pytest.mark.parametrize("share", [0.3, 0.75])
def test_a_damaged_animated_webp_gives_the_pictures_before(tmp_path: Path, film: list[Image], share: float) -> None:
    path = write_webp(tmp_path / "a.webp", (160, 120), [(rgba(image), 0, 0, 40, 0) for image in film])
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    cutting, all_shots = run(path)
    assert all_shots[0].start_frame == 0
    assert cutting.video.frames == pytest.approx(LENGTH * COUNT * share, abs=2)
    assert "damaged" in str(cutting.warning)


def test_an_animated_webp_with_too_large_a_canvas_is_refused(tmp_path: Path) -> None:
    path = write_webp(tmp_path / "a.webp", (16000, 16000), [(rgba(scene(1)), 0, 0, 40, 0)] * 2)
    assert refusal(path).startswith("The picture is 16000 by 16000, more than the allowed 36 million pixels")


def test_a_photo_is_told_as_one_whatever_its_name(tmp_path: Path, film: list[Image]) -> None:
    photos = {
        "GIF": ("gif", "rgb8"),
        "JPEG": ("mjpeg", "yuvj420p"),
        "PNG": ("png", "rgb24"),
        "WebP": ("libwebp", "bgra"),
    }
    for kind, (codec, pix_fmt) in photos.items():
        path = write_video(tmp_path / f"a.{kind}", film[:1], codec=codec, pix_fmt=pix_fmt, format=KINDS[kind])
        assert refusal(path.rename(tmp_path / "film.mp4")).startswith(f"That is a photo ({kind}), not a video.")


KINDS = {"GIF": "gif", "JPEG": "image2pipe", "PNG": "image2pipe", "WebP": "webp"}


def test_a_large_gif_of_one_picture_is_a_photo(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (400, 400, 3), np.uint8)
    path = write_video(tmp_path / "a.gif", [noise], codec="gif", pix_fmt="rgb8")
    assert media_type(path.read_bytes()[:65536]) == "image/gif"  # its first bytes do not tell
    assert refusal(path).startswith("That is a photo (GIF)")


@pytest.mark.parametrize("name", ["a.m4a", "a.mp3", "a.mka", "a.wav"])
def test_sound_alone_is_told_as_sound(tmp_path: Path, name: str) -> None:
    assert "sound" in refusal(write_sound(tmp_path / name))


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.avi"])
def test_an_unknown_codec_is_named(tmp_path: Path, film: list[Image], name: str) -> None:
    path = write_video(tmp_path / name, film, codec="mpeg4" if name == "a.avi" else "libx264")
    data = path.read_bytes()
    for known, unknown in (
        (b"avc1\0\0\0\0\0\0\0\x01", b"zzzz\0\0\0\0\0\0\0\x01"),
        (b"V_MPEG4/ISO/AVC", b"V_ZZZZZ/ISO/ZZZ"),
        (b"FMP4", b"zzzz"),
    ):
        data = data.replace(known, unknown)
    path.write_bytes(data)
    named = "`V_ZZZZZ/ISO/ZZZ`" if name == "a.mkv" else "`zzzz`"
    assert refusal(path).startswith(f"The pictures of this video are coded as {named}, which cannot be decoded here")


def _common_encryption(path: Path) -> None:
    """Encrypt an MP4 as streaming services do."""
    with av.open(str(path)) as source, av.open(f"{path}.part", "w", format="mp4", options=KEY) as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    Path(f"{path}.part").rename(path)


def _marked(path: Path, old: bytes, new: bytes) -> None:
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new))


def _scramble(path: Path) -> None:
    """Mark the packets of a transport stream as scrambled, but for the tables."""
    data = bytearray(path.read_bytes())
    for at in range(0, len(data), PACKET):
        if int.from_bytes(data[at + 1 : at + 3]) & 0x1FFF >= 256:
            data[at + 3] |= 0x80
    path.write_bytes(data)


def _scramble_program(path: Path) -> None:
    data = path.read_bytes()
    at = data.index(b"\0\0\x01\xe0") + 6
    path.write_bytes(data[:at] + bytes([data[at] | 0x10]) + data[at + 1 :])


@pytest.mark.parametrize(
    ("name", "encrypt"),
    [
        ("a.mp4", _common_encryption),
        ("b.mp4", lambda path: _marked(path, b"avc1\0\0\0\0\0\0\0\x01", b"encv\0\0\0\0\0\0\0\x01")),
        ("c.mp4", lambda path: _marked(path, b"avc1\0\0\0\0\0\0\0\x01", b"drmi\0\0\0\0\0\0\0\x01")),
        ("a.ts", _scramble),
        ("a.vob", _scramble_program),
    ],
    ids=["Common Encryption", "encv", "Apple's", "transport stream", "DVD"],
)
def test_an_encrypted_video_is_told_as_such(
    tmp_path: Path, film: list[Image], name: str, encrypt: Callable[[Path], None]
) -> None:
    codec = "mpeg2video" if name == "a.vob" else "libx264"
    encrypt(write_video(tmp_path / name, film, codec=codec))
    assert refusal(tmp_path / name).startswith("This video is encrypted")


def test_an_encrypted_matroska_is_told_as_such(tmp_path: Path) -> None:
    def element(name: str, body: bytes) -> bytes:
        return bytes.fromhex(name) + (len(body) | 1 << 28).to_bytes(4) + body

    encryption = element("5035", element("47e1", b"\5") + element("47e2", b"a key"))
    encodings = element("6d80", element("6240", element("5032", b"\1") + element("5033", b"\1") + encryption))
    size = element("e0", element("b0", b"\xa0") + element("ba", b"\x78"))
    track = element("d7", b"\1") + element("73c5", b"\1") + element("83", b"\1") + element("86", b"V_VP9") + size
    tracks = element("1654ae6b", element("ae", track + encodings))
    cluster = element("1f43b675", element("e7", b"\0") + element("a3", b"\x81\0\0\x80" + bytes(100)))
    header = element("1a45dfa3", element("4282", b"webm"))
    (tmp_path / "a.webm").write_bytes(header + element("18538067", tracks + cluster))
    assert refusal(tmp_path / "a.webm").startswith("This video is encrypted")


def test_no_allowed_demuxer_opens_another_file(tmp_path: Path, film: list[Image]) -> None:
    """Each container is opened through a callback that every further file would have to go through."""
    opened: list[str] = []

    def open_other(url: str, flags: int, options: object) -> None:
        opened.append(url)
        raise PermissionError(url)

    names = {f"a.{suffix}": one for suffix, one in ENCODED.items()}
    names |= {name: ("libx264", "yuv420p") for name in ("a.mov", "a.mkv", "a.ts")} | {"a.avi": ("mpeg4", "yuv420p")}
    used = set()
    for name, (codec, pix_fmt) in names.items():
        path = write_video(tmp_path / name, film, codec=codec, pix_fmt=pix_fmt)
        with path.open("rb") as file, av.open(file, options=OPEN_OPTIONS, io_open=open_other) as container:
            assert isinstance(container, InputContainer)
            assert len([*container.decode(video=0)]) == LENGTH * COUNT
            used.update(container.format.name.split(","))
    assert opened == []
    assert set(FORMATS.split(",")) - used == {"dv"}


def test_a_reference_to_another_file_is_not_followed(tmp_path: Path, film: list[Image]) -> None:
    """A QuickTime film whose pictures lie in a sibling: another user's video."""
    film_bytes = write_video(tmp_path / "secret.mov", film).read_bytes()
    (tmp_path / "a.mov").write_bytes(_referring(film_bytes, "secret.mov"))
    with av.open(str(tmp_path / "a.mov"), options={"enable_drefs": "1"}) as container:
        assert len(list(container.decode(video=0))) == LENGTH * COUNT  # this is what would happen
    with pytest.raises(VideoError):
        run(tmp_path / "a.mov")


def _referring(data: bytes, name: str) -> bytes:
    """Empty the pictures of a QuickTime film, and let it refer to a file by an alias instead."""
    path = name.encode()
    record = (18).to_bytes(2) + len(b"x").to_bytes(2) + b"x\0" + (2).to_bytes(2) + len(path).to_bytes(2) + path
    record += bytes(len(path) % 2) + b"\xff\xff\0\0"
    head = bytes(10) + bytes(28) + bytes(12) + bytes([len(path)]) + path.ljust(63, b"\0") + bytes(16)
    alias = head + (1).to_bytes(2) + (1).to_bytes(2) + bytes(16) + record
    entry = (12 + len(alias)).to_bytes(4) + b"alis" + bytes(4) + alias
    old = data.index(b"dref") + 12  # after version and count
    length = int.from_bytes(data[old : old + 4])
    changed = bytearray(data[:old] + entry + data[old + length :])
    for box in (b"dref", b"dinf", b"minf", b"mdia", b"trak", b"moov"):
        at = data.index(box) - 4
        changed[at : at + 4] = (int.from_bytes(data[at : at + 4]) + len(entry) - length).to_bytes(4)
    start = data.index(b"mdat") + 4
    changed[start : start + 1000] = bytes(1000)
    return bytes(changed)


@pytest.mark.parametrize(
    "content",
    [
        b"ffconcat version 1.0\nfile secret.ts\n",
        b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nsecret.ts\n#EXT-X-ENDLIST\n",
        b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>secret.ts</BaseURL></MPD>',
        b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nm=video 9 RTP/AVP 96\n",
        b"[reference]\nref1=secret.ts\n",
        b"secret.ts\nsecret.ts\n",
    ],
    ids=["concat", "hls", "dash", "sdp", "asx", "list"],
)
@pytest.mark.parametrize("name", ["a.mpg", "a.mxf", "a.wmv", "a.flv", "a.ogv", "a.gif", "a.webp", "a.dv", "a-%d.jpg"])
def test_a_list_of_files_is_refused_under_any_name(tmp_path: Path, content: bytes, name: str) -> None:
    write_video(tmp_path / "secret.ts", [scene(1)] * 3, codec="mpeg2video")
    (tmp_path / name).write_bytes(content)
    with pytest.raises(NotAVideo, match=r"^That is not a video that is accepted here"):
        run(tmp_path / name)


def test_a_name_that_is_not_utf_8_is_opened(tmp_path: Path, film: list[Image]) -> None:
    path = write_video(tmp_path / "a.mp4", film).rename(tmp_path / "caf\udce9.mp4")
    assert len(run(path)[1]) == COUNT


def test_a_film_without_a_decodable_picture_is_refused_as_damaged(tmp_path: Path) -> None:
    """What is neither encrypted nor of an unknown codec is not told to be."""
    path = write_video(tmp_path / "a.webm", shots([5]), codec="libvpx")
    data = bytearray(path.read_bytes())
    start = data.index(b"\x1f\x43\xb6\x75") + 12
    data[start:] = bytes(len(data) - start)
    path.write_bytes(data)
    with pytest.raises(NoPicture, match="damaged or cut short"):
        run(path)


@pytest.mark.parametrize("suffix", [*ENCODED, "webp"])
def test_a_mutated_file_gives_shots_or_a_sentence(tmp_path: Path, film: list[Image], suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    if suffix == "webp":
        write_webp(path, (160, 120), [(rgba(image), 0, 0, 40, 0) for image in film[::5]])
    else:
        codec, pix_fmt = ENCODED[suffix]
        write_video(path, film, codec=codec, pix_fmt=pix_fmt)
    whole = path.read_bytes()
    for seed in range(4):
        random = np.random.default_rng(seed)
        data = bytearray(whole[: len(whole) * (4 - seed) // 4])
        for place in random.integers(0, len(data), 30):
            data[place] = random.integers(256)
        path.write_bytes(data)
        try:
            assert run(path)[1][0].start_frame == 0
        except VideoError as error:
            assert str(error).endswith(".")
