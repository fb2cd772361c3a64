"""Each export is read back by an independent reader: the adapters of OpenTimelineIO, webvtt, pympi, or the stdlib."""

import csv
import io
import json
import os
import subprocess
import sys
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import opentimelineio as otio
import pytest
import webvtt
from pympi.Elan import Eaf

from shotlens.exports.registry import EXPORTS
from shotlens.exports.shots import select
from shotlens.shots.job import Job
from shotlens.shots.result import JobResult, result
from shotlens.shots.shot import Prediction, Predictions, Shot, Transition, Video, frames_of

RATES = {
    24: Fraction(24),
    25: Fraction(25),
    23.976: Fraction(24000, 1001),
    29.97: Fraction(30000, 1001),
    30: Fraction(30),
    50: Fraction(50),
    59.94: Fraction(60000, 1001),
    60: Fraction(60),
}
CUTS = (0, 61, 62, 1798, 1800, 18000)  # the second shot has one frame, the last two lie near drop-frame minutes
NAMES = [
    'a "quoted" & <b> ad.mp4',
    "Übergröße 映画.mp4",
    "two\nlines\u2028\x85.mp4",
    "]]>.mp4",
    "a --> b.mp4",
    "=1+1.csv",
    "../../etc/passwd",
    "-",
]
LABELS = (("static", "MS"), ("push", "CS"), ("static", "LS"), ("motion", "MS"), ("pull", "ECS"))


def a_result(
    fps: float = 25, name: str = "ad.mp4", cuts: tuple[int, ...] = CUTS, dissolve: float = 0.0, **facts: Any
) -> JobResult:
    """A result with boundaries at these frames of a constant frame rate, dissolves of so many seconds, if not 0."""
    exact = RATES.get(fps, Fraction(fps))
    video = Video(float(cuts[-1] / exact), float(exact), 1920, 1080, cuts[-1], **facts)
    job = Job("0" * 24, "done", 1.0, None, None, name, 10, video, {"name": "m", "sha256": "0"}, 0.0, 1.0)
    shots = [_shot(start, end, exact, dissolve) for start, end in pairwise(cuts)]
    return result(job, shots, _labels(cuts), lambda number, k: f"/data/{number}/{k}.jpg")


def _shot(start: int, end: int, fps: Fraction, dissolve: float) -> Shot:
    opening: Transition = "dissolve" if start else "cut"
    seconds = dissolve if start else 0.0
    return Shot(start, end, float(start / fps), float(end / fps), frames_of(start), (), opening, seconds)


def _labels(cuts: tuple[int, ...]) -> dict[int, Predictions]:
    """The labels of each shot; the movement of the first is uncertain."""
    return {
        first: {"movement": Prediction({movement: 0.7}, not first), "scale": Prediction({scale: 0.8})}
        for first, (movement, scale) in zip(cuts, LABELS, strict=False)
    }


def corrected(value: JobResult, index: int, **labels: str) -> JobResult:
    value.shots[index].corrected = labels
    return value


def written(form: Any, value: JobResult) -> str:
    return EXPORTS[form].write(value).decode()


def sources(clips: list[Any]) -> list[tuple[float, float]]:
    return [(clip.source_range.start_time.value, clip.source_range.end_time_exclusive().value) for clip in clips]


def expected(cuts: tuple[int, ...] = CUTS) -> list[tuple[int, int]]:
    return list(pairwise(cuts))


def test_json_is_the_contract() -> None:
    value = a_result()
    assert JobResult.model_validate_json(EXPORTS["json"].write(value)) == value


def test_csv_has_a_line_per_shot() -> None:
    rows = list(csv.DictReader(io.StringIO(written("csv", corrected(a_result(), 0, movement="pull")))))
    assert [(row["index"], row["start_frame"], row["end_frame"]) for row in rows[:2]] == [
        ("0", "0", "61"),
        ("1", "61", "62"),
    ]
    assert [(row["movement"], row["movement_confidence"], row["movement_uncertain"]) for row in rows[:2]] == [
        ("pull", "", "0"),
        ("push", "0.7", "0"),
    ]


def test_csv_says_in_words_what_people_want_to_know() -> None:
    value = corrected(a_result(dissolve=0.96, timecode="01:00:00:00"), 1, scale="ECS")
    _, row, *_ = csv.DictReader(io.StringIO(written("csv", value)))
    bounds = ("shot", "start", "end", "length", "start_timecode", "end_timecode", "transition", "transition_seconds")
    assert [row[name] for name in bounds] == [
        *("2", "2.44", "2.48", "0.04", "01:00:02:11", "01:00:02:12", "dissolve", "0.96")
    ]
    label = ("scale", "scale_words", "scale_predicted", "scale_predicted_confidence")
    assert [row[name] for name in label] == ["ECS", "extreme close-up", "CS", "0.8"]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_name_is_a_formula_in_a_spreadsheet(name: str) -> None:
    [row, *_] = csv.DictReader(io.StringIO(written("csv", a_result(name=name)), newline=""))
    assert row["file"] == f"'{name.strip()}"


@pytest.mark.parametrize("fps", RATES)
def test_otio_has_each_shot_at_its_exact_frames(fps: float) -> None:
    timeline = otio.adapters.read_from_string(written("otio", a_result(fps)), "otio_json")
    clips = list(timeline.find_clips())
    assert sources(clips) == expected()
    assert {clip.source_range.start_time.rate for clip in clips} == {float(RATES[fps])}
    assert clips[0].media_reference.available_range.duration.value == CUTS[-1]
    assert timeline.duration().value == CUTS[-1]


def test_otio_carries_the_labels() -> None:
    timeline = otio.adapters.read_from_string(written("otio", a_result()), "otio_json")
    first, second, *_ = timeline.find_clips()
    assert [(marker.name, marker.color) for clip in (first, second) for marker in clip.markers] == [
        ("MS static", "YELLOW"),
        ("CS push", "GREEN"),
    ]
    assert second.markers[0].marked_range == second.source_range
    assert second.metadata["shotlens"]["scale"]["confidence"] == 0.8
    assert timeline.metadata["shotlens"]["model"]["name"] == "m"
    assert first.media_reference.target_url == "./ad.mp4"


@pytest.mark.parametrize("fps", RATES)
def test_edl_has_each_shot_at_its_exact_frames(fps: float) -> None:
    text = written("edl", a_result(fps))
    timeline = otio.adapters.read_from_string(text, "cmx_3600", rate=float(RATES[fps]))
    clips = list(timeline.find_clips())
    assert sources(clips) == expected()
    assert [clip.range_in_parent().start_time.value for clip in clips] == list(CUTS[:-1])
    assert "\nFCM: NON-DROP FRAME\n" in text  # nobody said that the source drops numbers


def test_edl_carries_the_labels_and_the_name_of_the_file() -> None:
    timeline = otio.adapters.read_from_string(written("edl", a_result(name="My ad: take 2.mp4")), "cmx_3600", rate=25)
    first, second, *_ = timeline.find_clips()
    assert (timeline.name, second.name) == ("My ad: take 2.mp4", "My ad: take 2.mp4")
    assert second.metadata["cmx_3600"]["reel"] == "MYADTAKE"
    assert [(marker.name, marker.color) for clip in (first, second) for marker in clip.markers] == [
        ("MS static", "YELLOW"),
        ("CS push", "GREEN"),
    ]
    assert list(second.metadata["cmx_3600"]["comments"]) == [
        "COMMENT: Shot 2, scale CS 0.80, movement push 0.70, opens with a dissolve"
    ]


@pytest.mark.parametrize("fps", [120, 240])
def test_edl_of_a_rate_above_two_digits_counts_some_frames_only(fps: int) -> None:
    text = written("edl", a_result(fps, cuts=(0, 2 * fps, 4 * fps)))
    timeline = otio.adapters.read_from_string(text, "cmx_3600", rate=60)
    assert sources(list(timeline.find_clips())) == [(0, 120), (120, 240)]


@pytest.mark.parametrize("fps", [24, 25, 30, 50, 60])
def test_fcpxml_is_read_by_opentimelineio(fps: float) -> None:
    [timeline] = otio.adapters.read_from_string(written("fcpxml", a_result(fps)), "fcpx_xml")
    clips = list(timeline.find_clips())
    # The adapter rounds seconds down to frames, so it is one short where a float is slightly too low.
    for source, right in zip(sources(clips), expected(), strict=True):
        assert source == pytest.approx(right, abs=1)
    assert clips[1].markers[0].name == "CS push"
    assert clips[0].media_reference.target_url == "./ad.mp4"


@pytest.mark.parametrize("fps", RATES)
def test_fcpxml_has_each_shot_at_its_exact_frames(fps: float) -> None:
    root = ET.fromstring(written("fcpxml", a_result(fps)))
    frame = 1 / RATES[fps]
    clips = root.findall("./library/event/project/sequence/spine/asset-clip")
    form = root.find("./resources/format")
    assert form is not None
    assert _seconds(form.get("frameDuration")) == frame
    assert [_seconds(clip.get("offset")) / frame for clip in clips] == list(CUTS[:-1])
    assert [_seconds(clip.get("start")) / frame for clip in clips] == list(CUTS[:-1])
    assert [_seconds(clip.get("duration")) / frame for clip in clips] == [end - start for start, end in expected()]
    assert {clip.get("tcFormat") for clip in clips} == {"NDF"}


def _seconds(text: str | None) -> Fraction:
    assert text and text.endswith("s")
    return Fraction(text[:-1])


def test_vtt_has_a_chapter_per_shot() -> None:
    cues = webvtt.from_string(written("vtt", a_result(29.97))).captions
    assert [(cue.identifier, cue.text) for cue in cues][:2] == [
        ("shot-1", "Shot 1: MS static"),
        ("shot-2", "Shot 2: CS push, opens with a dissolve"),
    ]
    assert (cues[1].start, cues[1].end, cues[-1].end) == ("00:00:02.035", "00:00:02.069", "00:10:00.600")


def test_eaf_has_tiers_with_their_vocabularies(tmp_path: Path) -> None:
    (tmp_path / "ad.eaf").write_text(written("eaf", a_result()))
    read = Eaf(str(tmp_path / "ad.eaf"))
    assert sorted(read.get_tier_names()) == ["movement", "scale", "shots", "transitions"]
    assert sorted(read.get_annotation_data_for_tier("shots"))[:2] == [(0, 2440, "1"), (2440, 2480, "2")]
    assert sorted(read.get_annotation_data_for_tier("transitions"))[0] == (2440, 2480, "dissolve")  # of unknown length
    assert sorted(read.get_annotation_data_for_tier("scale"))[:2] == [(0, 2440, "MS"), (2440, 2480, "CS")]
    assert sorted(read.get_annotation_data_for_tier("movement"))[-1] == (72000, 720000, "pull")
    assert read.get_controlled_vocabulary_names() and len(read.get_cv_entries("scale")) == 5
    assert read.get_linked_files()[0]["RELATIVE_MEDIA_URL"] == "./ad.mp4"


def test_eaf_has_transitions_as_long_as_they_last(tmp_path: Path) -> None:
    (tmp_path / "ad.eaf").write_text(written("eaf", a_result(dissolve=0.96)))
    spans = sorted(Eaf(str(tmp_path / "ad.eaf")).get_annotation_data_for_tier("transitions"))
    # The second shot lasts one frame, so what it opens with ends with it, and what follows begins there.
    assert spans[:2] == [(1960, 2480, "dissolve"), (2480, 2960, "dissolve")]


def test_movieshots_has_the_dataset_s_own_values() -> None:
    value = corrected(a_result(name="My ad.mp4"), 1, scale="FS")
    shots = json.loads(written("movieshots", value))["train"]["My ad"]
    assert shots["0001"] == {"scale": {"label": "FS", "value": 3}, "movement": {"label": "Push", "value": 1}}
    assert shots["0004"] == {"scale": {"label": "ECS", "value": 0}, "movement": {"label": "Pull", "value": 2}}


@pytest.mark.parametrize("name", NAMES)
def test_no_name_breaks_a_format(name: str, tmp_path: Path) -> None:
    value = a_result(name=name)
    for form, read in READERS.items():
        assert read(written(form, value), tmp_path) == len(LABELS), form


@pytest.mark.parametrize("form", EXPORTS)
def test_a_result_without_shots_is_still_a_valid_file(form: Any, tmp_path: Path) -> None:
    assert READERS[form](written(form, select(a_result(), {"scale": ["FS"]})), tmp_path) == 0


def _eaf(text: str, folder: Path) -> int:
    (folder / "x.eaf").write_text(text)
    return len(Eaf(str(folder / "x.eaf")).get_annotation_data_for_tier("scale"))


# For each format, a function that counts the shots that its reader finds in a file.
READERS: dict[str, Any] = {
    "json": lambda text, _: len(json.loads(text)["shots"]),
    "csv": lambda text, _: len(list(csv.DictReader(io.StringIO(text, newline="")))),
    "otio": lambda text, _: len(otio.adapters.read_from_string(text, "otio_json").find_clips()),
    "edl": lambda text, _: len(otio.adapters.read_from_string(text, "cmx_3600", rate=25).find_clips()),
    "fcpxml": lambda text, _: len(otio.adapters.read_from_string(text, "fcpx_xml")[0].find_clips()),
    "fcp7xml": lambda text, _: len(ET.fromstring(text).findall(".//video/track/clipitem")),
    "vtt": lambda text, _: len(webvtt.from_string(text)),
    "eaf": _eaf,
    "movieshots": lambda text, _: sum(map(len, json.loads(text)["train"].values())),
}


def test_selected_shots_follow_each_other_with_their_own_source() -> None:
    value = select(a_result(), {"scale": ["MS", "LS"], "movement": ["static"]})
    timeline = otio.adapters.read_from_string(written("edl", value), "cmx_3600", rate=25)
    clips = list(timeline.find_clips())
    assert sources(clips) == [(0, 61), (62, 1798)]
    assert [clip.range_in_parent().start_time.value for clip in clips] == [0, 61]


def test_selected_shots_keep_their_times_in_formats_with_times() -> None:
    value = select(a_result(), {"movement": ["push"], "scale": []})
    assert [cue.start for cue in webvtt.from_string(written("vtt", value)).captions] == ["00:00:02.440"]
    assert json.loads(written("json", value))["summary"]["scale"] == {"CS": 1}


def test_a_selection_goes_by_the_corrected_labels() -> None:
    value = corrected(a_result(), 0, scale="FS")
    assert [shot.index for shot in select(value, {"scale": ["FS"]}).shots] == [0]
    assert [shot.index for shot in select(value, {"scale": ["MS"]}).shots] == [3]


def test_the_same_result_is_the_same_bytes() -> None:
    for form, export in EXPORTS.items():
        assert export.write(a_result()) == export.write(a_result()), form


def test_the_formats_load_without_a_server_or_a_timeline_library() -> None:
    heavy = "('flask', 'opentimelineio', 'PIL')"
    code = f"import sys, shotlens.exports.registry; sys.exit(any(m in sys.modules for m in {heavy}))"
    assert subprocess.run([sys.executable, "-c", code], env=os.environ, check=False).returncode == 0
