"""Where the timecodes of a result start: at the video's own, or at zero. Pure."""

from typing import Literal

from shotlens.shots.rates import Timebase, zero_timecode
from shotlens.shots.result import JobResult, ShotResult

TimecodeStart = Literal["source", "zero"]  # the video's own start timecode if it has one, or zero


def counted_from(start: TimecodeStart, result: JobResult) -> JobResult:
    """Return the result with its timecodes counted from there; drop-frame stays drop-frame."""
    if start == "source" or not (result.video and result.video.timecode):
        return result
    video = result.video.model_copy(update={"timecode": zero_timecode(result.video.timecode)})
    shots = [_recounted(shot, video.timebase) for shot in result.shots]
    return result.model_copy(update={"video": video, "shots": shots})


def _recounted(shot: ShotResult, timebase: Timebase) -> ShotResult:
    update = {"start_timecode": timebase.timecode(shot.start), "end_timecode": timebase.timecode(shot.end)}
    return shot.model_copy(update=update)
