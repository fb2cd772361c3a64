"""Films in odd containers: with sound, with several pictures, on another clock, or joined and cut by their bytes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Disposition, Stream

from testkit.videos import Image

B_FRAMES = {"preset": "veryfast", "bf": "2", "g": "25", "x264-params": "b-adapt=0", "x265-params": "log-level=none"}
NO_DISPOSITION = Disposition(0)
TS_PACKET = 188  # bytes


@dataclass(frozen=True)
class Track:
    """One picture of a container, at 25 frames a second."""

    frames: Sequence[Image]
    late: float = 0.0  # seconds
    codec: str = "libx264"
    disposition: Disposition = Disposition.default
    timecode: str | None = None


def write_tracks(path: Path, *tracks: Track, sound: float = 0.0, interleaved: bool = True) -> Path:
    """Encode pictures, and `sound` seconds of German silence; if not interleaved, it follows all but the last one."""
    options = {} if interleaved else {"max_interleave_delta": "1", "movflags": "faststart"}
    with av.open(str(path), "w", options=options) as container:
        encoders = [_picture(container, track) for track in tracks] + ([_silence(container, sound)] if sound else [])
        packets = [packet for encode in encoders for packet in encode()]
        if interleaved:
            packets.sort(key=lambda packet: float((packet.dts or 0) * packet.time_base))
        container.mux(packets)
    return path


def shift(source: Path, target: Path, seconds: float) -> Path:
    """Copy a film of one picture to a clock that is ahead."""
    with av.open(str(source)) as old, av.open(str(target), "w") as new:
        stream = new.add_stream_from_template(old.streams.video[0])
        for packet in old.demux(video=0):
            if packet.size and packet.pts is not None:
                ticks = round(seconds / packet.time_base)
                packet.pts, packet.dts = packet.pts + ticks, (packet.dts or 0) + ticks
                packet.stream = stream
                new.mux(packet)
    return target


def cut_anywhere(path: Path, start: float, end: float) -> Path:
    """Keep the packets of a transport stream between two fractions of its length."""
    data = path.read_bytes()
    packets = len(data) // TS_PACKET
    path.write_bytes(data[round(start * packets) * TS_PACKET : round(end * packets) * TS_PACKET])
    return path


def cut_off_the_sound(path: Path) -> Path:
    """Cut off a file whose sound follows its pictures, a little into the sound."""
    with av.open(str(path)) as film:
        sound = min(packet.pos for packet in film.demux(audio=0) if packet.pos is not None)
    path.write_bytes(path.read_bytes()[: sound + 100])
    return path


def set_matroska_duration(path: Path, seconds: float) -> Path:
    """Make the header of a Matroska file claim another duration."""
    data = bytearray(path.read_bytes())
    place = data.index(b"\x44\x89\x88") + 3  # the element, which is eight bytes long
    data[place : place + 8] = np.array(1000 * seconds, ">f8").tobytes()
    path.write_bytes(data)
    return path


def _picture(container: OutputContainer, track: Track) -> "Callable[[], list[Packet[Stream]]]":
    stream = container.add_stream(track.codec, rate=25, options=B_FRAMES if track.codec.startswith("libx") else {})
    assert isinstance(stream, av.VideoStream)
    stream.height, stream.width = track.frames[0].shape[:2]
    stream.pix_fmt = "yuvj420p" if track.codec == "mjpeg" else "yuv420p"
    stream.disposition = track.disposition
    if track.timecode:
        stream.metadata["timecode"] = track.timecode

    def encode() -> "list[Packet[Stream]]":
        packets = []
        for index, image in enumerate(track.frames):
            frame = av.VideoFrame.from_ndarray(image, "rgb24")
            frame.pts, frame.time_base = round(25 * track.late) + index, Fraction(1, 25)
            packets += stream.encode(frame)
        return packets + stream.encode()

    return encode


def _silence(container: OutputContainer, seconds: float) -> "Callable[[], list[Packet[Stream]]]":
    stream = container.add_stream("aac", rate=48000, layout="stereo")
    stream.metadata["language"] = "deu"

    def encode() -> "list[Packet[Stream]]":
        packets = []
        for number in range(round(seconds * 48000 / 1024)):
            frame = av.AudioFrame.from_ndarray(np.zeros((2, 1024), np.float32), "fltp", "stereo")
            frame.sample_rate, frame.pts = 48000, number * 1024
            packets += stream.encode(frame)
        return packets + stream.encode()

    return encode
