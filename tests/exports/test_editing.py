"""What editors relink and conform by, in each format for them: timecode, sound, dissolves, and one name for a shot."""

import re
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree as ET

import opentimelineio as otio
import pytest

from shotlens.exports.shots import select
from shotlens.shots.result import JobResult
from shotlens.shots.shot import AudioTrack
from shotlens.shots.timecodes import counted_from
from tests.exports.test_exports import RATES, a_result, written

CUTS = (0, 61, 122, 1798, 1800)
STEREO = AudioTrack("aac", 2, 44100, "eng")
MONO = AudioTrack("pcm_s16le", 1, 48000)
FIRST_HOUR = {25: 90000, 29.97: 107892, 23.976: 86400}  # the frame at one hour; at 29.97 with drop-frame


def from_one(fps: float = 25, **facts: Any) -> JobResult:
    """A result of a video whose timecode starts at one hour: drop-frame at 29.97."""
    start = "01:00:00;00" if fps == 29.97 else "01:00:00:00"
    return a_result(fps, cuts=CUTS, timecode=start, **facts)


def edl(value: JobResult, fps: float) -> Any:
    return otio.adapters.read_from_string(written("edl", value), "cmx_3600", rate=float(RATES[fps]))


def timeline(value: JobResult) -> Any:
    return otio.adapters.read_from_string(written("otio", value), "otio_json")


def xml(form: str, value: JobResult) -> ET.Element:
    return ET.fromstring(written(form, value))


def text(element: ET.Element, path: str) -> str:
    return element.findtext(path) or ""


def frames(seconds: str | None, fps: float) -> int:
    """Read a time of FCPXML, which is a whole number of frames."""
    value = Fraction((seconds or "").removesuffix("s")) * RATES[fps]
    assert value.denominator == 1
    return value.numerator


@pytest.mark.parametrize("fps", FIRST_HOUR)
def test_edl_counts_from_the_timecode_of_the_source(fps: float) -> None:
    value = from_one(fps)
    assert [clip.source_range.start_time.value for clip in edl(value, fps).find_clips()] == [
        FIRST_HOUR[fps] + cut for cut in CUTS[:-1]
    ]
    assert ("FCM: DROP FRAME" in written("edl", value)) == (fps == 29.97)
    zero = counted_from("zero", value)
    assert [clip.source_range.start_time.value for clip in edl(zero, fps).find_clips()] == list(CUTS[:-1])
    assert ("FCM: DROP FRAME" in written("edl", zero)) == (fps == 29.97)


@pytest.mark.parametrize("fps", FIRST_HOUR)
def test_otio_counts_from_the_timecode_of_the_source(fps: float) -> None:
    read = timeline(from_one(fps))
    assert read.global_start_time == otio.opentime.RationalTime(FIRST_HOUR[fps], float(RATES[fps]))
    first, second, *_ = read.find_clips()
    assert first.media_reference.available_range.start_time == read.global_start_time
    assert second.source_range.start_time.value == FIRST_HOUR[fps] + 61
    assert timeline(counted_from("zero", from_one(fps))).global_start_time.value == 0


@pytest.mark.parametrize("fps", FIRST_HOUR)
def test_fcpxml_counts_from_the_timecode_of_the_source(fps: float) -> None:
    root = xml("fcpxml", from_one(fps))
    sequence, asset = root.find(".//sequence"), root.find(".//asset")
    second = root.findall(".//asset-clip")[1]
    assert sequence is not None and asset is not None
    assert frames(sequence.get("tcStart"), fps) == frames(asset.get("start"), fps) == FIRST_HOUR[fps]
    assert frames(second.get("start"), fps) == frames(second.get("offset"), fps) == FIRST_HOUR[fps] + 61
    assert sequence.get("tcFormat") == second.get("tcFormat") == ("DF" if fps == 29.97 else "NDF")


@pytest.mark.parametrize("fps", FIRST_HOUR)
def test_fcp7_xml_counts_from_the_timecode_of_the_source(fps: float) -> None:
    root = xml("fcp7xml", from_one(fps))
    for timecode in root.findall("sequence/timecode") + root.findall(".//file/timecode"):
        assert text(timecode, "string") == ("01:00:00;00" if fps == 29.97 else "01:00:00:00")
        assert text(timecode, "frame") == str(FIRST_HOUR[fps])
        assert text(timecode, "displayformat") == ("DF" if fps == 29.97 else "NDF")
        assert (text(timecode, "rate/timebase"), text(timecode, "rate/ntsc")) == (
            str(round(fps)),
            "FALSE" if fps == 25 else "TRUE",
        )
    assert len(root.findall(".//timecode")) == 2
    clips = root.findall(".//clipitem")
    assert [(text(clip, "start"), text(clip, "end")) for clip in clips[:2]] == [("0", "61"), ("61", "122")]
    assert [(text(clip, "in"), text(clip, "out")) for clip in clips[:2]] == [("0", "61"), ("61", "122")]


def test_fcp7_xml_is_read_by_opentimelineio() -> None:
    read = otio.adapters.read_from_string(written("fcp7xml", from_one(dissolve=0.96, audio=(STEREO,))), "fcp_xml")
    assert read.global_start_time.value == 90000
    picture, *sound = read.tracks
    assert [clip.source_range.start_time.value for clip in picture.find_clips()] == [90000, 90061, 90122, 91798]
    assert [item.out_offset.value for item in picture if isinstance(item, otio.schema.Transition)] == [12, 12, 1]
    assert [track.kind for track in sound] == ["Audio", "Audio"]


@pytest.mark.parametrize(
    ("audio", "tracks", "more"),
    [
        ((), {"V"}, ""),
        ((MONO,), {"V", "A1"}, ""),
        ((STEREO,), {"V", "A1", "A2"}, ""),
        ((STEREO, MONO), {"V", "A1", "A2"}, "AUD  3"),
        ((AudioTrack("ac3", 6, 48000),), {"V", "A1", "A2"}, "AUD  3    4"),
    ],
)
def test_edl_names_the_channels_of_sound(audio: tuple[AudioTrack, ...], tracks: set[str], more: str) -> None:
    value = from_one(audio=audio)
    read = edl(value, 25)  # which holds its tracks only while it is held itself
    assert {track.name for track in read.tracks} == tracks
    assert [line for line in written("edl", value).splitlines() if line.startswith("AUD")] == [more] * 4 * bool(more)


def test_otio_has_an_audio_track_for_each_of_the_source_linked_to_the_picture() -> None:
    read = timeline(from_one(audio=(STEREO, MONO)))
    assert [(track.kind, len(track)) for track in read.tracks] == [("Video", 4), ("Audio", 4), ("Audio", 4)]
    assert read.tracks[1].metadata["shotlens"]["language"] == "eng"
    for clips in zip(*read.tracks, strict=True):
        assert len({clip.metadata["Resolve_OTIO"]["Link Group ID"] for clip in clips}) == 1
        assert len({str(clip.source_range) for clip in clips}) == 1
    silent = timeline(from_one())
    assert [track.kind for track in silent.tracks] == ["Video"]


def test_fcpxml_says_what_sound_the_video_has() -> None:
    root = xml("fcpxml", from_one(audio=(STEREO, MONO)))
    asset, sequence = root.find(".//asset"), root.find(".//sequence")
    assert asset is not None and sequence is not None
    sound = {name: value for name, value in asset.attrib.items() if "udio" in name}
    assert sound == {"hasAudio": "1", "audioSources": "2", "audioChannels": "2", "audioRate": "44100"}
    assert (sequence.get("audioLayout"), sequence.get("audioRate")) == ("stereo", "44.1k")
    assert "udio" not in written("fcpxml", from_one())


def test_fcp7_xml_has_a_linked_clip_for_each_channel_of_sound() -> None:
    root = xml("fcp7xml", from_one(audio=(STEREO,)))
    tracks = root.findall("sequence/media/audio/track")
    assert [[text(clip, "sourcetrack/trackindex") for clip in track.iter("clipitem")] for track in tracks] == [
        ["1"] * 4,
        ["2"] * 4,
    ]
    assert text(root, ".//file/media/audio/channelcount") == "2"
    clips = {clip.get("id"): text(clip, "name") for clip in root.iter("clipitem")}
    assert len(clips) == 12
    for clip in root.iter("clipitem"):
        linked = [link.text for link in clip.findall("link/linkclipref")]
        assert clip.get("id") in linked and len(linked) == 3
        assert {clips[name] for name in linked} == {text(clip, "name")}
    silent = xml("fcp7xml", from_one())
    assert not silent.findall(".//audio") and not silent.findall(".//link")


def test_fcp7_xml_has_the_labels_in_markers() -> None:
    root = xml("fcp7xml", from_one(dissolve=0.96))
    markers = [(text(marker, "name"), text(marker, "in")) for marker in root.iter("marker")]
    assert markers[:2] == [("MS static", "0"), ("CS push", "61")]
    assert text(root, ".//clipitem[2]/marker/comment").endswith("opens with a dissolve of 0.96 s")
    assert text(root, ".//file/pathurl") == "./ad.mp4"


def test_edl_has_dissolves_of_their_length() -> None:
    value = from_one(dissolve=0.96)
    read = edl(value, 25)
    [track] = read.tracks
    dissolves = [item for item in track if isinstance(item, otio.schema.Transition)]
    assert [item.out_offset.value for item in dissolves] == [24, 24, 2]  # the last shot has only two frames
    # A clip in an EDL begins with its dissolve.
    starts = [clip.source_range.start_time.value - 90000 for clip in track.find_clips()]
    assert starts == [0, 61 - 12, 122 - 12, 1798 - 1]
    assert re.search(r"^002  AD       V     D    024 01:00:01:24 01:00:04:10 01:00:01:24", written("edl", value), re.M)


def test_otio_has_dissolves_of_their_length() -> None:
    read = timeline(from_one(29.97, dissolve=29 * 1.001 / 30))
    [track] = read.tracks
    dissolves = [item for item in track if isinstance(item, otio.schema.Transition)]
    assert [(item.in_offset.value, item.out_offset.value) for item in dissolves] == [(14, 15), (14, 15), (1, 1)]
    assert [clip.source_range.start_time.value - 107892 for clip in track.find_clips()] == list(CUTS[:-1])


def test_fcpxml_has_dissolves_of_their_length() -> None:
    root = xml("fcpxml", from_one(dissolve=0.96))
    transitions = [(item.get("offset"), item.get("duration")) for item in root.iter("transition")]
    assert [(frames(offset, 25) - 90000, frames(duration, 25)) for offset, duration in transitions] == [
        (49, 24),
        (110, 24),
        (1797, 2),
    ]
    [read] = otio.adapters.read_from_string(written("fcpxml", from_one(dissolve=0.96)), "fcpx_xml")
    assert len(read.find_clips()) == 4


def test_fcp7_xml_has_dissolves_of_their_length_and_the_frames_for_them() -> None:
    root = xml("fcp7xml", from_one(dissolve=0.96))
    assert [(text(item, "start"), text(item, "end")) for item in root.iter("transitionitem")][:2] == [
        ("49", "73"),
        ("110", "134"),
    ]
    second = root.findall(".//clipitem")[1]
    assert [text(second, name) for name in ("start", "end", "in", "out")] == ["-1", "-1", "49", "134"]


def test_a_dissolve_needs_the_shot_before_it_and_a_fade_stays_a_cut() -> None:
    value = from_one(dissolve=0.96)
    chosen = select(value, {"movement": ["static"]})  # the first and the third shot
    assert "Transition" not in written("otio", chosen)
    value.shots[1].transition = "fade"
    assert len(xml("fcpxml", value).findall(".//transition")) == 2
    assert "opens with a fade of 0.96 s" in written("edl", value)


@pytest.mark.parametrize("form", ["edl", "otio", "fcpxml", "fcp7xml", "vtt"])
def test_shots_are_named_as_people_count(form: str) -> None:
    named = re.findall(r"[Ss]hot (\d+)", written(form, from_one(audio=(STEREO,))))
    assert {int(number) for number in named} == {1, 2, 3, 4}
