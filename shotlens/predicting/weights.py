"""Reads and writes weights: an .npz file of arrays, next to a JSON file that names and describes it.

Beside them lies the whole network with these weights for LiteRT, in a .tflite file.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shotlens.predicting.errors import WeightsError
from shotlens.predicting.frames import COLUMNS, HEIGHT, ROWS, WIDTH
from shotlens.predicting.path import CHANNELS, STATISTICS, STEPS
from shotlens.shots.errors import reason
from shotlens.shots.heads import MOVEMENT, SCALE
from shotlens.shots.shot import FRAMES_PER_SHOT

SHIPPED = Path(__file__).parent / "weights" / "shotlens-5.json"
PARTS = ("scale", "movement")  # of the network, one for each of its heads

Arrays = dict[str, list[NDArray[np.float32]]]  # by part, in Keras' order


@dataclass(frozen=True, slots=True)
class Meta:
    """The content of the JSON file next to the weights."""

    name: str
    sha256: str  # of the .npz, which has the same name as the JSON
    backbone: str
    height: int = HEIGHT  # of an input frame
    width: int = WIDTH
    # Divides the log-probabilities before they are normalised; fitted on held-out shots.
    temperatures: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(PARTS, 1.0))
    # The confidence from which a label counts as certain; fitted on the same shots.
    sure: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(PARTS, 0.0))
    movements: Sequence[str] = MOVEMENT.names
    scales: Sequence[str] = SCALE.names
    frames: int = FRAMES_PER_SHOT
    cells: Sequence[int] = (ROWS, COLUMNS)
    path: Sequence[int] = (STEPS, CHANNELS)
    statistics: int = STATISTICS
    tflite_sha256: str = ""  # of the .tflite, which has the same name as the JSON; empty without such a file

    def fits(self) -> bool:
        """Return whether the labels and inputs are those of this version."""
        ours = Meta(self.name, self.sha256, self.backbone, self.height, self.width, self.temperatures, self.sure)
        return asdict(self) == asdict(replace(ours, tflite_sha256=self.tflite_sha256))


def read_meta(path: Path) -> Meta:
    """Read the JSON at `path`. Raises WeightsError if it cannot be read, or is for another version."""
    try:
        values: dict[str, Any] = json.loads(path.read_text())
        meta = Meta(**{key: _as_tuple(value) for key, value in values.items()})
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise WeightsError(f"The weights {path} cannot be read: {reason(error)}.") from error
    if not meta.fits():
        raise WeightsError(f"{path} is for other labels or inputs than this version of the network has.")
    return meta


def read(path: Path) -> tuple[Meta, Arrays]:
    """Read the JSON at `path` and the arrays next to it, and check them against each other. Raises WeightsError."""
    meta = read_meta(path)
    with np.load(_checked(path.with_suffix(".npz"), meta.sha256), allow_pickle=False) as stored:
        names = sorted(stored.files)
        return meta, {
            part: [stored[name].astype(np.float32) for name in names if name.startswith(f"{part}/")] for part in PARTS
        }


def tflite_file(path: Path, meta: Meta) -> Path:
    """Return the network for LiteRT next to the JSON at `path`, checked against `meta`. Raises WeightsError."""
    return _checked(path.with_suffix(".tflite"), meta.tflite_sha256)


def write(arrays: Arrays, folder: Path, meta: Meta) -> Meta:
    """Write `<name>.npz` and `<name>.json` into `folder`. Kernels are stored as float16, vectors as float32.

    Return `meta` with the checksum of the written file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stored = {
        f"{part}/{number:03d}": array.astype(np.float16 if array.ndim > 1 else np.float32)
        for part in PARTS
        for number, array in enumerate(arrays[part])
    }
    path = folder / f"{meta.name}.json"
    with path.with_suffix(".npz").open("wb") as file:
        np.savez(file, allow_pickle=False, **stored)
    return _write_meta(path, replace(meta, sha256=_sha256(path.with_suffix(".npz").read_bytes()), tflite_sha256=""))


def write_tflite(network: bytes, path: Path, meta: Meta) -> Meta:
    """Write the network for LiteRT next to the JSON at `path`. Return `meta` with its checksum."""
    path.with_suffix(".tflite").write_bytes(network)
    return _write_meta(path, replace(meta, tflite_sha256=_sha256(network)))


def _write_meta(path: Path, meta: Meta) -> Meta:
    path.write_text(json.dumps(asdict(meta), indent=2) + "\n")
    return meta


def _checked(file: Path, sha256: str) -> Path:
    """Return `file`. Raises WeightsError if it is missing, or is not the one that the JSON file describes."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise WeightsError(f"The weights {file} cannot be read: {reason(error)}.") from error
    if _sha256(data) != sha256:
        raise WeightsError(f"{file} is not the file that {file.stem}.json describes: its SHA-256 differs.")
    return file


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
