"""Frame rates as the exact fractions that editors count with, and their timecodes. Knows no shot."""

from dataclasses import dataclass
from fractions import Fraction

NTSC = Fraction(1000, 1001)
DROP = (30 * NTSC, 60 * NTSC)  # SMPTE ST 12 drops numbers at these two alone; 23.976 never
NEAR = 4e-4  # below half of what lies between a whole rate and its NTSC sister
COMMON = (24, 25, 30, 50, 60)


@dataclass(frozen=True, slots=True)
class Rate:
    """How many frames a second has, exactly."""

    fps: Fraction

    @property
    def whole(self) -> int:
        """The rate that timecode counts at: 24 for 24000/1001."""
        return round(self.fps)

    @property
    def drop(self) -> bool:
        return self.fps in DROP

    def frame(self, seconds: float) -> int:
        """Return the frame that begins nearest to a time."""
        return round(seconds * self.fps)

    def timecode(self, frame: int) -> str:
        """Write HH:MM:SS:FF, or HH:MM:SS;FF where numbers are dropped so that it keeps up with the clock."""
        if self.drop:
            frame = _without_dropped(frame, self.whole)
        seconds, frames = divmod(frame, self.whole)
        mark = ";" if self.drop else ":"
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{mark}{frames:02d}"


def rate_of(fps: float) -> Rate:
    """Return the rate that a measured average stands for: a whole one, or 1000/1001 of it.

    An average between those is that of a variable rate: editors lay such a video on a common rate by its times.
    """
    whole = max(1, round(fps))
    for exact in (Fraction(whole), whole * NTSC):
        if abs(fps / exact - 1) < NEAR:
            return Rate(exact)
    return Rate(Fraction(min(COMMON, key=lambda common: max(fps, common) / min(fps, common))))


def _without_dropped(frame: int, whole: int) -> int:
    """Skip the first numbers (two of 30, four of 60) of each minute but every tenth."""
    skipped = whole // 15
    tens, rest = divmod(frame, 600 * whole - 9 * skipped)
    minutes = max(0, (rest - skipped) // (60 * whole - skipped))
    return frame + skipped * (9 * tens + minutes)
