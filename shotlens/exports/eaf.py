"""EAF, the annotation format of ELAN: a tier for each head, with its controlled vocabulary."""

import mimetypes
from xml.etree import ElementTree as ET

from shotlens.exports.names import media_url
from shotlens.shots.heads import Head, heads_by_rank
from shotlens.shots.result import JobResult, ShotResult

XML_HEADER = '<?xml version="1.0" encoding="UTF-8"?>\n'
# Readers check the schema's address; none fetches it.
SCHEMA = {
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xsi:noNamespaceSchemaLocation": "http://www.mpi.nl/tools/elan/EAFv3.0.xsd",
}
# The format requires a date; a constant one makes the same result give the same file.
DATE = "1970-01-01T00:00:00Z"


def write(result: JobResult) -> bytes:
    """Write a tier for each head, with times in milliseconds."""
    root = ET.Element("ANNOTATION_DOCUMENT", SCHEMA, AUTHOR="Shotlens", DATE=DATE, FORMAT="3.0", VERSION="3.0")
    _header(root, result.filename)
    _times(root, result.shots)
    heads = heads_by_rank()
    for head in heads:
        _tier(root, head, result.shots)
    for head in heads:
        ET.SubElement(
            root,
            "LINGUISTIC_TYPE",
            LINGUISTIC_TYPE_ID=head.name,
            TIME_ALIGNABLE="true",
            GRAPHIC_REFERENCES="false",
            CONTROLLED_VOCABULARY_REF=head.name,
        )
    ET.SubElement(root, "LANGUAGE", LANG_ID="eng", LANG_LABEL="English (eng)")
    for head in heads:
        _vocabulary(root, head)
    ET.indent(root)
    return (XML_HEADER + ET.tostring(root, encoding="unicode") + "\n").encode()


def _header(root: ET.Element, filename: str) -> None:
    header = ET.SubElement(root, "HEADER", MEDIA_FILE="", TIME_UNITS="milliseconds")
    url = media_url(filename)
    kind = mimetypes.guess_type(url)[0] or "video/*"
    ET.SubElement(header, "MEDIA_DESCRIPTOR", MEDIA_URL=url, RELATIVE_MEDIA_URL=url, MIME_TYPE=kind)


def _times(root: ET.Element, shots: list[ShotResult]) -> None:
    """Give each annotation two time slots of its own, as ELAN does, in chronological order."""
    order = ET.SubElement(root, "TIME_ORDER")
    for shot in shots:
        for end, seconds in enumerate((shot.start, shot.end)):
            for head in heads_by_rank():
                slot = {"TIME_SLOT_ID": _slot(head, shot, end), "TIME_VALUE": str(round(seconds * 1000))}
                ET.SubElement(order, "TIME_SLOT", slot)


def _tier(root: ET.Element, head: Head, shots: list[ShotResult]) -> None:
    tier = ET.SubElement(root, "TIER", TIER_ID=head.name, LINGUISTIC_TYPE_REF=head.name)
    for shot in shots:
        if label := shot.label_of(head.name):
            annotation = ET.SubElement(
                ET.SubElement(tier, "ANNOTATION"),
                "ALIGNABLE_ANNOTATION",
                ANNOTATION_ID=f"a{len(heads_by_rank()) * shot.index + heads_by_rank().index(head) + 1}",
                TIME_SLOT_REF1=_slot(head, shot, 0),
                TIME_SLOT_REF2=_slot(head, shot, 1),
            )
            ET.SubElement(annotation, "ANNOTATION_VALUE").text = label


def _vocabulary(root: ET.Element, head: Head) -> None:
    vocabulary = ET.SubElement(root, "CONTROLLED_VOCABULARY", CV_ID=head.name)
    ET.SubElement(vocabulary, "DESCRIPTION", LANG_REF="eng")
    for label in head.labels:
        entry = ET.SubElement(vocabulary, "CV_ENTRY_ML", CVE_ID=f"{head.name}-{label.name}")
        meaning = label.word.lower() if label.word.lower() != label.name else label.meaning
        ET.SubElement(entry, "CVE_VALUE", LANG_REF="eng", DESCRIPTION=meaning).text = label.name


def _slot(head: Head, shot: ShotResult, end: int) -> str:
    """Return the ID of the slot of one end (0 or 1) of an annotation, numbered as in ELAN."""
    return f"ts{len(heads_by_rank()) * (2 * shot.index + end) + heads_by_rank().index(head) + 1}"
