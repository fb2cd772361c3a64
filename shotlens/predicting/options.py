"""Which weights to predict with, and how many shots at a time."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictOptions:
    """All options of predicting."""

    model_batch: int = field(default=16, metadata={"description": "Maximum number of shots per batch.", "gt": 0})
    weights: Path | None = field(
        default=None, metadata={"description": "JSON file of the weights to serve; default: the shipped weights."}
    )
