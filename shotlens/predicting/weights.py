"""Reads and writes weights: an .npz file of arrays, next to a JSON file that names and describes it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shotlens.predicting.errors import WeightsError
from shotlens.predicting.frames import COLUMNS, HEIGHT, ROWS, WIDTH
from shotlens.predicting.path import CHANNELS, STATISTICS, STEPS
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

    def fits(self) -> bool:
        """Return whether the labels and inputs are those of this version."""
        current = Meta(self.name, self.sha256, self.backbone, self.height, self.width, self.temperatures, self.sure)
        return asdict(self) == asdict(current)


def read(path: Path) -> tuple[Meta, Arrays]:
    """Read the JSON at `path` and the arrays next to it, and check them against each other. Raises WeightsError."""
    try:
        values: dict[str, Any] = json.loads(path.read_text())
        data = path.with_suffix(".npz").read_bytes()
        meta = Meta(**{key: _as_tuple(value) for key, value in values.items()})
    except (OSError, ValueError, TypeError) as error:
        raise WeightsError(f"The weights {path} cannot be read: {error}") from error
    if hashlib.sha256(data).hexdigest() != meta.sha256:
        raise WeightsError(
            f"{path.with_suffix('.npz')} is not the file that {path.name} describes: its SHA-256 differs."
        )
    if not meta.fits():
        raise WeightsError(f"{path} is for other labels or inputs than this version of the network has.")
    return meta, _read_arrays(path.with_suffix(".npz"))


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
    values = asdict(meta) | {"sha256": hashlib.sha256(path.with_suffix(".npz").read_bytes()).hexdigest()}
    path.write_text(json.dumps(values, indent=2) + "\n")
    return Meta(**values)


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _read_arrays(path: Path) -> Arrays:
    with np.load(path, allow_pickle=False) as stored:
        names = sorted(stored.files)
        return {
            part: [stored[name].astype(np.float32) for name in names if name.startswith(f"{part}/")] for part in PARTS
        }
