"""Which weights predict, and how many shots at a time."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictOptions:
    """All options of predicting."""

    model_batch: int = field(default=16, metadata={"description": "Most shots predicted together.", "gt": 0})
    weights: Path | None = field(
        default=None, metadata={"description": "The JSON of the weights to serve; the shipped ones when not set."}
    )
