"""Which weights to predict with, by what, and how many shots at a time."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

RuntimeName = Literal["litert", "keras"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictOptions:
    """All options of predicting."""

    model_batch: int = field(default=16, metadata={"description": "Maximum number of shots per batch.", "gt": 0})
    weights: Path | None = field(
        default=None, metadata={"description": "JSON file of the weights to serve; default: the shipped weights."}
    )
    runtime: RuntimeName | None = field(
        default=None, metadata={"description": "What runs the network; default: `keras` with a GPU, else `litert`."}
    )
