"""WebVTT for players: a chapter per shot."""

from html import escape

from shotlens.exports.shots import caption, opening, title
from shotlens.shots.result import JobResult, ShotResult


def write(result: JobResult) -> bytes:
    """Write a cue per shot, `shot-1` first, with its number, its labels and how it opens as the text."""
    return "\n".join(["WEBVTT\n", *map(_cue, result.shots)]).encode()


def _cue(shot: ShotResult) -> str:
    text = ", ".join([f"{title(shot)}: {caption(shot)}".removesuffix(": "), *opening(shot)])
    return f"shot-{shot.index + 1}\n{_time(shot.start)} --> {_time(shot.end)}\n{escape(text, quote=False)}\n"


def _time(seconds: float) -> str:
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}.{thousandths:03d}"
