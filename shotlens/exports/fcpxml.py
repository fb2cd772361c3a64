"""FCPXML, for Final Cut Pro and DaVinci Resolve.

Written by hand, because OpenTimelineIO's adapter truncates fractional frame rates to whole ones.
Version 1.8 is the newest in which an asset names its media file by `src`, which all readers accept.
"""

from xml.etree import ElementTree as ET

from shotlens.exports.names import media_url, one_line
from shotlens.exports.rates import Rate
from shotlens.exports.shots import TimelineClip, caption, cut_list, note, result_rate, source_length
from shotlens.shots.result import JobResult

XML_HEADER = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n'


def write(result: JobResult) -> bytes:
    """Write a project whose spine holds a clip per shot, each with a marker that carries its labels."""
    rate = result_rate(result)
    clips = cut_list(result, rate)
    root = ET.Element("fcpxml", version="1.8")
    _resources(root, result, source_length(result, clips, rate), rate)
    event = ET.SubElement(ET.SubElement(root, "library"), "event", name="Shotlens")
    project = ET.SubElement(event, "project", name=one_line(result.filename))
    sequence = ET.SubElement(
        project,
        "sequence",
        format="r1",
        duration=_time(sum(clip.length for clip in clips), rate),
        tcStart="0s",
        tcFormat=_timecode_format(rate),
    )
    spine = ET.SubElement(sequence, "spine")
    for clip in clips:
        _clip(spine, clip, rate)
    ET.indent(root)
    return (XML_HEADER + ET.tostring(root, encoding="unicode") + "\n").encode()


def _resources(root: ET.Element, result: JobResult, length: int, rate: Rate) -> None:
    assert result.video
    resources = ET.SubElement(root, "resources")
    size = {"width": str(result.video.width), "height": str(result.video.height)}
    ET.SubElement(resources, "format", size, id="r1", frameDuration=_time(1, rate))
    ET.SubElement(
        resources,
        "asset",
        id="r2",
        name=one_line(result.filename),
        src=media_url(result.filename),
        start="0s",
        duration=_time(length, rate),
        hasVideo="1",
        format="r1",
    )


def _clip(spine: ET.Element, clip: TimelineClip, rate: Rate) -> None:
    element = ET.SubElement(
        spine,
        "asset-clip",
        ref="r2",
        name=f"shot {clip.shot.index}",
        offset=_time(clip.start, rate),
        start=_time(clip.source_start, rate),
        duration=_time(clip.length, rate),
        tcFormat=_timecode_format(rate),
    )
    position = {"start": _time(clip.source_start, rate), "duration": _time(1, rate)}
    ET.SubElement(element, "marker", position, value=caption(clip.shot), note=note(clip.shot))


def _time(frames: int, rate: Rate) -> str:
    """Write a time as a whole number of frames, `1001/30000s` each: readers reject times between frames."""
    return f"{frames * rate.fps.denominator}/{rate.fps.numerator}s" if frames else "0s"


def _timecode_format(rate: Rate) -> str:
    return "DF" if rate.drop else "NDF"
