"""What is missing of a video, told in one sentence. Knows nothing about pictures."""

from av.error import FFmpegError
from av.packet import Packet
from av.stream import Stream

JOIN = 16  # packets: a decoder and FFmpeg's parser tell of a loss that much before the packet that follows it


class Damage:
    """Collects the signs of lost data. What is missing only because a recording starts or ends there is no damage."""

    def __init__(self, may_jump: bool) -> None:
        """`may_jump`: recordings in this container are cut and joined anywhere, by their bytes."""
        self._may_jump = may_jump
        self._at: float | None = None  # seconds: the first place with damaged data
        self._broken_off: str | None = None
        self._suspected: float | None = None  # seconds: a place that is damaged unless a recording ends there
        self._packets = 0  # since then
        self._waiting = True  # for the first keyframe of a recording, which may start between two

    def read(self, packet: "Packet[Stream]", joined: bool, now: float) -> None:
        """Take note of the next packet; `joined`: another recording starts with it; `now` is the time, in seconds."""
        if joined:
            self._suspected, self._waiting = None, True
        self._waiting = self._waiting and not packet.is_keyframe
        self._packets += 1
        if self._packets > JOIN:
            self._confirm()
        if packet.is_corrupt:
            self.suspect(now)

    def suspect(self, now: float) -> None:
        """Take note that something could not be decoded."""
        if not self._waiting and self._suspected is None:
            self._suspected, self._packets = now, 0

    def break_off(self, error: FFmpegError) -> None:
        """Take note that no more can be read."""
        self._broken_off = error.strerror

    def sentence(self, end: float, claimed: float | None) -> str | None:
        """Return what is missing of a video that ends at `end` seconds; `claimed` is its true end, if that is later."""
        if not self._may_jump:
            self._confirm()
        if self._broken_off:
            return f"The video breaks off at {end:.1f} s: {self._broken_off}."
        # A truncated file is also damaged at its last bytes, which need not be reported.
        told = self._at is not None and (claimed is None or self._at < end - 1)
        damaged = f"The video is damaged at {self._at:.1f} s; what could not be decoded is missing." if told else None
        ending = f"The video ends at {end:.1f} s, but says that it lasts {claimed:.1f} s." if claimed else None
        return " ".join(filter(None, (damaged, ending))) or None

    def _confirm(self) -> None:
        if self._at is None:
            self._at = self._suspected
