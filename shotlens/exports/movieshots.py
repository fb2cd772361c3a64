"""MovieShots' own JSON format, which `shotlens prepare` and other code for that data set read."""

import json
from typing import Any

from shotlens.exports.names import safe_stem
from shotlens.shots.heads import SCALE
from shotlens.shots.result import JobResult, ShotResult

SPLIT = "train"  # your own shots are training data until you assign them to another split
VALUES: dict[str, dict[str, int]] = {
    "scale": {name: value for value, name in enumerate(SCALE.names)},
    "movement": {"motion": 0, "push": 1, "pull": 2, "static": 4},  # 3 is several movements, which we do not predict
}


def write(result: JobResult) -> bytes:
    """Write the labels by shot; the video's name takes the place of the film's ID."""
    shots = {f"{shot.index:04d}": _labels(shot) for shot in result.shots}
    return json.dumps({SPLIT: {safe_stem(result.filename): shots}}, indent=1, ensure_ascii=False).encode()


def _labels(shot: ShotResult) -> dict[str, Any]:
    return {head: _entry(head, label) for head in VALUES if (label := shot.label_of(head))}


def _entry(head: str, label: str) -> dict[str, Any]:
    # The data set writes `Push` and `MS`.
    name = label if head == "scale" else label.capitalize()
    return {"label": name, "value": VALUES[head][label]}
