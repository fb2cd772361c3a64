"""Frame rates as the exact fractions that editing programs use, and their timecodes. Knows nothing about shots."""

from dataclasses import dataclass
from fractions import Fraction

NTSC = Fraction(1000, 1001)
DROP_FRAME = (30 * NTSC, 60 * NTSC)  # SMPTE ST 12 defines drop-frame for these two only, never for 23.976
TOLERANCE = 4e-4  # relative: less than half the distance between a whole rate and its NTSC counterpart
COMMON_RATES = (24, 25, 30, 50, 60)


@dataclass(frozen=True, slots=True)
class Rate:
    """An exact frame rate."""

    fps: Fraction  # frames per second

    @property
    def whole(self) -> int:
        """The whole rate at which timecode counts: 24 for 24000/1001."""
        return round(self.fps)

    @property
    def drop(self) -> bool:
        return self.fps in DROP_FRAME

    def frame(self, seconds: float) -> int:
        """Return the frame whose start is nearest to a time."""
        return round(seconds * self.fps)

    def timecode(self, frame: int) -> str:
        """Write HH:MM:SS:FF, or HH:MM:SS;FF for drop-frame timecode, which keeps up with the clock."""
        if self.drop:
            frame = _without_dropped(frame, self.whole)
        seconds, frames = divmod(frame, self.whole)
        separator = ";" if self.drop else ":"
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{separator}{frames:02d}"


def rate_of(fps: float) -> Rate:
    """Return the rate that a measured average stands for: a whole rate, or 1000/1001 of one.

    Any other average comes from a variable rate: editing programs place such a video on a common rate by its times.
    """
    whole = max(1, round(fps))
    for exact in (Fraction(whole), whole * NTSC):
        if abs(fps / exact - 1) < TOLERANCE:
            return Rate(exact)
    return Rate(Fraction(min(COMMON_RATES, key=lambda common: max(fps, common) / min(fps, common))))


def _without_dropped(frame: int, whole: int) -> int:
    """Convert to drop-frame numbering: skip the first 2 of 30 (4 of 60) numbers of each minute except every tenth."""
    skipped = whole // 15
    tens, remainder = divmod(frame, 600 * whole - 9 * skipped)
    minutes = max(0, (remainder - skipped) // (60 * whole - skipped))
    return frame + skipped * (9 * tens + minutes)
