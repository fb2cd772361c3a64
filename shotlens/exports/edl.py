"""CMX 3600 EDL, the oldest format that every editor reads. Its only reel is the video."""

from fractions import Fraction

from shotlens.exports.names import one_line, reel
from shotlens.exports.rates import Rate
from shotlens.exports.shots import TimelineClip, caption, cut_list, note, result_rate, uncertain
from shotlens.shots.result import JobResult


def write(result: JobResult) -> bytes:
    """Write an event per shot, with its file and labels in comments, and the labels in a locator too."""
    rate = _two_digit_rate(result_rate(result))
    name = one_line(result.filename)
    mode = "DROP FRAME" if rate.drop else "NON-DROP FRAME"
    events = [_event(number, clip, name, rate) for number, clip in enumerate(cut_list(result, rate), 1)]
    return "\n".join([f"TITLE: {name[:70]}", f"FCM: {mode}", "", *events, ""]).encode()


def _two_digit_rate(rate: Rate) -> Rate:
    """Halve a rate whose frame numbers exceed the two digits that the format has for them."""
    return Rate(rate.fps / Fraction(2)) if rate.whole > 100 else rate


def _event(number: int, clip: TimelineClip, name: str, rate: Rate) -> str:
    """Write one event: its source in and out, its record in and out, and its labels.

    The locator gives a record time. Numbering continues past the 999 events of the standard, as in editing programs.
    """
    frames = (clip.source_start, clip.source_end, clip.start, clip.start + clip.length)
    times = " ".join(rate.timecode(frame) for frame in frames)
    color = "YELLOW" if uncertain(clip.shot) else "GREEN"
    return "\n".join(
        [
            f"{number:03d}  {reel(name):8} V     C        {times}",
            f"* FROM CLIP NAME:  {name}",
            f"* LOC: {rate.timecode(clip.start)} {color:7} {caption(clip.shot)}",
            f"* COMMENT: shot {clip.shot.index}, {note(clip.shot)}",
        ]
    )
