"""FCPXML, for Final Cut Pro and DaVinci Resolve.

Written by hand, because OpenTimelineIO's adapter truncates fractional frame rates to whole ones.
Version 1.8 is the newest in which an asset names its media file by `src`, which all readers accept.
"""

from xml.etree import ElementTree as ET

from shotlens.exports.names import media_url, one_line
from shotlens.exports.shots import TimelineClip, caption, cut_list, note, source_length, timebase, title
from shotlens.shots.rates import Timebase
from shotlens.shots.result import AudioTrackFacts, JobResult

XML_HEADER = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n'
SEQUENCE_RATES = {
    44100: "44.1k",
    48000: "48k",
    88200: "88.2k",
    96000: "96k",
}  # samples per second, as a sequence has them


def write(result: JobResult) -> bytes:
    """Write a project whose spine holds a clip per shot, each with a marker that carries its labels."""
    assert result.video
    base = timebase(result)
    clips = cut_list(result, base.rate)
    root = ET.Element("fcpxml", version="1.8")
    _resources(root, result, source_length(result, clips, base.rate), base)
    event = ET.SubElement(ET.SubElement(root, "library"), "event", name="Shotlens")
    project = ET.SubElement(event, "project", name=one_line(result.filename))
    sequence = ET.SubElement(
        project,
        "sequence",
        format="r1",
        duration=_time(sum(clip.length for clip in clips), base),
        tcStart=_time(base.zero, base),
        tcFormat=_timecode_format(base),
    )
    sequence.attrib.update(_sequence_sound(result.video.audio))
    spine = ET.SubElement(sequence, "spine")
    for clip in clips:
        _clip(spine, clip, base)
    ET.indent(root)
    return (XML_HEADER + ET.tostring(root, encoding="unicode") + "\n").encode()


def _resources(root: ET.Element, result: JobResult, length: int, base: Timebase) -> None:
    assert result.video
    resources = ET.SubElement(root, "resources")
    size = {"width": str(result.video.width), "height": str(result.video.height)}
    ET.SubElement(resources, "format", size, id="r1", frameDuration=_time(1, base))
    asset = ET.SubElement(
        resources,
        "asset",
        id="r2",
        name=one_line(result.filename),
        src=media_url(result.filename),
        start=_time(base.zero, base),
        duration=_time(length, base),
        hasVideo="1",
        format="r1",
    )
    asset.attrib.update(_asset_sound(result.video.audio))


def _asset_sound(tracks: tuple[AudioTrackFacts, ...]) -> dict[str, str]:
    """Return the attributes for the sound of the video; none if it is silent."""
    if not tracks:
        return {}
    facts = {"audioSources": len(tracks), "audioChannels": tracks[0].channels, "audioRate": tracks[0].rate}
    return {"hasAudio": "1"} | {name: str(value) for name, value in facts.items()}


def _sequence_sound(tracks: tuple[AudioTrackFacts, ...]) -> dict[str, str]:
    if not tracks:
        return {}
    channels = max(track.channels for track in tracks)
    layout = "mono" if channels == 1 else "stereo" if channels == 2 else "surround"
    return {"audioLayout": layout, "audioRate": SEQUENCE_RATES.get(tracks[0].rate, "48k")}


def _clip(spine: ET.Element, clip: TimelineClip, base: Timebase) -> None:
    if clip.before:
        place = {"offset": _time(base.zero + clip.start - clip.before, base)}
        ET.SubElement(spine, "transition", place, name="Cross Dissolve", duration=_time(clip.before + clip.after, base))
    source_start = _time(base.zero + clip.source_start, base)
    element = ET.SubElement(
        spine,
        "asset-clip",
        ref="r2",
        name=title(clip.shot),
        offset=_time(base.zero + clip.start, base),
        start=source_start,
        duration=_time(clip.length, base),
        tcFormat=_timecode_format(base),
    )
    position = {"start": source_start, "duration": _time(1, base)}
    ET.SubElement(element, "marker", position, value=caption(clip.shot), note=note(clip.shot))


def _time(frames: int, base: Timebase) -> str:
    """Write a time as a whole number of frames, `1001/30000s` each: readers reject times between frames."""
    fps = base.rate.fps
    return f"{frames * fps.denominator}/{fps.numerator}s" if frames else "0s"


def _timecode_format(base: Timebase) -> str:
    return "DF" if base.rate.drop else "NDF"
