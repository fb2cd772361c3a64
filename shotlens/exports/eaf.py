"""EAF, the annotation format of ELAN: tiers of shots, of transitions, and of each head with its vocabulary."""

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args
from xml.etree import ElementTree as ET

from shotlens.exports.names import media_url
from shotlens.exports.shots import timebase
from shotlens.shots.heads import Head, heads_by_rank
from shotlens.shots.result import JobResult
from shotlens.shots.shot import Transition

XML_HEADER = '<?xml version="1.0" encoding="UTF-8"?>\n'
# Readers check the schema's address; none fetches it.
SCHEMA = {
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xsi:noNamespaceSchemaLocation": "http://www.mpi.nl/tools/elan/EAFv3.0.xsd",
}
# The format requires a date; a constant one makes the same result give the same file.
DATE = "1970-01-01T00:00:00Z"
SHOTS, TRANSITIONS = "shots", "transitions"
MEANINGS: dict[Transition, str] = {
    "cut": "from one frame to the next",
    "dissolve": "a dissolve or a wipe",
    "fade": "a fade out and in",
}
Vocabulary = Mapping[str, str]  # the values of a tier, and what they mean


@dataclass(frozen=True, slots=True)
class _Annotation:
    """A value from one time to another, in milliseconds."""

    start: int
    end: int
    value: str


def write(result: JobResult) -> bytes:
    """Write all tiers, with times in milliseconds."""
    tiers = {SHOTS: _shots(result), TRANSITIONS: _transitions(result)}
    tiers |= {head.name: _labels(result, head) for head in heads_by_rank()}
    vocabularies: dict[str, Vocabulary] = {TRANSITIONS: {kind: MEANINGS[kind] for kind in get_args(Transition)}}
    vocabularies |= {head.name: _vocabulary_of(head) for head in heads_by_rank()}
    root = ET.Element("ANNOTATION_DOCUMENT", SCHEMA, AUTHOR="Shotlens", DATE=DATE, FORMAT="3.0", VERSION="3.0")
    _header(root, result.filename)
    _tiers(root, tiers)
    for name in tiers:
        _type(root, name, name in vocabularies)
    ET.SubElement(root, "LANGUAGE", LANG_ID="eng", LANG_LABEL="English (eng)")
    for name, vocabulary in vocabularies.items():
        _vocabulary(root, name, vocabulary)
    ET.indent(root)
    return (XML_HEADER + ET.tostring(root, encoding="unicode") + "\n").encode()


def _shots(result: JobResult) -> list[_Annotation]:
    """Number the shots as people count: the first is 1."""
    return [_Annotation(_ms(shot.start), _ms(shot.end), str(shot.index + 1)) for shot in result.shots]


def _transitions(result: JobResult) -> list[_Annotation]:
    """Annotate how each shot but the first opens: a cut, or what nobody measured, takes one frame."""
    frame = 1 / timebase(result).rate.fps
    annotations: list[_Annotation] = []
    for shot in result.shots:
        if shot.index == 0:
            continue
        half = shot.transition_seconds / 2
        earliest = annotations[-1].end if annotations else 0  # those of a tier must not overlap
        start = max(_ms(shot.start - half), earliest)
        end = min(_ms(shot.start + (half or frame)), _ms(shot.end))
        annotations.append(_Annotation(start, max(start + 1, end), shot.transition))
    return annotations


def _labels(result: JobResult, head: Head) -> list[_Annotation]:
    labels = ((shot, shot.label_of(head.name)) for shot in result.shots)
    return [_Annotation(_ms(shot.start), _ms(shot.end), label) for shot, label in labels if label]


def _vocabulary_of(head: Head) -> Vocabulary:
    return {
        label.name: label.word.lower() if label.word.lower() != label.name else label.meaning for label in head.labels
    }


def _header(root: ET.Element, filename: str) -> None:
    header = ET.SubElement(root, "HEADER", MEDIA_FILE="", TIME_UNITS="milliseconds")
    url = media_url(filename)
    kind = mimetypes.guess_type(url)[0] or "video/*"
    ET.SubElement(header, "MEDIA_DESCRIPTOR", MEDIA_URL=url, RELATIVE_MEDIA_URL=url, MIME_TYPE=kind)


def _tiers(root: ET.Element, tiers: Mapping[str, list[_Annotation]]) -> None:
    """Write the tiers, and before them two time slots for each annotation, in chronological order, as ELAN does."""
    order = ET.SubElement(root, "TIME_ORDER")
    slots: list[
        tuple[int, ET.Element, str]
    ] = []  # milliseconds, and the annotation and its attribute that name the slot
    number = 0
    for name, annotations in tiers.items():
        tier = ET.SubElement(root, "TIER", TIER_ID=name, LINGUISTIC_TYPE_REF=name)
        for annotation in annotations:
            number += 1
            parent = ET.SubElement(tier, "ANNOTATION")
            element = ET.SubElement(parent, "ALIGNABLE_ANNOTATION", ANNOTATION_ID=f"a{number}")
            slots += [(annotation.start, element, "TIME_SLOT_REF1"), (annotation.end, element, "TIME_SLOT_REF2")]
            ET.SubElement(element, "ANNOTATION_VALUE").text = annotation.value
    for place, (milliseconds, element, attribute) in enumerate(sorted(slots, key=lambda slot: slot[0]), 1):
        ET.SubElement(order, "TIME_SLOT", TIME_SLOT_ID=f"ts{place}", TIME_VALUE=str(milliseconds))
        element.set(attribute, f"ts{place}")


def _type(root: ET.Element, name: str, has_vocabulary: bool) -> None:
    attributes = {"LINGUISTIC_TYPE_ID": name, "TIME_ALIGNABLE": "true", "GRAPHIC_REFERENCES": "false"}
    if has_vocabulary:
        attributes["CONTROLLED_VOCABULARY_REF"] = name
    ET.SubElement(root, "LINGUISTIC_TYPE", attributes)


def _vocabulary(root: ET.Element, name: str, vocabulary: Vocabulary) -> None:
    element = ET.SubElement(root, "CONTROLLED_VOCABULARY", CV_ID=name)
    ET.SubElement(element, "DESCRIPTION", LANG_REF="eng")
    for value, meaning in vocabulary.items():
        entry = ET.SubElement(element, "CV_ENTRY_ML", CVE_ID=f"{name}-{value}")
        ET.SubElement(entry, "CVE_VALUE", LANG_REF="eng", DESCRIPTION=meaning).text = value


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
