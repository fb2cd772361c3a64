"""The clock of a file: timestamps that may start anywhere, jump or restart, as seconds from where players start.

Knows nothing about pictures.
"""

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from shotlens.cutting.rate import EVEN, Rate

LAST_STAMP = (1 << 63) - 1
TS_DISCONT = 0x200  # FFmpeg's flag of a container whose clock may restart or jump
# If decoding times run backwards by more, or presentation times are farther away, another clock is running. FFmpeg has
# the same bounds for MPEG streams; other files may well show one picture for minutes.
BACK, AHEAD, AHEAD_IN_A_FILE = 0.1, 10.0, 3600.0  # seconds


class Clock:
    """Puts the packets of a stream, in decoding order, and its frames, in presentation order, onto one timeline."""

    def __init__(self, container: InputContainer, stream: VideoStream, max_fps: float) -> None:
        assert stream.time_base
        self._tick = float(stream.time_base)
        self._claimed = [float(one) for one in (stream.average_rate, stream.guessed_rate, stream.base_rate) if one]
        self.may_jump = bool(container.format.flags & TS_DISCONT)
        self._counts = container.format.name == "avi"  # which has no presentation times: FFmpeg guesses at them
        self._longest = AHEAD if self.may_jump else AHEAD_IN_A_FILE
        self.rate = Rate(self._claimed, self._tick, max_fps)
        self.zero = (container.start_time or 0) / av.time_base  # seconds on the file's own clock: where players start
        self.jumped = False  # whether the file's own clock did
        self._read: int | None = None  # ticks, file's own clock: when the latest packet is decoded
        self._shift = 0  # ticks: what is added to timestamps since the latest jump
        self._shown = 0  # ticks: when the display of all packets so far ends
        self._duration = 0.0  # seconds: of the latest packet
        self._decoded: int | None = None  # ticks: when the latest frame was decoded
        self._time: float | None = None  # seconds: when the latest frame is shown

    def join(self, packet: "Packet[Stream]") -> bool:
        """Shift the timestamps of the next packet so that they follow on; return whether the file's clock jumped."""
        jumped = self._jumps(packet)
        self.jumped = self.jumped or jumped
        self._duration = (packet.duration or 0) * self._tick
        if packet.pts is not None:
            self._shift = self._shown - packet.pts if jumped else self._shift
            packet.pts = _stamp(packet.pts + self._shift)
            step = self._duration if 0 < self._duration <= self._longest else self.rate.step
            ends = packet.pts + round(step / self._tick)
            self._shown = ends if self._read is None else max(self._shown, ends)
        if packet.dts is not None:
            self._read = packet.dts
            packet.dts = _stamp(packet.dts + self._shift)
        return jumped

    def time(self, frame: VideoFrame) -> float:
        """Return when the next frame is shown, in seconds: later than the one before it."""
        if self._time is None:
            time = self._first(frame.pts)
        else:
            counted = self._counts or frame.pts is None
            own = 0.0 if counted or frame.pts is None else frame.pts * self._tick - self.zero
            time = self._time + self._step(frame.dts) if counted else max(own, self._time + 1e-6)
            self.rate.add(time - self._time)
        self._time, self._decoded = time, frame.dts
        return time

    @property
    def end(self) -> float:
        """Seconds: when the display of the latest frame ends."""
        if self._time is None:
            return 0.0
        # Durations follow the order of decoding, so that the last packet's is that of the last frame. For what the file
        # does not tell, FFmpeg fills in the header's rate.
        filled_in = any(abs(self._duration * rate - 1) < EVEN for rate in self._claimed)
        own = not filled_in and 0 < self._duration <= self._longest
        return self._time + (self._duration if own else self.rate.step)

    def _jumps(self, packet: "Packet[Stream]") -> bool:
        if packet.pts is None or packet.dts is None or self._read is None:
            return False
        back, away = self._read - packet.dts, abs(packet.pts + self._shift - self._shown)
        return back * self._tick > BACK or away * self._tick > self._longest

    def _first(self, stamp: int | None) -> float:
        """Return when the first frame is shown. A player that waits for less than a frame does not wait."""
        if stamp is None:
            return 0.0
        late = stamp * self._tick - self.zero
        if not self.rate.step * (1 + EVEN) < late <= self._longest:
            self.zero = stamp * self._tick
            return 0.0
        return late

    def _step(self, decoded: int | None) -> float:
        """Return the seconds from the latest frame to the next, by the times at which they are decoded."""
        step = (decoded - self._decoded) * self._tick if decoded is not None and self._decoded is not None else 0.0
        return step if 0 < step <= self._longest else self.rate.step


def _stamp(ticks: int) -> int:
    """Return what fits into a timestamp: a hostile file may count as far as it goes."""
    return max(-LAST_STAMP, min(ticks, LAST_STAMP))
