"""CMX 3600 EDL, the oldest format that every editor reads. Its only reel is the video."""

from dataclasses import dataclass
from itertools import zip_longest

from shotlens.exports.names import one_line, reel
from shotlens.exports.shots import TimelineClip, audio_channels, caption, cut_list, note, timebase, title, uncertain
from shotlens.shots.rates import Timebase
from shotlens.shots.result import JobResult

CHANNELS = ("V", "B", "AA/V")  # picture alone, with one channel of sound, and with two
MORE_CHANNELS = {3: "AUD  3", 4: "AUD  3    4"}  # the format has four


def write(result: JobResult) -> bytes:
    """Write an event per shot, with its file and labels in comments, and the labels in a locator too."""
    base = _two_digit_base(timebase(result))
    name = one_line(result.filename)
    clips = cut_list(result, base.rate)
    source = _Source(name, base, audio_channels(result))
    events = [
        "\n".join(source.event(number, clip, following))
        for number, (clip, following) in enumerate(zip_longest(clips, clips[1:]), 1)
    ]
    mode = "DROP FRAME" if base.rate.drop else "NON-DROP FRAME"
    return "\n".join([f"TITLE: {name[:70]}", f"FCM: {mode}", "", *events, ""]).encode()


def _two_digit_base(base: Timebase) -> Timebase:
    """Halve a rate until its frame numbers fit the two digits that the format has for them."""
    while base.rate.whole > 100:
        base = base.halved()
    return base


@dataclass(frozen=True, slots=True)
class _Source:
    """The video that all events are from."""

    name: str
    base: Timebase
    channels: int  # of sound

    def event(self, number: int, clip: TimelineClip, following: TimelineClip | None) -> list[str]:
        """Write one event: its source in and out, its record in and out, and its labels.

        In this format, a clip that opens with a dissolve begins with it, and the clip before it ends there. The
        locator gives a record time. Numbering continues past the 999 events of the standard, as in editing programs.
        """
        head = f"{number:03d}  {reel(self.name):8} {CHANNELS[min(self.channels, 2)]:5} "
        start = clip.source_start - clip.before
        end = clip.source_end - (following.before if following else 0)
        to_record = clip.start - clip.source_start
        edits = [f"{head}C        {self._times(start, end, to_record)}"]
        names = [f"* FROM CLIP NAME:  {self.name}"]
        if length := clip.before + clip.after:
            edits = [f"{head}C        {self._times(start, start, to_record)}"]
            edits += [f"{head}D    {length:03d} {self._times(start, end, to_record)}"]
            names += [f"* TO CLIP NAME:  {self.name}"]
        if self.channels > 2:
            edits += [MORE_CHANNELS[min(self.channels, 4)]]
        color = "YELLOW" if uncertain(clip.shot) else "GREEN"
        locator = f"* LOC: {self._timecode(clip.start)} {color:7} {caption(clip.shot)}"
        comment = ", ".join(part for part in (title(clip.shot), note(clip.shot)) if part)
        return [*edits, *names, locator, f"* COMMENT: {comment}"]

    def _times(self, start: int, end: int, to_record: int) -> str:
        """Write the source in and out, and the record in and out."""
        return " ".join(map(self._timecode, (start, end, start + to_record, end + to_record)))

    def _timecode(self, frame: int) -> str:
        return self.base.rate.timecode(self.base.zero + frame)
