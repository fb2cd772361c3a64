"""The audio tracks of a video on the timeline of its picture, as samples. Read apart from the picture."""

from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import av.error
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from numpy.typing import NDArray

from shotlens.cutting.container import open_container
from shotlens.cutting.options import CutOptions

RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000)  # that AAC has
USUAL_RATE = 48000
LAYOUTS = {1: "mono", 6: "5.1"}  # by the number of channels; all others become stereo
MOST_TRACKS = 16
SLACK = 0.1  # seconds by which times may be off without a gap in the sound
JUMP = 10.0  # seconds: a longer gap, or a step back, is a clock that starts anew
AHEAD = 30.0  # seconds that are kept of one track while another one brings nothing

Samples = NDArray[np.float32]  # (channels, samples)


class Track:
    """One audio track; what is missing of it is silent."""

    def __init__(self, stream: AudioStream) -> None:
        self.rate = stream.rate if stream.rate in RATES else USUAL_RATE
        self.layout = LAYOUTS.get(stream.channels, "stereo")
        self.language = stream.language
        self.seconds = 0.0  # up to which it is read
        self.zero = 0.0  # the container's time at which the timeline of the picture begins
        self._resampler = self._new_resampler()
        self._pieces: deque[tuple[int, Samples]] = deque()  # each with the number of its first sample
        self._end: int | None = None  # the sample after the last one

    def add(self, frame: AudioFrame) -> None:
        """Add the next decoded frame."""
        try:
            parts = self._resampler.resample(frame)
        except ValueError:  # the format has changed
            self._resampler = self._new_resampler()
            parts = self._resampler.resample(frame)
        first = self._place(frame.time)
        for part in parts:
            samples = np.asarray(part.to_ndarray(), np.float32)
            self._pieces.append((first, samples))
            first += samples.shape[1]
        self._end = first
        self.seconds = first / self.rate

    def take(self, first: int, end: int) -> Samples:
        """Return the samples `[first, end)`; those before `end` are forgotten."""
        channels = {"mono": 1, "5.1": 6}.get(self.layout, 2)
        taken = np.zeros((channels, end - first), np.float32)
        for start, samples in self._pieces:
            low, high = max(start, first), min(start + samples.shape[1], end)
            if low < high:
                taken[:, low - first : high - first] = samples[:, low - start : high - start]
        while self._pieces and self._pieces[0][0] + self._pieces[0][1].shape[1] <= end:
            self._pieces.popleft()
        return taken

    def _new_resampler(self) -> AudioResampler:
        return AudioResampler("fltp", self.layout, self.rate)

    def _place(self, time: float | None) -> int:
        """Return the number of the first sample of a frame with this time, which continues the track if it can."""
        if time is None:
            return self._end or 0
        first = round((time - self.zero) * self.rate)
        if self._end is None:
            return first
        gap = (first - self._end) / self.rate
        if -SLACK <= gap <= SLACK:
            return self._end
        if gap < -SLACK or gap > JUMP:
            self.zero += gap
            return self._end
        return first


class Sound:
    """All audio tracks of a file. Errors in them are silence."""

    def __init__(self, path: Path, options: CutOptions) -> None:
        self._container = open_container(path, options)
        streams = [stream for stream in self._container.streams.audio if stream.codec_context][:MOST_TRACKS]
        self._by_stream = {stream.index: Track(stream) for stream in streams if stream.rate}
        self.tracks = list(self._by_stream.values())
        self._frames = self._decode([stream for stream in streams if stream.rate])
        self._ended = not self.tracks

    def __enter__(self) -> "Sound":
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._container.close()

    def align(self, zero: float) -> None:
        """Say at which time of the container the timeline of the picture begins. Call this before `read`."""
        for track in self.tracks:
            track.zero = zero

    def read(self, until: float) -> None:
        """Read every track up to a time in seconds."""
        while not self._ended and min(track.seconds for track in self.tracks) < until:
            if max(track.seconds for track in self.tracks) > until + AHEAD:
                return
            self._ended = not next(self._frames, False)

    def _decode(self, streams: list[AudioStream]) -> Iterator[bool]:
        """Decode a packet at a time, up to the end."""
        packets = self._container.demux(streams)
        while True:
            with suppress(av.error.InvalidDataError):
                packet = next(packets, None)
                if packet is None:
                    return
                for frame in packet.decode():
                    if isinstance(frame, AudioFrame):
                        self._by_stream[packet.stream.index].add(frame)
            yield True
