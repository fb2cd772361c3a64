"""OpenTimelineIO: a clip per shot, with its labels in a marker and all that is known about it in the metadata."""

from collections.abc import Iterator
from typing import Any

import opentimelineio as otio

from shotlens.exports.names import media_url, one_line
from shotlens.exports.shots import TimelineClip, caption, cut_list, note, source_length, timebase, title, uncertain
from shotlens.shots.rates import Rate, Timebase
from shotlens.shots.result import AudioTrackFacts, JobResult


def write(result: JobResult) -> bytes:
    """Write a timeline with a video track, and an audio track for each of the video's own."""
    assert result.video
    base = timebase(result)
    clips = cut_list(result, base.rate)
    available = _range(base.zero, source_length(result, clips, base.rate), base.rate)
    media = otio.schema.ExternalReference(media_url(result.filename), available)
    timeline = otio.schema.Timeline(one_line(result.filename), metadata={"shotlens": _summary(result)})
    timeline.global_start_time = otio.opentime.RationalTime(base.zero, float(base.rate.fps))
    track = otio.schema.Track("shots", kind=otio.schema.TrackKind.Video)
    track.extend(item for clip in clips for item in _pictures(clip, media, base))
    timeline.tracks.append(track)
    for number, audio in enumerate(result.video.audio, 1):
        timeline.tracks.append(_audio_track(number, audio, clips, media, base))
    return str(otio.adapters.write_to_string(timeline, "otio_json")).encode()


def _pictures(clip: TimelineClip, media: Any, base: Timebase) -> Iterator[Any]:
    """Yield the clip of a shot, and before it the dissolve with which it opens."""
    if clip.before:
        offsets = [otio.opentime.RationalTime(frames, float(base.rate.fps)) for frames in (clip.before, clip.after)]
        yield otio.schema.Transition("dissolve", otio.schema.TransitionTypes.SMPTE_Dissolve, *offsets)
    element = _clip(clip, media, base)
    element.metadata["shotlens"] = clip.shot.model_dump(mode="json", exclude={"frames"})
    element.markers.append(
        otio.schema.Marker(
            caption(clip.shot),
            marked_range=element.source_range,
            color=otio.schema.MarkerColor.YELLOW if uncertain(clip.shot) else otio.schema.MarkerColor.GREEN,
            metadata={"shotlens": {"note": note(clip.shot)}},
        )
    )
    yield element


def _audio_track(number: int, audio: AudioTrackFacts, clips: list[TimelineClip], media: Any, base: Timebase) -> Any:
    """Return the part of an audio track below each shot."""
    metadata = {"shotlens": audio.model_dump(mode="json")}
    track = otio.schema.Track(f"audio {number}", kind=otio.schema.TrackKind.Audio, metadata=metadata)
    track.extend(_clip(clip, media, base) for clip in clips)
    return track


def _clip(clip: TimelineClip, media: Any, base: Timebase) -> Any:
    """Return a clip of the video. OpenTimelineIO knows no links between clips; Resolve links those of one group."""
    return otio.schema.Clip(
        title(clip.shot),
        media_reference=media.clone(),
        source_range=_range(base.zero + clip.source_start, clip.length, base.rate),
        metadata={"Resolve_OTIO": {"Link Group ID": clip.shot.index + 1}},
    )


def _summary(result: JobResult) -> dict[str, Any]:
    return result.model_dump(mode="json", include={"id", "filename", "video", "model"})


def _range(start: int, length: int, rate: Rate) -> Any:
    fps = float(rate.fps)
    return otio.opentime.TimeRange(otio.opentime.RationalTime(start, fps), otio.opentime.RationalTime(length, fps))
