"""Writes shots of a video as files of their own, exact to the frame: by decoding it once more, and encoding the frames.

A stream can be copied only from one keyframe to another, and few shots begin at one. Everything runs in a child process
like that of the cutting, since the decoder reads bytes that nobody has checked.
"""

import sys
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
import av.error
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.buffer import Buffer
from av.codec.context import Flags
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from shotlens.cutting.child import Child, ProgressReport, send, serve
from shotlens.cutting.decode import Decoder
from shotlens.cutting.options import CutOptions
from shotlens.cutting.sound import Sound, Track

# Visually lossless. It encodes a frame at once: at 8K, the frames that waited in it took 1.7 GB.
X264 = {"preset": "veryfast", "crf": "18", "tune": "zerolatency"}
BT709, RGB = 1, 0  # AVColorSpace
SOUND_SECONDS = 0.5  # of sound that is encoded at a time


@dataclass(frozen=True, slots=True)
class Clip:
    """Which frames of a video become which MP4 file."""

    path: Path
    start_frame: int
    end_frame: int  # exclusive


def write_clips(
    video: Path, clips: Sequence[Clip], options: CutOptions, on_progress: Callable[[float], None] = lambda share: None
) -> None:
    """Write the clips, which are in order and do not overlap. Raises VideoError or StorageError."""
    rows = [[str(clip.path.absolute()), clip.start_frame, clip.end_frame] for clip in clips]
    for message in Child("shotlens.cutting.clips").run(video, options, clips=rows):
        on_progress(message.get("progress", 0.0))


def _write(source: Path, options: CutOptions, request: dict[str, Any]) -> None:
    """Write the clips of a request, in the child."""
    waiting = deque(Clip(Path(path), start, end) for path, start, end in request["clips"])
    last = waiting[-1].end_frame if waiting else 0
    report, writer = ProgressReport(), None
    with Decoder(source, options, in_full=True) as decoder, Sound(source, options) as sound:
        for index, time, frame in decoder.frames():
            if index == 0 and frame.pts is not None:
                sound.align(float(frame.pts * decoder.time_base) - time)
            if writer and index >= writer.clip.end_frame:
                writer.finish(time)
                writer = None
            if not writer and not waiting:
                break
            if not writer and index >= waiting[0].start_frame:
                writer = _ClipWriter(waiting.popleft(), decoder, sound, time, frame)
            if writer:
                writer.add(time, frame)
            report(index / last)
        if writer:
            writer.finish(decoder.end)
    send(end=True, progress=1.0)


def _write_or_say_why_not(source: Path, options: CutOptions, request: dict[str, Any]) -> None:
    try:
        _write(source, options, request)
    except (OSError, av.error.FFmpegError) as error:
        sentence = f"The clips could not be written ({error.strerror})."
        if isinstance(error, OSError):
            send(no_room=sentence)
        else:
            send(error=sentence, cause="other")


class _ClipWriter:
    """One clip: an MP4 with the picture as H.264 and each audio track as AAC."""

    def __init__(self, clip: Clip, decoder: Decoder, sound: Sound, start: float, first: VideoFrame) -> None:
        self.clip = clip
        self._start = start
        self._sound = sound
        self._part = clip.path.with_name(f".{clip.path.name}.part")  # so that no incomplete clip looks complete
        clip.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = av.open(str(self._part), "w", format="mp4", options={"movflags": "faststart"})
        self._base = decoder.time_base
        self._picture = self._add_picture(decoder, _encodable(first), first)
        self._tracks = [(track, self._add_track(track)) for track in sound.tracks]
        self._heard = start  # seconds up to which the sound is written
        self._waiting: tuple[float, VideoFrame] | None = None  # the latest frame: the next one tells its duration
        self._next_stamp = 0

    def add(self, time: float, frame: VideoFrame) -> None:
        """Add the next frame, which is shown from `time` on."""
        self._encode(time)
        self._waiting = time, frame
        if time - self._heard >= SOUND_SECONDS:
            self._encode_sound(time)

    def finish(self, end: float) -> None:
        """End the clip, whose last frame is shown until `end`."""
        self._encode(end)
        self._encode_sound(end)
        self._file.mux(self._picture.encode(None))
        for _, stream in self._tracks:
            self._file.mux(stream.encode(None))
        self._file.close()
        self._part.replace(self.clip.path)

    def _add_picture(self, decoder: Decoder, encodable: VideoFrame, frame: VideoFrame) -> VideoStream:
        rate = Fraction(decoder.video.fps).limit_denominator(1001)
        stream = self._file.add_stream("libx264", rate=rate, options=X264)
        stream.width, stream.height, stream.pix_fmt = encodable.width, encodable.height, "yuv420p"
        context = stream.codec_context
        context.time_base = self._base
        context.flags |= Flags.frame_duration
        context.sample_aspect_ratio = decoder.pixel_shape
        context.color_range, context.colorspace = encodable.color_range, encodable.colorspace
        context.color_primaries, context.color_trc = frame.color_primaries, frame.color_trc
        if matrix := frame.side_data.get("DISPLAYMATRIX"):  # how it is turned and mirrored
            stream.set_display_matrix(np.frombuffer(memoryview(cast(Buffer, matrix)), np.int32).tolist())
        return stream

    def _add_track(self, track: Track) -> AudioStream:
        stream = self._file.add_stream("aac", rate=track.rate, layout=track.layout)
        if track.language:
            stream.metadata["language"] = track.language
        return stream

    def _encode(self, until: float) -> None:
        """Encode the waiting frame, which is shown until the next one."""
        if not self._waiting:
            return
        time, frame = self._waiting
        stamp = max(self._next_stamp, round((time - self._start) / self._base))
        self._next_stamp = max(stamp + 1, round((until - self._start) / self._base))
        encodable = _encodable(frame, (self._picture.width, self._picture.height))
        encodable.pts, encodable.time_base, encodable.duration = stamp, self._base, self._next_stamp - stamp
        encodable.pict_type = 0  # that of the source must not be kept
        self._file.mux(self._picture.encode(encodable))
        self._waiting = None

    def _encode_sound(self, until: float) -> None:
        self._sound.read(until)
        for track, stream in self._tracks:
            begin, first, end = (round(seconds * track.rate) for seconds in (self._start, self._heard, until))
            if first < end:
                frame = AudioFrame.from_ndarray(track.take(first, end), "fltp", track.layout)
                frame.sample_rate, frame.pts, frame.time_base = track.rate, first - begin, Fraction(1, track.rate)
                self._file.mux(stream.encode(frame))
        self._heard = until


def _encodable(frame: VideoFrame, size: tuple[int, int] | None = None) -> VideoFrame:
    """Return the frame as 8-bit YUV 4:2:0 of an even size, in the colours that it has."""
    width, height = size or (max(2, frame.width // 2 * 2), max(2, frame.height // 2 * 2))
    if frame.colorspace == RGB:
        return frame.reformat(width, height, "yuv420p", dst_colorspace=BT709)
    return frame.reformat(width, height, "yuv420p")


if __name__ == "__main__":
    sys.exit(serve(_write_or_say_why_not))
