"""OpenTimelineIO: a clip per shot, with its labels in a marker and all that is known about it in the metadata."""

from typing import Any

import opentimelineio as otio

from shotlens.exports.names import media_url, one_line
from shotlens.exports.rates import Rate
from shotlens.exports.shots import TimelineClip, caption, cut_list, note, result_rate, source_length, uncertain
from shotlens.shots.result import JobResult


def write(result: JobResult) -> bytes:
    """Write a timeline with one video track."""
    rate = result_rate(result)
    clips = cut_list(result, rate)
    available = _range(0, source_length(result, clips, rate), rate)
    timeline = otio.schema.Timeline(one_line(result.filename), metadata={"shotlens": _summary(result)})
    track = otio.schema.Track("shots", kind=otio.schema.TrackKind.Video)
    track.extend(_clip(clip, media_url(result.filename), available, rate) for clip in clips)
    timeline.tracks.append(track)
    return str(otio.adapters.write_to_string(timeline, "otio_json")).encode()


def _clip(clip: TimelineClip, url: str, available: Any, rate: Rate) -> Any:
    source = _range(clip.source_start, clip.length, rate)
    marker = otio.schema.Marker(
        caption(clip.shot),
        marked_range=source,
        color=otio.schema.MarkerColor.YELLOW if uncertain(clip.shot) else otio.schema.MarkerColor.GREEN,
        metadata={"shotlens": {"note": note(clip.shot)}},
    )
    return otio.schema.Clip(
        f"shot {clip.shot.index}",
        media_reference=otio.schema.ExternalReference(url, available),
        source_range=source,
        markers=[marker],
        metadata={"shotlens": clip.shot.model_dump(mode="json", exclude={"frames"})},
    )


def _summary(result: JobResult) -> dict[str, Any]:
    return result.model_dump(mode="json", include={"id", "filename", "video", "model"})


def _range(start: int, length: int, rate: Rate) -> Any:
    fps = float(rate.fps)
    return otio.opentime.TimeRange(otio.opentime.RationalTime(start, fps), otio.opentime.RationalTime(length, fps))
