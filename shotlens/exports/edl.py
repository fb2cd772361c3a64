"""CMX 3600, the oldest list of edits that every editor reads. Knows one reel: the video."""

from fractions import Fraction

from shotlens.exports.names import one_line, reel
from shotlens.exports.rates import Rate
from shotlens.exports.shots import Take, caption, cut_list, note, result_rate, uncertain
from shotlens.shots.result import JobResult


def write(result: JobResult) -> bytes:
    """Write an event per shot, its file and its labels in comments; the labels as a locator too."""
    counted = _two_digits(result_rate(result))
    name = one_line(result.filename)
    mode = "DROP FRAME" if counted.drop else "NON-DROP FRAME"
    events = [_event(number, take, name, counted) for number, take in enumerate(cut_list(result, counted), 1)]
    return "\n".join([f"TITLE: {name[:70]}", f"FCM: {mode}", "", *events, ""]).encode()


def _two_digits(rate: Rate) -> Rate:
    """Halve a rate whose frames do not fit the two digits that the format has for them."""
    return Rate(rate.fps / Fraction(2)) if rate.whole > 100 else rate


def _event(number: int, take: Take, name: str, rate: Rate) -> str:
    """Write one cut: where it is in the source, where on the record, and what is said of it.

    A locator stands on the record. More than the 999 events of the standard are numbered on, as editors do it.
    """
    frames = (take.start, take.end, take.at, take.at + take.length)
    times = " ".join(rate.timecode(frame) for frame in frames)
    color = "YELLOW" if uncertain(take.shot) else "GREEN"
    return "\n".join(
        [
            f"{number:03d}  {reel(name):8} V     C        {times}",
            f"* FROM CLIP NAME:  {name}",
            f"* LOC: {rate.timecode(take.at)} {color:7} {caption(take.shot)}",
            f"* COMMENT: shot {take.shot.index}, {note(take.shot)}",
        ]
    )
