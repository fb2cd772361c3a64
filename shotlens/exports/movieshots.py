"""MovieShots' own JSON, as `shotlens prepare` and other code for that dataset read it."""

import json
from typing import Any

from shotlens.exports.names import safe_stem
from shotlens.shots.heads import SCALE
from shotlens.shots.result import JobResult, ShotResult

SPLIT = "train"  # a shot of one's own is to learn from, until somebody sorts it elsewhere
VALUES: dict[str, dict[str, int]] = {
    "scale": {name: value for value, name in enumerate(SCALE.names)},
    "movement": {"motion": 0, "push": 1, "pull": 2, "static": 4},  # 3 is several movements, which we do not tell
}


def write(result: JobResult) -> bytes:
    """Write the labels by shot, the video's name in place of the dataset's film."""
    shots = {f"{shot.index:04d}": _labels(shot) for shot in result.shots}
    return json.dumps({SPLIT: {safe_stem(result.filename): shots}}, indent=1, ensure_ascii=False).encode()


def _labels(shot: ShotResult) -> dict[str, Any]:
    return {head: _entry(head, label) for head in VALUES if (label := shot.label_of(head))}


def _entry(head: str, label: str) -> dict[str, Any]:
    # The dataset writes `Push` and `MS`.
    name = label if head == "scale" else label.capitalize()
    return {"label": name, "value": VALUES[head][label]}
