"""OpenTimelineIO: a clip per shot, its labels as a marker and in full as metadata."""

from typing import Any

import opentimelineio as otio

from shotlens.exports.names import media_url, one_line
from shotlens.exports.rates import Rate
from shotlens.exports.shots import Take, caption, cut_list, note, result_rate, source_length, uncertain
from shotlens.shots.result import JobResult


def write(result: JobResult) -> bytes:
    """Write a timeline of one video track."""
    counted = result_rate(result)
    takes = cut_list(result, counted)
    whole = _range(0, source_length(result, takes, counted), counted)
    timeline = otio.schema.Timeline(one_line(result.filename), metadata={"shotlens": _about(result)})
    track = otio.schema.Track("shots", kind=otio.schema.TrackKind.Video)
    track.extend(_clip(take, media_url(result.filename), whole, counted) for take in takes)
    timeline.tracks.append(track)
    return str(otio.adapters.write_to_string(timeline, "otio_json")).encode()


def _clip(take: Take, url: str, whole: Any, rate: Rate) -> Any:
    source = _range(take.start, take.length, rate)
    marker = otio.schema.Marker(
        caption(take.shot),
        marked_range=source,
        color=otio.schema.MarkerColor.YELLOW if uncertain(take.shot) else otio.schema.MarkerColor.GREEN,
        metadata={"shotlens": {"note": note(take.shot)}},
    )
    return otio.schema.Clip(
        f"shot {take.shot.index}",
        media_reference=otio.schema.ExternalReference(url, whole),
        source_range=source,
        markers=[marker],
        metadata={"shotlens": take.shot.model_dump(mode="json", exclude={"frames"})},
    )


def _about(result: JobResult) -> dict[str, Any]:
    return result.model_dump(mode="json", include={"id", "filename", "video", "model"})


def _range(start: int, length: int, rate: Rate) -> Any:
    fps = float(rate.fps)
    return otio.opentime.TimeRange(otio.opentime.RationalTime(start, fps), otio.opentime.RationalTime(length, fps))
