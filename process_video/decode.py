"""A stranger's video file as a row of reduced pictures, decoded once, in presentation order.

Knows nothing of shots. The options that make a hostile file harmless are here, and only here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType

import av
import av.error
import cv2
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from jobs.shot import Video
from process_video.errors import NoPicture, NotAVideo, OverTheLimit

FORMATS = "mov,matroska,webm,avi,mpegts"
# Without the white lists a 48-byte text file makes the demuxer open another user's video.
OPEN_OPTIONS = {
    "protocol_whitelist": "file",
    "format_whitelist": FORMATS,
    "enable_drefs": "0",
    "use_absolute_path": "0",
}
LONGEST_SIDE = 640  # pixels of a reduced picture
EIGHT_BIT_PLANAR = {"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "yuva420p"}
FULL_RANGE = 2  # AVCOL_RANGE_JPEG
BT709, BT601 = (0.2126, 0.0722), (0.299, 0.114)  # weights of red and blue in luma
COLORSPACE_BT709, COLORSPACE_UNKNOWN = 1, 2
HD_HEIGHT = 720  # an unmarked picture this high is BT.709, as players take it


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that a video may ask for."""

    pixels: int = 8_300_000
    fps: float = 120.0
    seconds: float = 3 * 3600.0
    shots: int = 10_000


@dataclass(frozen=True, slots=True)
class Picture:
    """One decoded picture, reduced and upright."""

    index: int  # from 0 in presentation order
    time: float  # seconds from the first picture
    planes: tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]  # luma (H, W), chroma (H/2, W/2) twice
    to_bgr: NDArray[np.float64]  # (3, 4): from (Y, U, V, 1) to (B, G, R)

    @property
    def luma(self) -> NDArray[np.uint8]:
        return self.planes[0]

    def grey(self, width: int, height: int) -> NDArray[np.uint8]:
        """Return the luma alone, reduced: (height, width) uint8."""
        return _resize(self.luma, (width, height))

    def bgr(self, width: int, height: int) -> NDArray[np.uint8]:
        """Return the picture in colour: (height, width, 3) uint8, BGR."""
        size = (width, height)
        yuv = cv2.merge([_resize(plane, size) for plane in self.planes])
        # In float: cv2's fixed point on uint8 rounds the three apart, and grey that is not quite grey has a wild hue.
        bgr = cv2.transform(yuv.astype(np.float32), self.to_bgr)
        return np.asarray(cv2.add(bgr, 0, dtype=cv2.CV_8U), np.uint8)  # type: ignore[call-overload]  # rounds, saturates


class Decoder:
    """An open video. Iterate over it once; then `video` tells the true duration and number of frames.

    A file that breaks in the middle ends the iteration there and sets `warning`.
    Raises VideoError when the file cannot be opened, is over the limits, or gives no picture.
    """

    def __init__(self, path: Path, limits: Limits) -> None:
        self._limits = limits
        self._container = _open(path)
        try:
            self._stream = _video_stream(self._container, limits)
            self.video = _facts(self._container, self._stream)
            _check(self.video, limits)
        except BaseException:
            self._container.close()
            raise
        self.claimed_seconds = self.video.duration
        self.warning: str | None = None
        self.end = 0.0  # seconds: when the last picture given so far stops being shown
        self._first: float | None = None

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
            if time > self._limits.seconds:
                raise OverTheLimit(_too_long(time, self._limits))
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
                self.warning = f"The video is damaged at {self.end:.1f} s; what could not be decoded is missing."
                continue
            except av.error.FFmpegError as error:
                self.warning = f"The video breaks off at {self.end:.1f} s: {error.strerror}."
                return
            yield from (frame for frame in frames if isinstance(frame, VideoFrame))

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
        share, least = (0.02, 1.0) if self._stream.duration else (0.1, 3.0)
        if not self.warning and self.end < self.claimed_seconds - max(least, share * self.claimed_seconds):
            self.warning = f"The video ends at {self.end:.1f} s, but says that it lasts {self.claimed_seconds:.1f} s."


def reduce_frame(frame: VideoFrame, index: int, time: float, displayed: tuple[int, int]) -> Picture:
    """Reduce a decoded frame by area to the longest side, with square pixels, turned upright."""
    width, height = reduced_size(*displayed)
    turns = round(frame.rotation / 90) % 4
    size = (height, width) if turns % 2 else (width, height)
    if frame.format.name not in EIGHT_BIT_PLANAR:
        frame = frame.reformat(width=size[0], height=size[1], format="yuv420p", interpolation="AREA")
    luma, *chroma = (_plane(frame, number) for number in range(3))
    half = (size[0] // 2, size[1] // 2)
    planes = (_resize(luma, size), _resize(chroma[0], half), _resize(chroma[1], half))
    if turns:
        planes = tuple(np.ascontiguousarray(np.rot90(plane, turns)) for plane in planes)  # type: ignore[assignment]
    return Picture(index, time, planes, yuv_to_bgr(frame))


def reduced_size(width: int, height: int, longest: int = LONGEST_SIDE) -> tuple[int, int]:
    """Return even width and height of the same shape, the longest side at most `longest`, never enlarged."""
    factor = min(1.0, longest / max(width, height))
    return max(2, round(width * factor / 2) * 2), max(2, round(height * factor / 2) * 2)


def yuv_to_bgr(frame: VideoFrame) -> NDArray[np.float64]:
    """Return the (3, 4) matrix from (Y, U, V, 1) to (B, G, R) that this frame's range and primaries ask for."""
    hd = frame.colorspace == COLORSPACE_BT709 or (
        frame.colorspace in (0, COLORSPACE_UNKNOWN) and frame.height >= HD_HEIGHT
    )
    red, blue = BT709 if hd else BT601
    green = 1 - red - blue
    full = frame.color_range == FULL_RANGE or frame.format.name.startswith("yuvj")
    luma, chroma, black = (1.0, 1.0, 0.0) if full else (255 / 219, 255 / 224, 16.0)
    u_blue, v_red = 2 * (1 - blue) * chroma, 2 * (1 - red) * chroma
    u_green, v_green = -u_blue * blue / green, -v_red * red / green
    # Coefficients of 12 binary digits, whose sums are exact in float32: grey comes out the same in all three.
    rows = np.round(np.array([[luma, u_blue, 0.0], [luma, u_green, v_green], [luma, 0.0, v_red]]) * 4096) / 4096
    return np.hstack([rows, -rows @ np.array([[black], [128.0], [128.0]])])


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


def _video_stream(container: InputContainer, limits: Limits) -> VideoStream:
    streams = [stream for stream in container.streams.video if not _is_cover(stream)]
    if not streams:
        raise NoPicture("There is no video stream in this file, only sound or text: send a file with pictures.")
    stream = streams[0]
    # On the codec it also holds for a change of size in mid-stream; as an option of the container it is ignored.
    stream.codec_context.options = {"max_pixels": str(limits.pixels)}
    stream.thread_type = "AUTO"
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


def _check(video: Video, limits: Limits) -> None:
    if video.width * video.height == 0:
        raise NoPicture("The video stream of this file says nothing of its size: the file is damaged or cut short.")
    if video.width * video.height > limits.pixels:
        raise OverTheLimit(
            f"The picture is {video.width} by {video.height} pixels; at most {limits.pixels / 1e6:.1f} million are "
            "taken: send a smaller version."
        )
    if video.fps > limits.fps + 0.5:
        raise OverTheLimit(
            f"The video has {video.fps:.0f} frames per second; at most {limits.fps:.0f} are taken: "
            "send a slower version."
        )
    if video.duration > limits.seconds:
        raise OverTheLimit(_too_long(video.duration, limits))


def _too_long(seconds: float, limits: Limits) -> str:
    return (
        f"The video is longer than {limits.seconds / 60:.0f} minutes ({seconds / 60:.0f} were found): send it in parts."
    )


def _plane(frame: VideoFrame, number: int) -> NDArray[np.uint8]:
    """View one plane of the decoder's own memory as (H, W), without its padding."""
    plane = frame.planes[number]
    rows: NDArray[np.uint8] = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width]


def _resize(plane: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Reduce by area; also copies, so that nothing points into the decoder's memory afterwards."""
    if (plane.shape[1], plane.shape[0]) == size:
        return plane.copy()
    shrinks = plane.shape[1] >= size[0] and plane.shape[0] >= size[1]
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR))
