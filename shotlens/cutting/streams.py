"""The streams of a container: which one a player would show, and what the header says about all of them.

Nothing of this is checked against what is decoded.
"""

import re

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from shotlens.cutting.errors import NoPicture
from shotlens.shots.shot import AudioTrack

TIMECODE = re.compile(r"\d\d:[0-5]\d:[0-5]\d[:;]\d\d")


def films(container: InputContainer) -> list[VideoStream]:
    """Return the video streams, in order, without the cover picture of a music file."""
    return [stream for stream in container.streams.video if not stream.disposition & Disposition.attached_pic]


def shown(container: InputContainer) -> VideoStream:
    """Return the stream that a player would show: one that moves, and the default one of several."""
    streams = films(container)
    if not streams:
        raise NoPicture("There is no video stream in this file, only sound or text: send a file with pictures.")
    best = container.streams.best("video")  # FFmpeg has read some packets: not every container counts its frames
    return min(
        streams,
        key=lambda stream: (
            not stream.codec_context,
            stream.frames == 1,
            bool(stream.frames) or stream is not best,
            not stream.disposition & Disposition.default,
        ),
    )


def audio_tracks(container: InputContainer) -> tuple[AudioTrack, ...]:
    """Return the facts of the audio streams."""
    return tuple(
        AudioTrack(
            codec=stream.codec_context.codec.canonical_name if stream.codec_context else "unknown",
            channels=stream.channels if stream.codec_context else 0,
            rate=stream.rate or 0 if stream.codec_context else 0,
            language=stream.language if stream.language != "und" else None,
        )
        for stream in container.streams.audio
    )


def start_timecode(container: InputContainer, stream: VideoStream) -> str | None:
    """Return the timecode of the start, as QuickTime and MXF have it."""
    tags = [stream.metadata, *(other.metadata for other in container.streams), container.metadata]
    return next((code for tag in tags if (code := valid_timecode(tag.get("timecode")))), None)


def valid_timecode(text: str | None) -> str | None:
    """Return a timecode as it is, and nothing for anything else."""
    return text if text and TIMECODE.fullmatch(text) else None


def claimed_end(container: InputContainer, stream: VideoStream) -> float:
    """Return when the video ends on the file's own clock, in seconds; 0 if the header does not say."""
    if stream.duration and stream.time_base:
        return float(((stream.start_time or 0) + stream.duration) * stream.time_base)
    start, duration = (container.start_time or 0) / av.time_base, (container.duration or 0) / av.time_base
    # What a Matroska file calls its duration is when it ends.
    return duration if duration > start else start + duration
