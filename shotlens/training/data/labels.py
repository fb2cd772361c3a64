"""Reads the labels that people gave clips: MovieShots' JSON, plain CSV, and results of the service corrected by hand.

Knows no video: it only tells which frames of which file have which labels.
"""

import csv
import json
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shotlens.shots.heads import MOVEMENT, SCALE
from shotlens.training.errors import LabelsError

SPLITS = ("train", "val", "test")
SHARES = (0.7, 0.8)  # of the groups that go to train, and to train or val, if nobody has split them
MULTI = "multi_movement"  # several movements in one shot: in the dataset's files, not in its paper
SCALE_VALUES = dict(enumerate(SCALE.names))
MOVEMENT_VALUES = dict(enumerate(("motion", "push", "pull", MULTI, "static")))


@dataclass(frozen=True, slots=True)
class Sample:
    """A clip, or one shot of a longer video, and what is known about it."""

    name: str  # unique, and fit to name a file
    split: str  # one of SPLITS
    scale: str | None
    movement: str | None
    group: str  # the trailer, video or photo, which no split may tear apart
    weight: float = 1.0
    first: int = 0  # its first frame in the clip
    end: int | None = None  # the frame after its last one; none if it is the whole clip


@dataclass(slots=True)
class Labels:
    """What a file of labels says, and what is odd about it."""

    samples: list[Sample] = field(default_factory=list)
    clips: dict[str, Path] = field(default_factory=dict)  # of each sample; a MovieShots clip is yet to be looked for
    multi: list[str] = field(default_factory=list)  # labelled Multi_movement: they only teach the scale
    twice: list[str] = field(default_factory=list)
    unlabelled: list[str] = field(default_factory=list)

    def add(self, sample: Sample, clip: Path | None = None) -> None:
        """Add a sample, unless there is one of that name."""
        if sample.name in self.clips:
            self.twice.append(sample.name)
        elif sample.scale is None and sample.movement is None:
            self.unlabelled.append(sample.name)
        else:
            self.samples.append(sample)
            self.clips[sample.name] = clip or Path()


def read_movieshots(path: Path) -> Labels:
    """Read `v1_split_trailer.json` or a file like it, with or without a level of splits; raises LabelsError."""
    labels = Labels()
    for split, trailers in _by_split(_read_json(path), path):
        for trailer, shots in trailers.items():
            for shot, entry in shots.items():
                name = safe_name(f"{trailer}_shot_{shot}")
                movement = _label(entry, "movement", MOVEMENT_VALUES, f"{path.name}: {name}")
                if movement == MULTI:
                    labels.multi.append(name)
                    movement = None
                scale = _label(entry, "scale", SCALE_VALUES, f"{path.name}: {name}")
                labels.add(Sample(name, split or split_of(trailer), scale, movement, trailer))
    return labels


def read_csv(path: Path) -> Labels:
    """Read lines of `path,scale,movement`, and `split` if it is there; empty labels are unknown. Raises LabelsError."""
    labels = Labels()
    with _open(path) as file:
        rows = csv.DictReader(file)
        if not {"path", "scale", "movement"} <= set(rows.fieldnames or ()):
            raise LabelsError(f"{path.name} must begin with the line path,scale,movement (and split, if you like).")
        for row in rows:
            place = f"{path.name}, line {rows.line_num}"
            clip = path.parent / (row["path"] or "")
            name = safe_name(str(Path(row["path"]).with_suffix("")))
            group = name.split("_shot_")[0]
            split = row.get("split") or split_of(group)
            if split not in SPLITS:
                raise LabelsError(f"{place}: the split {split!r} is none of {', '.join(SPLITS)}.")
            scale, movement = _known(row["scale"], SCALE.names, place), _known(row["movement"], MOVEMENT.names, place)
            labels.add(Sample(name, split, scale, movement, group), clip)
    return labels


def is_result(path: Path) -> bool:
    """Tell whether the JSON at `path` is a result of the service; raises LabelsError if it is no JSON."""
    values = _read_json(path)
    return isinstance(values, dict) and "shots" in values


def read_result(path: Path, videos: Path) -> Labels:
    """Read what a person corrected in a result of the service whose video is in `videos`; raises LabelsError."""
    result = _read_json(path)
    labels = Labels()
    try:
        video = Path(result["filename"]).name
        stem = safe_name(Path(video).stem)
        for shot in result["shots"]:
            corrected = shot["corrected"] or {}
            bounds = (int(shot["start_frame"]), int(shot["end_frame"]))
            # Named after its frames, not its number: a correction may give that number to other frames, and what was
            # prepared under a name is not read again.
            name = f"{stem}_shot_{bounds[0]:06d}-{bounds[1]:06d}"
            scale = _known(corrected.get("scale"), SCALE.names, name)
            movement = _known(corrected.get("movement"), MOVEMENT.names, name)
            labels.add(Sample(name, split_of(stem), scale, movement, stem, 1.0, *bounds), videos / video)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise LabelsError(f"{path.name} is no result of the service: {error!r} is not as it should be.") from error
    return labels


def split_of(group: str) -> str:
    """Return the split of a group that nobody has put into one; its name decides, so it is always the same."""
    place = zlib.crc32(group.encode()) / 2**32
    return SPLITS[sum(place >= share for share in SHARES)]


def fold_of(group: str, folds: int) -> int:
    """Return which of so many folds a group is in; its name decides, so it is always the same."""
    return zlib.crc32(group.encode()) % folds


def safe_name(text: str) -> str:
    """Return `text` without anything that the name of a file should not have."""
    return re.sub(r"[^\w.-]+", "_", text).strip("._") or "clip"


def _by_split(values: Any, path: Path) -> Iterator[tuple[str | None, Mapping[str, Any]]]:
    """Give the trailers of each split, or of `None` if the file has no splits. No trailer may be in two of them."""
    if not isinstance(values, dict) or not values:
        raise LabelsError(f"{path.name} holds no labels: it should be the JSON that comes with MovieShots.")
    splits: list[tuple[str | None, Any]] = [(name, values[name]) for name in SPLITS if name in values]
    splits = splits or [(None, values)]
    trailers = Counter(trailer for _, some in splits for trailer in some)
    if torn := [trailer for trailer, count in trailers.items() if count > 1]:
        raise LabelsError(f"{path.name}: {torn[0]} is in two splits, so that a test would show what was trained on.")
    if not all(isinstance(shots, dict) for _, some in splits for shots in some.values()):
        raise LabelsError(f"{path.name} should hold {{split: {{imdb id: {{shot: labels}}}}}}, as MovieShots' files do.")
    yield from splits


def _label(entry: Any, kind: str, values: Mapping[int, str], place: str) -> str | None:
    """Read one label of MovieShots by its name, or by its number if it has no name."""
    given = entry.get(kind) if isinstance(entry, dict) else None
    if not isinstance(given, dict) or not given:
        return None
    name = str(given.get("label", values.get(given.get("value", -1))))
    label = {known.lower(): known for known in values.values()}.get(name.lower())
    if label is None:
        raise LabelsError(f"{place}: the {kind} {name!r} is none of {', '.join(values.values())}.")
    return label


def _known(text: str | None, names: Sequence[str], place: str) -> str | None:
    """Read one label that a person wrote; a dash, too, means that it is unknown."""
    text = (text or "").strip()
    if text not in ("", "-", *names):
        raise LabelsError(f"{place}: {text!r} is none of {', '.join(names)}.")
    return text if text in names else None


def _read_json(path: Path) -> Any:
    with _open(path) as file:
        try:
            return json.load(file)
        except ValueError as error:
            raise LabelsError(f"{path.name} is not JSON: {error}.") from error


def _open(path: Path) -> Any:
    try:
        return path.open(newline="", encoding="utf-8-sig")
    except OSError as error:
        raise LabelsError(f"{path} cannot be read: {error.strerror}.") from error
