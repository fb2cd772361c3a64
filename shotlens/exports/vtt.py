"""WebVTT for players: a chapter per shot."""

from html import escape

from shotlens.exports.shots import caption
from shotlens.shots.result import JobResult, ShotResult


def write(result: JobResult) -> bytes:
    """Write a cue per shot, named `shot-<index>`, with its labels as the text."""
    return "\n".join(["WEBVTT\n", *map(_cue, result.shots)]).encode()


def _cue(shot: ShotResult) -> str:
    return f"shot-{shot.index}\n{_time(shot.start)} --> {_time(shot.end)}\n{escape(caption(shot), quote=False)}\n"


def _time(seconds: float) -> str:
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}.{thousandths:03d}"
