"""Decodes an untrusted video file once, as a sequence of pictures in presentation order. Knows nothing about shots."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
import av.error
from av.packet import Packet
from av.stream import Discard, Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from shotlens.cutting.clock import Clock
from shotlens.cutting.container import open_container
from shotlens.cutting.damage import Damage
from shotlens.cutting.encryption import check_clear
from shotlens.cutting.errors import NoPicture, OverTheLimit
from shotlens.cutting.limits import check_size, coded_pixels, refused_size, threads
from shotlens.cutting.options import CutOptions
from shotlens.cutting.picture import LONGEST_SIDE, Picture, reduce_frame
from shotlens.cutting.shape import Shape
from shotlens.cutting.streams import audio_tracks, claimed_end, films, shown, start_timecode, valid_timecode
from shotlens.shots.shot import Video

# Frames are stored reduced, so the loop (deblocking) filter, up to a fifth of the decoding time, is skipped for some.
# Minimum PSNR against full decoding, at 640 pixels, in heavily compressed films (crf 34 to 36): 44 dB if it is skipped
# for bidirectional frames; if for all but keyframes, 39 dB when reduced to a third, but 36 dB when reduced less.
SKIP_FILTER, SKIP_FILTER_IF_LARGE = "bidir", "nokey"
LARGE = 3 * LONGEST_SIDE  # pixels: the longer side from which the filter is skipped for all but keyframes
FIRST_MEASURED = 32  # frames: the rate is measured after these, and each time that their number has doubled
SURE = 60.0  # seconds of film, after which the length of the rest can be estimated


class Decoder:
    """An open video. Iterate over it once; after that, `video` has the true duration, rate and number of frames.

    If data is missing, `warning` says so after the iteration. If the file breaks off, the iteration ends there.
    Raises VideoError if the file cannot be opened, exceeds the limits, or yields no frame.
    """

    def __init__(self, path: Path, options: CutOptions, *, in_full: bool = False) -> None:
        """`in_full` decodes without the shortcuts that only show in large pictures."""
        self._options = options
        self._container = open_container(path, options)
        try:
            self._stream = shown(self._container)
            _set_up(self._stream, options, in_full)
            self._shape = Shape(self._stream)
            self._clock = Clock(self._container, self._stream, options.max_fps)
            self._claimed_end = claimed_end(self._container, self._stream)  # seconds on the file's own clock
            self.video = self._probe()
            _check_limits(self.video, options)
        except BaseException:
            self._container.close()
            raise
        self.warning: str | None = None
        self._damage = Damage(self._clock.may_jump)
        self._size = self._container.size
        self._position = 0  # bytes: where the latest packet ends
        self._others_end = 0.0  # seconds, file's own clock: when the other streams end, as far as they are read
        self._outsized: OverTheLimit | None = None  # why nothing was decoded lately

    def __enter__(self) -> "Decoder":
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._container.close()

    def __iter__(self) -> Iterator[Picture]:
        for index, time, frame in self.frames():
            size = self._follow_size(frame, index)
            yield reduce_frame(frame, index, time, size, self._shape.orientation)

    def frames(self) -> Iterator[tuple[int, float, VideoFrame]]:
        """Yield each frame as the decoder has it, with its number and its time in seconds."""
        index = 0
        for frame in self._frames():
            time = self._clock.time(frame)
            if index == 0:
                self._correct_timecode(frame, time)
            elif index >= FIRST_MEASURED and index.bit_count() == 1:
                self._measure_rate()
            check_size(frame.width, frame.height, self._options)
            self._check_duration(time)
            yield index, time, frame
            index += 1
        if self._outsized:
            raise self._outsized
        if index == 0:
            raise NoPicture("No picture could be decoded from this video: the file is damaged or cut short.")
        self._measure_rate()
        self.video = replace(self.video, duration=round(self.end, 6), frames=index)
        self.warning = self._damage.sentence(self.end, self._missed_end())

    @property
    def time_base(self) -> Fraction:
        """Seconds in a unit of the frames' timestamps; frames that come at the end do not know it."""
        return self._stream.time_base or Fraction(1, 90_000)

    @property
    def pixel_shape(self) -> Fraction:
        """The width of a pixel over its height."""
        return self._stream.sample_aspect_ratio or Fraction(1)

    @property
    def end(self) -> float:
        """Seconds: when the display of the latest frame ends."""
        return self._clock.end

    @property
    def expected_seconds(self) -> float:
        """How long the video is if the rest of the file is like what has been read.

        The header is asked only if nothing tells how much has been read, as of an animated WebP.
        """
        if self._position and self._size > 0:
            return self.end * self._size / self._position
        claimed = self._claimed_end - self._clock.zero
        return claimed if claimed > 0 else float("inf")

    def _probe(self) -> Video:
        """Return what the header claims."""
        stream, container, fps = self._stream, self._container, self._clock.rate.fps
        duration = max(0.0, self._claimed_end - self._clock.zero)
        width, height = self._shape.claimed()
        return Video(
            duration,
            fps,
            width,
            height,
            stream.frames or round(duration * fps),
            timecode=start_timecode(container, stream),
            codec=stream.codec_context.codec.canonical_name,
            track=films(container).index(stream) + 1,
            tracks=len(films(container)),
            audio=audio_tracks(container),
        )

    def _frames(self) -> Iterator[VideoFrame]:
        try:
            for packet in self._packets():
                check_clear(packet)
                self._damage.read(packet, self._clock.join(packet), self.end)
                yield from self._decoded(packet)
            yield from self._decoded(None)  # what the decoder still holds
        except av.error.MemoryError:
            raise
        except av.error.FFmpegError as error:
            self._damage.break_off(error)

    def _packets(self) -> Iterator["Packet[Stream]"]:
        """Read the packets of the stream, up to the end of the file or to where it breaks off."""
        try:
            for packet in self._container.demux(self._streams_to_read()):
                if packet.pos is not None:
                    self._position = max(self._position, packet.pos + packet.size)
                if packet.stream is not self._stream:
                    self._others_end = max(self._others_end, _end(packet))
                elif packet.size:  # the last one, of the end, is empty
                    yield packet
        except av.error.InvalidDataError:
            self._damage.suspect(self.end)
        except av.error.FFmpegError as error:
            self._damage.break_off(error)

    def _streams_to_read(self) -> list[Stream]:
        """Return the stream; with all others if its end is not known, but only that of the last of them."""
        if not self._stream.duration:
            return list(self._container.streams)
        # In a file that breaks off and is not interleaved, the sound may be missing where the picture is not.
        for other in self._container.streams:
            other.discard = Discard.none if other is self._stream else Discard.all
        return [self._stream]

    def _decoded(self, packet: "Packet[Stream] | None") -> Iterator[VideoFrame]:
        try:
            frames = self._stream.codec_context.decode(packet)
        except av.error.EOFError:
            return
        except (av.error.InvalidDataError, av.error.ArgumentError, av.error.MemoryError) as error:
            self._outsized = self._outsized or refused_size(error, self._stream.codec_context, self._options)
            if isinstance(error, av.error.MemoryError) and not self._outsized:
                raise
            return self._damage.suspect(self.end)
        # Transport streams and AVI lose data without an error: only the affected packets or frames are marked.
        if any(frame.is_corrupt for frame in frames):
            self._damage.suspect(self.end)
        self._outsized = None if frames else self._outsized
        yield from frames

    def _follow_size(self, frame: VideoFrame, index: int) -> tuple[int, int]:
        """Return the size at which a frame is shown; the video has the largest, whatever the container says."""
        width, height = self._shape.of(frame)
        if index == 0 or width * height > self.video.width * self.video.height:
            self.video = replace(self.video, width=width, height=height)
        return width, height

    def _correct_timecode(self, frame: VideoFrame, time: float) -> None:
        """Take the timecode of the first frame, if the header has none."""
        if not self.video.timecode and not time:
            self.video = replace(self.video, timecode=valid_timecode(frame.metadata.get("timecode")))

    def _measure_rate(self) -> None:
        rate = self._clock.rate
        rate.measure()
        self.video = replace(self.video, fps=rate.fps, variable=rate.variable)
        if rate.fps > self._options.max_fps + 0.5:
            raise OverTheLimit(
                f"The video has {rate.fps:.0f} frames per second, more than the allowed {self._options.max_fps:.0f}: "
                "send a version with fewer."
            )

    def _missed_end(self) -> float | None:
        """Return when the video should end, if much of it is missing."""
        claimed = self._claimed_end - self._clock.zero
        read = max(self.end, self._others_end - self._clock.zero)
        whole = self._stream.frames and self.video.frames >= self._stream.frames
        estimated = self._clock.jumped or self._clock.may_jump
        return claimed if read < claimed - max(1.0, 0.02 * claimed) and not whole and not estimated else None

    def _check_duration(self, time: float) -> None:
        limit = self._options.max_seconds
        # Refuse a film of five hours after a minute rather than after three hours, but only if both agree on it.
        expected = min(self._claimed_end - self._clock.zero, self.expected_seconds) if time > SURE else 0.0
        if max(time, expected) > limit:
            raise OverTheLimit(
                f"The video is longer than the allowed {limit / 60:.0f} minutes ({max(time, expected) / 60:.0f} or "
                "more): send it in parts."
            )


def _set_up(stream: VideoStream, options: CutOptions, in_full: bool) -> None:
    large = max(stream.width, stream.height) >= LARGE
    skipped = {} if in_full else {"skip_loop_filter": SKIP_FILTER_IF_LARGE if large else SKIP_FILTER}
    # Set on the codec, it also covers a change of size in mid-stream; as a container option it is ignored.
    stream.codec_context.options = {"max_pixels": str(coded_pixels(options))} | skipped
    stream.thread_type, stream.codec_context.thread_count = "AUTO", threads(stream)


def _end(packet: "Packet[Stream]") -> float:
    """Return when the display of a packet ends, in seconds on the file's own clock."""
    return float(((packet.pts or 0) + (packet.duration or 0)) * (packet.time_base or 0))


def _check_limits(video: Video, options: CutOptions) -> None:
    if video.width * video.height == 0:
        raise NoPicture("The video stream in this file does not give its size: the file is damaged or cut short.")
    check_size(video.width, video.height, options)
