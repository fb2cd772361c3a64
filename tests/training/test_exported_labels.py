"""What the service exports for training is read as it was meant."""

from pathlib import Path

from shotlens.exports.registry import EXPORTS
from shotlens.shots.job import Job
from shotlens.shots.result import result
from shotlens.shots.shot import Prediction, Shot, Video, frames_of
from shotlens.training.data.labels import read_movieshots

VIDEO = Video(4.0, 25.0, 1920, 1080, 100)
JOB = Job("0" * 24, "done", 1.0, None, None, "My ad.mp4", 10, VIDEO, {"name": "m", "sha256": "0"}, 0.0, 1.0)


def test_a_movieshots_export_is_read_by_the_training(tmp_path: Path) -> None:
    shots = [Shot(first, first + 50, first / 25, first / 25 + 2, frames_of(first), ()) for first in (0, 50)]
    labels = {0: ("static", "MS"), 50: ("push", "FS")}
    predictions = {
        first: {"movement": Prediction({movement: 0.7}), "scale": Prediction({scale: 0.8})}
        for first, (movement, scale) in labels.items()
    }
    value = result(JOB, shots, predictions, lambda number, k: f"{number}/{k}.jpg")
    (tmp_path / "labels.json").write_bytes(EXPORTS["movieshots"].write(value))
    samples = read_movieshots(tmp_path / "labels.json").samples
    assert [(sample.name, sample.split, sample.scale, sample.movement) for sample in samples] == [
        ("My_ad_shot_0000", "train", "MS", "static"),
        ("My_ad_shot_0001", "train", "FS", "push"),
    ]
