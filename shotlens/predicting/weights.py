"""Where the weights lie and how they are written: an .npz of arrays beside a JSON that names and describes it."""

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
PARTS = ("scale", "movement")  # of the network, and the two labels that a shot has

Arrays = dict[str, list[NDArray[np.float32]]]  # of each part, in Keras' order


@dataclass(frozen=True, slots=True)
class Meta:
    """What stands in the JSON beside the weights."""

    name: str
    sha256: str  # of the .npz, which has the JSON's name
    backbone: str
    height: int = HEIGHT  # of a frame as the network sees it
    width: int = WIDTH
    # What probabilities are divided by, as logarithms, before they sum to 1; learnt on shots kept out of training.
    temperatures: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(PARTS, 1.0))
    # The confidence from which a label counts as certain, learnt on the same.
    sure: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(PARTS, 0.0))
    movements: Sequence[str] = MOVEMENT.names
    scales: Sequence[str] = SCALE.names
    frames: int = FRAMES_PER_SHOT
    cells: Sequence[int] = (ROWS, COLUMNS)
    path: Sequence[int] = (STEPS, CHANNELS)
    statistics: int = STATISTICS

    def fits(self) -> bool:
        """Say whether the labels and the inputs are those of this version."""
        other = Meta(self.name, self.sha256, self.backbone, self.height, self.width, self.temperatures, self.sure)
        return asdict(self) == asdict(other)


def read(path: Path) -> tuple[Meta, Arrays]:
    """Read the JSON at `path` and the arrays beside it, and check them against each other; raises WeightsError."""
    try:
        values: dict[str, Any] = json.loads(path.read_text())
        data = path.with_suffix(".npz").read_bytes()
        meta = Meta(**{key: _frozen(value) for key, value in values.items()})
    except (OSError, ValueError, TypeError) as error:
        raise WeightsError(f"The weights {path} cannot be read: {error}") from error
    if hashlib.sha256(data).hexdigest() != meta.sha256:
        raise WeightsError(
            f"{path.with_suffix('.npz')} is not the file that {path.name} describes: its SHA-256 differs."
        )
    if not meta.fits():
        raise WeightsError(f"{path} is for other labels or another input than this version of the network has.")
    return meta, _read_arrays(path.with_suffix(".npz"))


def write(arrays: Arrays, folder: Path, meta: Meta) -> Meta:
    """Write `<name>.npz` and `<name>.json` into `folder`. Kernels are stored as float16, vectors as float32.

    Returns `meta` with the checksum of what was written.
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


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _read_arrays(path: Path) -> Arrays:
    with np.load(path, allow_pickle=False) as stored:
        names = sorted(stored.files)
        return {
            part: [stored[name].astype(np.float32) for name in names if name.startswith(f"{part}/")] for part in PARTS
        }
