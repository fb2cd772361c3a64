"""Chooses what runs the network: Keras if there is a GPU, LiteRT otherwise."""

import logging
import os
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from shotlens.predicting import weights as weight_files
from shotlens.predicting.batch import Inputs, Outputs
from shotlens.predicting.errors import WeightsError
from shotlens.predicting.options import RuntimeName
from shotlens.predicting.weights import Meta

log = logging.getLogger(__name__)

# One of these is there if the system has a driver for a GPU: NVIDIA's, that of WSL, AMD's.
GPU_DEVICES = (Path("/dev/nvidiactl"), Path("/dev/dxg"), Path("/dev/kfd"))
TENSORFLOW = "`pip install shotlens[tensorflow]`"


class Network(Protocol):
    """The network with its weights, ready to run."""

    @property
    def runtime(self) -> RuntimeName:
        """What runs it."""

    def warm_up(self) -> None:
        """Do what the first run would have to wait for."""

    def run(self, inputs: Inputs) -> Outputs:
        """Return `movement` (N, 4) and `scale` (N, 5) of N shots, at least one."""


def open_network(path: Path, meta: Meta, runtime: RuntimeName | None = None) -> Network:
    """Load the network with the weights that the JSON file `path` describes; choose the runtime if none is given.

    Raises WeightsError.
    """
    if runtime is None and _sees_gpu():
        return _in_keras(path)
    missing = "" if runtime == "keras" else _missing_for_litert(path, meta)
    if runtime == "litert" and missing:
        raise WeightsError(f"{missing}.")
    if runtime != "keras" and not missing:
        return _in_litert(path, meta)
    if not _has_keras():
        raise WeightsError(
            f"{missing or 'SHOTLENS_RUNTIME is keras'}, and TensorFlow is not installed: install it with {TENSORFLOW}"
            + (f", or write the file with `shotlens convert {path}` where it is." if _has_litert() and missing else ".")
        )
    if missing:
        log.warning("%s, so TensorFlow runs the network: it takes longer to start, and more memory.", missing)
    return _in_keras(path)


def _in_keras(path: Path) -> Network:
    from shotlens.predicting.runtimes.in_keras import KerasNetwork

    return KerasNetwork(*weight_files.read(path))


def _in_litert(path: Path, meta: Meta) -> Network:
    from shotlens.predicting.runtimes.in_litert import LiteRtNetwork

    try:
        return LiteRtNetwork(weight_files.tflite_file(path, meta))
    except ValueError as error:
        raise WeightsError(f"{path.with_suffix('.tflite')} holds no network that LiteRT can run: {error}") from error


def _missing_for_litert(path: Path, meta: Meta) -> str:
    """Return the beginning of a sentence that says what LiteRT lacks here; empty if it lacks nothing."""
    if not _has_litert():
        return "LiteRT is not installed, perhaps because it has no package for this platform or this Python"
    if not meta.tflite_sha256:
        return f"The weights {meta.name} come without a file {path.stem}.tflite, which LiteRT needs"
    return ""


def _has_litert() -> bool:
    return find_spec("ai_edge_litert") is not None


def _has_keras() -> bool:
    """Return whether Keras is installed, and what it computes with."""
    return all(find_spec(name) for name in ("keras", os.environ.get("KERAS_BACKEND", "tensorflow")))


def _sees_gpu() -> bool:
    """Return whether Keras can compute on a GPU. It takes seconds to ask it, so the driver is looked for first."""
    if not any(device.exists() for device in GPU_DEVICES) or not _has_keras():
        return False
    from shotlens.predicting.networks.backend import gpus

    return bool(gpus())
