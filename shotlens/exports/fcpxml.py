"""FCPXML, for Final Cut Pro and DaVinci Resolve.

Written here, as OpenTimelineIO's adapter for it cuts fractional rates to whole ones.
Version 1.8 is the newest that names a medium by `src` of its asset, which all readers take.
"""

from xml.etree import ElementTree as ET

from shotlens.exports.names import media_url, one_line
from shotlens.exports.rates import Rate
from shotlens.exports.shots import Take, caption, cut_list, note, result_rate, source_length
from shotlens.shots.result import JobResult

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n'


def write(result: JobResult) -> bytes:
    """Write a project whose spine is a clip per shot, each with a marker of its labels."""
    counted = result_rate(result)
    takes = cut_list(result, counted)
    root = ET.Element("fcpxml", version="1.8")
    _resources(root, result, source_length(result, takes, counted), counted)
    event = ET.SubElement(ET.SubElement(root, "library"), "event", name="Shotlens")
    project = ET.SubElement(event, "project", name=one_line(result.filename))
    sequence = ET.SubElement(
        project,
        "sequence",
        format="r1",
        duration=_time(sum(take.length for take in takes), counted),
        tcStart="0s",
        tcFormat=_counting(counted),
    )
    spine = ET.SubElement(sequence, "spine")
    for take in takes:
        _clip(spine, take, counted)
    ET.indent(root)
    return (HEAD + ET.tostring(root, encoding="unicode") + "\n").encode()


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


def _clip(spine: ET.Element, take: Take, rate: Rate) -> None:
    clip = ET.SubElement(
        spine,
        "asset-clip",
        ref="r2",
        name=f"shot {take.shot.index}",
        offset=_time(take.at, rate),
        start=_time(take.start, rate),
        duration=_time(take.length, rate),
        tcFormat=_counting(rate),
    )
    place = {"start": _time(take.start, rate), "duration": _time(1, rate)}
    ET.SubElement(clip, "marker", place, value=caption(take.shot), note=note(take.shot))


def _time(frames: int, rate: Rate) -> str:
    """Write a time as whole frames of the rate, `1001/30000s` each: what falls between frames is refused."""
    return f"{frames * rate.fps.denominator}/{rate.fps.numerator}s" if frames else "0s"


def _counting(rate: Rate) -> str:
    return "DF" if rate.drop else "NDF"
