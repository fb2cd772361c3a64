"""Decodes an untrusted video file once, as a sequence of pictures in presentation order.

Knows nothing about shots. All options that protect against hostile files are set here.
"""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
import av.error
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from shotlens.cutting.errors import NoPicture, NotAVideo, OverTheLimit
from shotlens.cutting.options import CutOptions
from shotlens.cutting.picture import LONGEST_SIDE, Picture, reduce_frame
from shotlens.machine.cores import cores
from shotlens.shots.shot import Video

FORMATS = "mov,matroska,webm,avi,mpegts"
# Without the allowlists, a 48-byte text file can make the demuxer open another user's video.
OPEN_OPTIONS = {
    "protocol_whitelist": "file",
    "format_whitelist": FORMATS,
    "enable_drefs": "0",
    "use_absolute_path": "0",
}
# Frames are stored reduced, so the loop (deblocking) filter, up to a fifth of the decoding time, is skipped for some.
# Minimum PSNR against full decoding, at 640 pixels, in heavily compressed films (crf 34 to 36): 44 dB if it is skipped
# for bidirectional frames; if for all but keyframes, 39 dB when reduced to a third, but 36 dB when reduced less.
SKIP_FILTER, SKIP_FILTER_IF_LARGE = "bidir", "nokey"
LARGE = 3 * LONGEST_SIDE  # pixels: the longer side from which the filter is skipped for all but keyframes
# By default the decoder uses one thread more than there are cores. More keep it busy while a frame is taken from it.
THREADS = min(16, cores() + 3)


class Decoder:
    """An open video. Iterate over it once; after that, `video` has the true duration and number of frames.

    If the file breaks off in the middle, the iteration ends there and `warning` is set.
    Raises VideoError if the file cannot be opened, exceeds the limits, or yields no frame.
    """

    def __init__(self, path: Path, options: CutOptions, *, in_full: bool = False) -> None:
        """`in_full` decodes without the shortcuts that only show in large pictures."""
        self._options = options
        self._container = open_container(path)
        try:
            self._stream = _video_stream(self._container, options, in_full)
            self.video = _probe(self._container, self._stream)
            _check_limits(self.video, options)
        except BaseException:
            self._container.close()
            raise
        self.claimed_seconds = self.video.duration
        self.warning: str | None = None
        self.end = 0.0  # seconds: when the display of the latest frame ends
        self._first: float | None = None  # timestamp of the first frame, in seconds
        self._damaged_at: float | None = None  # seconds: the first place with damaged data

    def __enter__(self) -> "Decoder":
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._container.close()

    @property
    def pixel_shape(self) -> Fraction:
        """The width of a pixel over its height."""
        return self._stream.sample_aspect_ratio or Fraction(1)

    def __iter__(self) -> Iterator[Picture]:
        for index, time, frame in self.frames():
            yield reduce_frame(frame, index, time, (self.video.width, self.video.height))

    def frames(self) -> Iterator[tuple[int, float, VideoFrame]]:
        """Yield each frame as the decoder has it, with its number and its time in seconds."""
        index = 0
        for frame in self._frames():
            if index == 0:
                self._correct_size(frame)
            time = self._time(frame)
            if time > self._options.max_seconds:
                raise OverTheLimit(_too_long(time, self._options))
            yield index, time, frame
            index += 1
        if index == 0:
            raise NoPicture("No picture could be decoded from this video: the file is damaged or cut short.")
        self.video = replace(self.video, duration=round(self.end, 6), frames=index)
        self._warn_if_cut_short()

    def _frames(self) -> Iterator[VideoFrame]:
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets)
                frames = packet.decode()
            except StopIteration:
                return
            except av.error.EOFError:
                return
            except av.error.InvalidDataError:
                self._mark_damage()
                continue
            except av.error.FFmpegError as error:
                self.warning = f"The video breaks off at {self.end:.1f} s: {error.strerror}."
                return
            pictures = [frame for frame in frames if isinstance(frame, VideoFrame)]
            # Transport streams and AVI lose data without an error: only the affected packets or frames are marked.
            if packet.is_corrupt or any(picture.is_corrupt for picture in pictures):
                self._mark_damage()
            yield from pictures

    def _mark_damage(self) -> None:
        if self._damaged_at is None:
            self._damaged_at = self.end
            self.warning = f"The video is damaged at {self.end:.1f} s; what could not be decoded is missing."

    def _correct_size(self, frame: VideoFrame) -> None:
        """Replace the container's size with that of the first frame, which may be rotated."""
        width, height = _displayed(frame.width, frame.height, self._stream, frame.rotation)
        self.video = replace(self.video, width=width, height=height)

    def _time(self, frame: VideoFrame) -> float:
        """Return the seconds since the first frame, never decreasing; without a timestamp, count by the frame rate."""
        step = 1.0 / self.video.fps
        timestamp = float(frame.time) if frame.time is not None else None
        if self._first is None:
            self._first = timestamp or 0.0
            time = 0.0
        else:
            time = max(timestamp - self._first, self.end - step + 1e-6) if timestamp is not None else self.end
        duration = float(frame.duration * frame.time_base) if frame.duration and frame.time_base else step
        self.end = time + (duration if 0 < duration < 60 else step)
        return time

    def _warn_if_cut_short(self) -> None:
        # A stream without its own duration takes the container's, which the sound may lengthen by seconds.
        reliable = self._stream.duration or len(self._container.streams) == 1
        fraction, minimum = (0.02, 1.0) if reliable else (0.1, 3.0)
        broke_off = self.warning and self._damaged_at is None
        if not broke_off and self.end < self.claimed_seconds - max(minimum, fraction * self.claimed_seconds):
            ending = f"The video ends at {self.end:.1f} s, but says that it lasts {self.claimed_seconds:.1f} s."
            # A truncated file is also damaged at its last bytes, which need not be reported.
            earlier = self.warning if self._damaged_at is not None and self._damaged_at < self.end - 1 else None
            self.warning = f"{earlier} {ending}" if earlier else ending


def open_container(path: Path) -> InputContainer:
    if path.stat().st_size == 0:
        raise NotAVideo("The file is empty: send a video.")
    try:
        return av.open(str(path), options=OPEN_OPTIONS, metadata_errors="replace")
    except av.error.InvalidDataError as error:
        raise NotAVideo(
            "This is not a video that can be read, or the file is cut short: send a complete MP4, MOV, MKV, WebM, "
            "AVI or MPEG-TS file."
        ) from error
    except (av.error.FFmpegError, ValueError) as error:
        raise NotAVideo(f"The file cannot be opened as a video ({error}).") from error


def _video_stream(container: InputContainer, options: CutOptions, in_full: bool) -> VideoStream:
    streams = [stream for stream in container.streams.video if not _is_cover(stream)]
    if not streams:
        raise NoPicture("There is no video stream in this file, only sound or text: send a file with pictures.")
    stream = streams[0]
    large = max(stream.width, stream.height) >= LARGE
    skipped = {} if in_full else {"skip_loop_filter": SKIP_FILTER_IF_LARGE if large else SKIP_FILTER}
    # Set on the codec, it also covers a change of size in mid-stream; as a container option it is ignored.
    stream.codec_context.options = {"max_pixels": str(options.max_pixels)} | skipped
    stream.thread_type, stream.codec_context.thread_count = "AUTO", THREADS
    return stream


def _is_cover(stream: VideoStream) -> bool:
    """Return whether this is the cover picture of a music file."""
    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def _probe(container: InputContainer, stream: VideoStream) -> Video:
    rate = stream.average_rate or stream.guessed_rate or stream.base_rate
    fps = float(rate) if rate else 25.0
    if stream.duration and stream.time_base:
        duration = float(stream.duration * stream.time_base)
    else:
        duration = container.duration / av.time_base if container.duration else 0.0
    width, height = _displayed(stream.width, stream.height, stream, 0)
    return Video(max(0.0, duration), fps, width, height, stream.frames or round(max(0.0, duration) * fps))


def _displayed(width: int, height: int, stream: VideoStream, rotation: float) -> tuple[int, int]:
    """Return the size with square pixels, turned upright: non-square pixels change the width."""
    ratio = stream.sample_aspect_ratio
    if ratio and 0.1 < ratio < 10:
        width = max(1, round(width * ratio))
    return (height, width) if round(rotation / 90) % 2 else (width, height)


def _check_limits(video: Video, options: CutOptions) -> None:
    if video.width * video.height == 0:
        raise NoPicture("The video stream in this file does not give its size: the file is damaged or cut short.")
    if video.width * video.height > options.max_pixels:
        raise OverTheLimit(
            f"The picture is {video.width} by {video.height} pixels, more than the allowed "
            f"{options.max_pixels / 1e6:.1f} million: send a smaller version."
        )
    if video.fps > options.max_fps + 0.5:
        raise OverTheLimit(
            f"The video has {video.fps:.0f} frames per second, more than the allowed {options.max_fps:.0f}: "
            "send a version with fewer."
        )
    if video.duration > options.max_seconds:
        raise OverTheLimit(_too_long(video.duration, options))


def _too_long(seconds: float, options: CutOptions) -> str:
    limit = options.max_seconds / 60
    return f"The video is longer than the allowed {limit:.0f} minutes ({seconds / 60:.0f} or more): send it in parts."
