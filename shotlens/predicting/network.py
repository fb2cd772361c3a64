"""The network: frames and a camera path in, movement and scale out. Pure Keras 3, so that any backend runs it."""

from collections.abc import Mapping
from typing import Any

from shotlens.predicting.frames import SCALE_FRAMES
from shotlens.predicting.heads.movement import movement_inputs
from shotlens.predicting.heads.scale import scale_of_shot
from shotlens.predicting.networks.backend import keras


def build_network(parts: Mapping[str, keras.Model], frames: int = len(SCALE_FRAMES)) -> keras.Model:
    """Build the whole network from its parts, `scale` and `movement`; during training, one of them suffices.

    Inputs `frames` (frames, height, width, 3) uint8 RGB, `cells` (ROWS, COLUMNS, 8), `path` (STEPS, CHANNELS),
    `statistics` (STATISTICS,); outputs `movement` (4,) and `scale` (5,), each summing to 1.
    """
    inputs: dict[str, Any] = {}
    outputs: dict[str, Any] = {}
    if "movement" in parts:
        inputs |= movement_inputs()
        outputs["movement"] = parts["movement"](list(inputs.values()))
    if "scale" in parts:
        picture = parts["scale"].input.shape[1:]
        inputs["frames"] = keras.Input((frames, *picture), dtype="uint8", name="frames")
        outputs["scale"] = scale_of_shot(parts["scale"], inputs["frames"])
    return keras.Model(inputs, outputs, name="shotlens")
