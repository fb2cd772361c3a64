"""The prepared folder: which samples it holds, and what training reads of each, its frames and its camera path.

Knows no file of labels and no network.
"""

import csv
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shotlens.cutting.cut import cut
from shotlens.shots.shot import CameraMotion
from shotlens.storage.frames import FrameMemory, StoredShot
from shotlens.training.data.labels import Sample
from shotlens.training.errors import DataError

# NumPy parses the header of an array with `ast`, which in CPython 3.11 fails now and then when two threads do so.
READING = threading.Lock()
INDEX = "samples.csv"
CACHE = "cache"


@dataclass(frozen=True, slots=True)
class Content:
    """What training reads of one sample."""

    jpegs: tuple[NDArray[np.uint8], ...]  # the files of its eight frames as serving has them, or of its one photo
    camera_path: tuple[CameraMotion, ...]


@dataclass(frozen=True, slots=True)
class Stored:
    """A sample, and the file of its content."""

    sample: Sample
    file: Path

    @classmethod
    def of(cls, folder: Path, sample: Sample) -> "Stored":
        """Name the file of a sample of this prepared folder."""
        return cls(sample, content_file(folder, sample))


def write_index(folder: Path, samples: Sequence[Sample]) -> None:
    """Write `samples.csv`."""
    part = folder / f"{INDEX}.part"
    with part.open("w", newline="", encoding="utf-8") as file:
        rows = csv.DictWriter(file, [entry.name for entry in fields(Sample)])
        rows.writeheader()
        rows.writerows(asdict(sample) for sample in samples)
    part.replace(folder / INDEX)


def read_index(folder: Path) -> list[Sample]:
    """Read the samples of a prepared folder; raises DataError."""
    try:
        with (folder / INDEX).open(newline="", encoding="utf-8") as file:
            samples = [_sample(row) for row in csv.DictReader(file)]
    except OSError as error:
        raise DataError(f"{folder} is not a prepared folder: make one with `shotlens prepare`.") from error
    except (KeyError, ValueError, TypeError) as error:
        raise DataError(f"{folder / INDEX} is not what `shotlens prepare` writes: {error}.") from error
    if not samples:
        raise DataError(f"{folder} holds no samples: its `report.json` says what became of the clips.")
    return samples


def content_file(folder: Path, sample: Sample) -> Path:
    """Return the file of a sample's content."""
    return folder / CACHE / f"{sample.name}.npz"


def write_content(file: Path, content: Content) -> None:
    """Write the content of a sample; a reader never sees half of it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    path = np.array([astuple(motion) for motion in content.camera_path], np.float32)
    with part.open("wb") as target:
        np.savez(
            target,
            jpegs=np.concatenate(content.jpegs),
            sizes=np.array([len(jpeg) for jpeg in content.jpegs]),
            path=path.reshape(len(content.camera_path), len(fields(CameraMotion))),
        )
    part.replace(file)


def read_content(file: Path) -> Content:
    """Read the content of a sample; raises DataError."""
    try:
        with READING, np.load(file) as stored:
            jpegs = np.split(stored["jpegs"], np.cumsum(stored["sizes"])[:-1])
            path = tuple(CameraMotion(*row) for row in stored["path"].astype(float).tolist())
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{file} cannot be read ({error}): remove it and run `shotlens prepare` again.") from error
    return Content(tuple(jpegs), path)


def extract(clip: Path, spans: Sequence[tuple[int, int | None]]) -> list[Content]:
    """Read a clip once, as serving would, and return the content of each span `[first, end)` of its frames.

    It looks for no cuts: a span is one shot. Raises VideoError, and DataError if the clip does not hold a span.
    """
    at = frozenset(frame for first, end in spans for frame in (first, end) if frame is not None)
    store = FrameMemory()
    shots = {shot.start_frame: StoredShot(shot, store) for shot in cut(clip, store, at=at)}
    return [_content(shots, first, clip) for first, _ in spans]


def _content(shots: Mapping[int, StoredShot], first: int, clip: Path) -> Content:
    if first not in shots:
        raise DataError(f"{clip.name} has no frame {first}: it is not the video that was labelled.")
    jpegs = tuple(np.frombuffer(jpeg, np.uint8) for jpeg in shots[first].jpegs())
    return Content(jpegs, shots[first].shot.camera_path)


def _sample(row: dict[str, Any]) -> Sample:
    return Sample(
        name=row["name"],
        split=row["split"],
        scale=row["scale"] or None,
        movement=row["movement"] or None,
        group=row["group"],
        weight=float(row["weight"]),
        first=int(row["first"]),
        end=int(row["end"]) if row["end"] else None,
    )
