"""Frame rates as the exact fractions that editing programs use, and timecodes. Knows nothing about shots."""

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor

NTSC = Fraction(1000, 1001)
TOLERANCE = 4e-4  # relative: less than half the distance between a whole rate and its NTSC counterpart
COMMON_RATES = (24, 25, 30, 50, 60)
UNKNOWN = Fraction(25)  # frames per second of a video whose rate nobody knows yet
TIMECODE = re.compile(r"(\d{1,2}):(\d{1,2}):(\d{1,2})([:;.,])(\d{1,3})")
DROP_MARKS = (";", ",")  # before the frames of a drop-frame timecode, by SMPTE ST 12


@dataclass(frozen=True, slots=True)
class Rate:
    """An exact frame rate, and how its timecodes count frames."""

    fps: Fraction  # frames per second
    drop: bool = False  # whether timecodes skip numbers to keep up with the clock

    @property
    def whole(self) -> int:
        """The whole rate at which timecode counts: 24 for 24000/1001."""
        return round(self.fps)

    @property
    def can_drop(self) -> bool:
        """Whether SMPTE ST 12 defines drop-frame for this rate: for 29.97 and its multiples, never for 23.976."""
        return self.whole % 30 == 0 and self.fps == self.whole * NTSC

    def frame(self, seconds: float) -> int:
        """Return the frame whose start is nearest to a time."""
        return floor(seconds * self.fps + 0.5)

    def timecode(self, frame: int) -> str:
        """Write HH:MM:SS:FF, or HH:MM:SS;FF for drop-frame; after a day, it starts at zero again."""
        if self.drop:
            frame += self._skipped * _skipping_minutes(frame, self.whole, self._skipped)
        seconds, frames = divmod(frame, self.whole)
        separator = ";" if self.drop else ":"
        return f"{seconds // 3600 % 24:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{separator}{frames:02d}"

    def number(self, hours: int, minutes: int, seconds: int, frames: int) -> int:
        """Return the frame that has this timecode: the inverse of `timecode`."""
        minutes += 60 * hours
        frame = (60 * minutes + seconds) * self.whole + min(frames, self.whole - 1)
        return frame - self._skipped * (minutes - minutes // 10) if self.drop else frame

    @property
    def _skipped(self) -> int:
        """How many numbers drop-frame skips at a time: 2 of 30, 4 of 60."""
        return self.whole // 15


@dataclass(frozen=True, slots=True)
class Timebase:
    """How the frames of a video are counted: at which rate, and from which frame."""

    rate: Rate
    zero: int = 0  # the frame whose timecode the video starts with

    def timecode(self, seconds: float) -> str:
        """Write the timecode of a time of the video."""
        return self.rate.timecode(self.zero + self.rate.frame(seconds))

    def halved(self) -> "Timebase":
        """Return the timebase that counts every other frame."""
        return Timebase(replace(self.rate, fps=self.rate.fps / 2), self.zero // 2)


def timebase_of(fps: float, timecode: str | None) -> Timebase:
    """Return how a video of this rate, and with this timecode at its start, is counted: else from zero, non-drop."""
    rate = rate_of(fps)
    match = TIMECODE.fullmatch(timecode or "")
    if match is None:
        return Timebase(rate)
    hours, minutes, seconds, mark, frames = match.groups()
    rate = replace(rate, drop=mark in DROP_MARKS and rate.can_drop)
    return Timebase(rate, rate.number(int(hours), int(minutes), int(seconds), int(frames)))


def zero_timecode(timecode: str | None) -> str | None:
    """Return the timecode at which counting from zero starts, drop-frame if this one is; None stays None."""
    return timecode and re.sub(r"\d+", "00", timecode)


def rate_of(fps: float) -> Rate:
    """Return the rate that a measured average stands for: a whole rate, or 1000/1001 of one.

    Any other average comes from a variable rate: editing programs place such a video on a common rate by its times.
    """
    if fps <= 0:
        return Rate(UNKNOWN)
    whole = max(1, round(fps))
    for exact in (Fraction(whole), whole * NTSC):
        if abs(fps / exact - 1) < TOLERANCE:
            return Rate(exact)
    return Rate(Fraction(min(COMMON_RATES, key=lambda common: max(fps, common) / min(fps, common))))


def _skipping_minutes(frame: int, whole: int, skipped: int) -> int:
    """Return how many minutes before a frame skipped numbers: all but every tenth."""
    tens, remainder = divmod(frame, 600 * whole - 9 * skipped)
    return 9 * tens + max(0, (remainder - skipped) // (60 * whole - skipped))
