"""Where the weights lie and how they are written: an .npz of arrays beside a JSON that names and describes it."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from jobs.shot import FRAMES_PER_SHOT, MOVEMENTS, SCALES
from model.errors import WeightsError
from model.preprocess import CHANNELS, HEIGHT, STATISTICS, STEPS, WIDTH

SHIPPED = Path(__file__).parent / "weights" / "shotlens-1.json"


@dataclass(frozen=True, slots=True)
class Meta:
    """What stands in the JSON beside the weights."""

    name: str
    sha256: str  # of the .npz, which has the JSON's name
    movements: tuple[str, ...] = MOVEMENTS
    scales: tuple[str, ...] = SCALES
    frames: tuple[int, ...] = (FRAMES_PER_SHOT, HEIGHT, WIDTH, 3)
    path: tuple[int, ...] = (STEPS, CHANNELS)
    statistics: int = STATISTICS


def read_meta(path: Path) -> Meta:
    """Read the JSON at `path` and check the arrays beside it against it; raises WeightsError."""
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
    if meta != Meta(meta.name, meta.sha256):
        raise WeightsError(f"{path} is for other labels or another input than this version of the network has.")
    return meta


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def load(network: Any, path: Path) -> Meta:
    """Give the Keras model `network` the weights that the JSON at `path` names; raises WeightsError."""
    meta = read_meta(path)
    with np.load(path.with_suffix(".npz"), allow_pickle=False) as stored:
        arrays = [stored[str(number)] for number in range(len(stored.files))]
    shapes = [tuple(variable.shape) for variable in network.weights]
    if [array.shape for array in arrays] != shapes:
        raise WeightsError(f"{path} does not fit this version of the network.")
    network.set_weights([array.astype(np.float32) for array in arrays])
    return meta


def save(network: Any, folder: Path, name: str) -> Meta:
    """Write `<name>.npz` and `<name>.json` into `folder`. Kernels are stored as float16, vectors as float32."""
    folder.mkdir(parents=True, exist_ok=True)
    arrays = [np.asarray(array) for array in network.get_weights()]
    stored = {
        str(number): array.astype(np.float16 if array.ndim > 1 else np.float32) for number, array in enumerate(arrays)
    }
    path = folder / f"{name}.json"
    with path.with_suffix(".npz").open("wb") as file:
        np.savez(file, allow_pickle=False, **stored)
    meta = Meta(name, hashlib.sha256(path.with_suffix(".npz").read_bytes()).hexdigest())
    path.write_text(json.dumps(asdict(meta), indent=2) + "\n")
    return meta
