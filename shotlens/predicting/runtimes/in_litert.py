"""Runs the network on a CPU by LiteRT, TensorFlow Lite's runtime, which is ready in a fraction of a second."""

from pathlib import Path
from threading import Lock

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from shotlens.machine.cores import cores
from shotlens.machine.quiet import quiet
from shotlens.predicting.batch import Inputs, Outputs
from shotlens.predicting.options import RuntimeName


class LiteRtNetwork:
    """The network from a .tflite file, which takes one shot at a time, on all cores."""

    runtime: RuntimeName = "litert"

    def __init__(self, tflite: Path) -> None:
        """Load the file. Raises ValueError if there is no network in it."""
        self._running = Lock()
        with quiet():  # LiteRT announces the delegate that computes
            self._runner = Interpreter(str(tflite), num_threads=cores()).get_signature_runner()
            details = self._runner.get_input_details().items()
            self._runner(**{name: np.zeros(each["shape"], each["dtype"]) for name, each in details})

    def warm_up(self) -> None:
        """Do nothing: it has run once."""

    def run(self, inputs: Inputs) -> Outputs:
        """Return `movement` (N, 4) and `scale` (N, 5) of N shots, at least one."""
        rows = range(len(inputs["frames"]))
        with self._running:
            parts = [self._runner(**{name: array[row : row + 1] for name, array in inputs.items()}) for row in rows]
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
