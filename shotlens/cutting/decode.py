"""A stranger's video file as a row of pictures, decoded once, in presentation order.

Knows nothing of shots. The options that make a hostile file harmless are here, and only here.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
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
from shotlens.shots.shot import Video

FORMATS = "mov,matroska,webm,avi,mpegts"
# Without the white lists a 48-byte text file makes the demuxer open another user's video.
OPEN_OPTIONS = {
    "protocol_whitelist": "file",
    "format_whitelist": FORMATS,
    "enable_drefs": "0",
    "use_absolute_path": "0",
}
# Pictures are stored reduced, so some are left without the smoothing of block edges, which takes up to a fifth of
# decoding. Likeness to the full decoding, at 640 pixels, in films compressed hard (crf 34 to 36), at least: 44 dB where
# none but neighbours lean on an unsmoothed picture; where only key pictures are smoothed, 39 dB reduced to a third, but
# 36 dB reduced by little.
UNSMOOTHED, UNSMOOTHED_IF_LARGE = "bidir", "nokey"
LARGE = 3 * LONGEST_SIDE  # pixels: the longest side from which all but key pictures are left so
# The decoder's own choice is one more than there are processors. More keep it going while a picture is taken from it.
THREADS = min(16, (os.cpu_count() or 1) + 3)


class Decoder:
    """An open video. Iterate over it once; then `video` tells the true duration and number of frames.

    A file that breaks in the middle ends the iteration there and sets `warning`.
    Raises VideoError when the file cannot be opened, is over the limits, or gives no picture.
    """

    def __init__(self, path: Path, options: CutOptions) -> None:
        self._options = options
        self._container = _open(path)
        try:
            self._stream = _video_stream(self._container, options)
            self.video = _facts(self._container, self._stream)
            _check(self.video, options)
        except BaseException:
            self._container.close()
            raise
        self.claimed_seconds = self.video.duration
        self.warning: str | None = None
        self.end = 0.0  # seconds: when the last picture given so far stops being shown
        self._first: float | None = None
        self._damage: float | None = None  # seconds: the first place where bytes were wrong

    def __enter__(self) -> "Decoder":
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._container.close()

    def __iter__(self) -> Iterator[Picture]:
        index = 0
        for frame in self._frames():
            if index == 0:
                self._see(frame)
            time = self._time(frame)
            if time > self._options.max_seconds:
                raise OverTheLimit(_too_long(time, self._options))
            yield reduce_frame(frame, index, time, (self.video.width, self.video.height))
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
                self._damaged()
                continue
            except av.error.FFmpegError as error:
                self.warning = f"The video breaks off at {self.end:.1f} s: {error.strerror}."
                return
            pictures = [frame for frame in frames if isinstance(frame, VideoFrame)]
            # Transport streams and AVI lose bytes without an error: they only mark what they touched.
            if packet.is_corrupt or any(picture.is_corrupt for picture in pictures):
                self._damaged()
            yield from pictures

    def _damaged(self) -> None:
        if self._damage is None:
            self._damage = self.end
            self.warning = f"The video is damaged at {self.end:.1f} s; what could not be decoded is missing."

    def _see(self, frame: VideoFrame) -> None:
        """Correct what the container said by what the first picture shows: its size and how it is turned."""
        width, height = _displayed(frame.width, frame.height, self._stream, frame.rotation)
        self.video = replace(self.video, width=width, height=height)

    def _time(self, frame: VideoFrame) -> float:
        """Seconds from the first picture; never backwards, and counted by the rate where there is no timestamp."""
        step = 1.0 / self.video.fps
        shown = float(frame.time) if frame.time is not None else None
        if self._first is None:
            self._first = shown or 0.0
            time = 0.0
        else:
            time = max(shown - self._first, self.end - step + 1e-6) if shown is not None else self.end
        lasts = float(frame.duration * frame.time_base) if frame.duration and frame.time_base else step
        self.end = time + (lasts if 0 < lasts < 60 else step)
        return time

    def _warn_if_cut_short(self) -> None:
        # Without a length of its own the stream's is the container's, which sound may lengthen by seconds.
        alone = self._stream.duration or len(self._container.streams) == 1
        share, least = (0.02, 1.0) if alone else (0.1, 3.0)
        broke_off = self.warning and self._damage is None
        if not broke_off and self.end < self.claimed_seconds - max(least, share * self.claimed_seconds):
            ends = f"The video ends at {self.end:.1f} s, but says that it lasts {self.claimed_seconds:.1f} s."
            # A file that was cut off is damaged at its last bytes too, which is no news.
            earlier = self.warning if self._damage is not None and self._damage < self.end - 1 else None
            self.warning = f"{earlier} {ends}" if earlier else ends


def _open(path: Path) -> InputContainer:
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


def _video_stream(container: InputContainer, options: CutOptions) -> VideoStream:
    streams = [stream for stream in container.streams.video if not _is_cover(stream)]
    if not streams:
        raise NoPicture("There is no video stream in this file, only sound or text: send a file with pictures.")
    stream = streams[0]
    large = max(stream.width, stream.height) >= LARGE
    smoothing = {"skip_loop_filter": UNSMOOTHED_IF_LARGE if large else UNSMOOTHED}
    # On the codec it also holds for a change of size in mid-stream; as an option of the container it is ignored.
    stream.codec_context.options = {"max_pixels": str(options.max_pixels)} | smoothing
    stream.thread_type, stream.codec_context.thread_count = "AUTO", THREADS
    return stream


def _is_cover(stream: VideoStream) -> bool:
    """Say whether this is the cover picture of a piece of music."""
    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def _facts(container: InputContainer, stream: VideoStream) -> Video:
    rate = stream.average_rate or stream.guessed_rate or stream.base_rate
    fps = float(rate) if rate else 25.0
    if stream.duration and stream.time_base:
        duration = float(stream.duration * stream.time_base)
    else:
        duration = container.duration / av.time_base if container.duration else 0.0
    width, height = _displayed(stream.width, stream.height, stream, 0)
    return Video(max(0.0, duration), fps, width, height, stream.frames or round(max(0.0, duration) * fps))


def _displayed(width: int, height: int, stream: VideoStream, rotation: float) -> tuple[int, int]:
    """Return the size with square pixels and turned upright: pixels wider than high widen the picture."""
    ratio = stream.sample_aspect_ratio
    if ratio and 0.1 < ratio < 10:
        width = max(1, round(width * ratio))
    return (height, width) if round(rotation / 90) % 2 else (width, height)


def _check(video: Video, options: CutOptions) -> None:
    if video.width * video.height == 0:
        raise NoPicture("The video stream of this file says nothing of its size: the file is damaged or cut short.")
    if video.width * video.height > options.max_pixels:
        raise OverTheLimit(
            f"The picture is {video.width} by {video.height} pixels; at most {options.max_pixels / 1e6:.1f} million "
            "are taken: send a smaller version."
        )
    if video.fps > options.max_fps + 0.5:
        raise OverTheLimit(
            f"The video has {video.fps:.0f} frames per second; at most {options.max_fps:.0f} are taken: "
            "send a slower version."
        )
    if video.duration > options.max_seconds:
        raise OverTheLimit(_too_long(video.duration, options))


def _too_long(seconds: float, options: CutOptions) -> str:
    most = options.max_seconds / 60
    return f"The video is longer than {most:.0f} minutes ({seconds / 60:.0f} were found): send it in parts."
