"""FCP7 XML (xmeml 5), which Premiere Pro, Resolve and others read.

All times are frames. A clip's `in` and `out` count from the start of the video, whatever its timecode.
"""

from itertools import zip_longest
from xml.etree import ElementTree as ET

from shotlens.exports.names import media_url, one_line
from shotlens.exports.shots import TimelineClip, audio_channels, caption, cut_list, note, source_length, timebase, title
from shotlens.shots.rates import Rate, Timebase
from shotlens.shots.result import JobResult

XML_HEADER = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>\n'
BESIDE_TRANSITION = -1  # as a start or an end: the transition there says where the clip begins or ends
SAMPLE_RATE, SAMPLE_BITS = 48000, 16  # of the sequence, where the video does not say
DISSOLVE = {
    "name": "Cross Dissolve",
    "effectid": "Cross Dissolve",
    "effectcategory": "Dissolve",
    "effecttype": "transition",
    "mediatype": "video",
}


def write(result: JobResult) -> bytes:
    """Write a sequence with a video track, and an audio track for each channel of sound, linked shot by shot."""
    root = ET.Element("xmeml", version="5")
    _Writer(result).sequence(root)
    ET.indent(root)
    return (XML_HEADER + ET.tostring(root, encoding="unicode") + "\n").encode()


class _Writer:
    """Writes one result. Its only file is described in the first clip, and named by its ID in all others."""

    def __init__(self, result: JobResult) -> None:
        self._result, self._base = result, timebase(result)
        self._clips = cut_list(result, self._base.rate)
        self._length = source_length(result, self._clips, self._base.rate)
        self._channels = range(1, audio_channels(result) + 1)
        self._described = False

    def sequence(self, root: ET.Element) -> None:
        """Add the sequence to the root."""
        sequence = ET.SubElement(root, "sequence", id="sequence-1")
        _add(sequence, name=one_line(self._result.filename), duration=sum(clip.length for clip in self._clips))
        _rate(sequence, self._base.rate)
        _timecode(sequence, self._base)
        media = ET.SubElement(sequence, "media")
        self._video(ET.SubElement(media, "video"))
        if self._channels:
            self._audio(ET.SubElement(media, "audio"))

    def _video(self, video: ET.Element) -> None:
        self._picture(ET.SubElement(video, "format"))
        track = ET.SubElement(video, "track")
        for number, (clip, following) in enumerate(zip_longest(self._clips, self._clips[1:]), 1):
            tail = following.after if following else 0
            if clip.before:
                self._transition(track, clip)
            item = self._clipitem(track, clip, _id(0, number))
            _add(item, start=BESIDE_TRANSITION if clip.before else clip.start)
            _add(item, end=BESIDE_TRANSITION if tail else clip.end)
            _add(item, **{"in": clip.source_start - clip.before, "out": clip.source_end + tail})
            self._file(item)
            marker = {"in": clip.source_start, "out": -1}
            _add(ET.SubElement(item, "marker"), name=caption(clip.shot), comment=note(clip.shot), **marker)
            self._links(item, number)

    def _transition(self, track: ET.Element, clip: TimelineClip) -> None:
        element = ET.SubElement(track, "transitionitem")
        _rate(element, self._base.rate)
        _add(element, start=clip.start - clip.before, end=clip.start + clip.after, alignment="center")
        _add(ET.SubElement(element, "effect"), **DISSOLVE)

    def _audio(self, audio: ET.Element) -> None:
        _add(audio, numOutputChannels=len(self._channels))
        self._samples(ET.SubElement(audio, "format"))
        for channel in self._channels:
            track = ET.SubElement(audio, "track")
            for number, clip in enumerate(self._clips, 1):
                item = self._clipitem(track, clip, _id(channel, number))
                _add(item, start=clip.start, end=clip.end, **{"in": clip.source_start, "out": clip.source_end})
                self._file(item)
                _add(ET.SubElement(item, "sourcetrack"), mediatype="audio", trackindex=channel)
                self._links(item, number)
            _add(track, outputchannelindex=channel)

    def _clipitem(self, track: ET.Element, clip: TimelineClip, name: str) -> ET.Element:
        item = ET.SubElement(track, "clipitem", id=name)
        _add(item, masterclipid="masterclip-1", name=title(clip.shot), enabled="TRUE", duration=self._length)
        _rate(item, self._base.rate)
        return item

    def _links(self, item: ET.Element, number: int) -> None:
        """Link the picture of a shot and each channel of its sound; a silent video has nothing to link."""
        for channel in (0, *self._channels) if self._channels else ():
            kind = "audio" if channel else "video"
            link = {"linkclipref": _id(channel, number), "mediatype": kind, "trackindex": channel or 1}
            _add(ET.SubElement(item, "link"), **link, clipindex=number)

    def _file(self, item: ET.Element) -> None:
        file = ET.SubElement(item, "file", id="file-1")
        if self._described:
            return
        self._described = True
        _add(file, name=one_line(self._result.filename), pathurl=media_url(self._result.filename))
        _rate(file, self._base.rate)
        _add(file, duration=self._length)
        _timecode(file, self._base)
        media = ET.SubElement(file, "media")
        self._picture(ET.SubElement(media, "video"))
        if self._channels:
            audio = ET.SubElement(media, "audio")
            self._samples(audio)
            _add(audio, channelcount=len(self._channels))

    def _picture(self, parent: ET.Element) -> None:
        assert self._result.video
        element = ET.SubElement(parent, "samplecharacteristics")
        _rate(element, self._base.rate)
        _add(element, width=self._result.video.width, height=self._result.video.height)
        _add(element, anamorphic="FALSE", pixelaspectratio="square", fielddominance="none")

    def _samples(self, parent: ET.Element) -> None:
        assert self._result.video
        rate = self._result.video.audio[0].rate or SAMPLE_RATE
        _add(ET.SubElement(parent, "samplecharacteristics"), depth=SAMPLE_BITS, samplerate=rate)


def _id(channel: int, number: int) -> str:
    """Return the ID of the clip of a shot: in the video track, 0, or in that of a channel of sound."""
    return f"clipitem-{channel}-{number}"


def _add(parent: ET.Element, **values: object) -> None:
    for name, value in values.items():
        ET.SubElement(parent, name).text = str(value)


def _rate(parent: ET.Element, rate: Rate) -> None:
    whole = rate.fps.denominator == 1
    _add(ET.SubElement(parent, "rate"), timebase=rate.whole, ntsc="FALSE" if whole else "TRUE")


def _timecode(parent: ET.Element, base: Timebase) -> None:
    element = ET.SubElement(parent, "timecode")
    _rate(element, base.rate)
    _add(element, string=base.timecode(0), frame=base.zero, displayformat="DF" if base.rate.drop else "NDF")
