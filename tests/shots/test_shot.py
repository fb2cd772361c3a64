"""Shots as they are written and read."""

from dataclasses import replace
from pathlib import Path

from shotlens.shots.shot import CameraMotion, Shot


def test_a_shot_read_without_its_camera_path_is_the_same_otherwise(tmp_path: Path) -> None:
    path = (CameraMotion(0.12, 0.01, 0.0, 0.001, 0.0, 0.9),) * 3
    shot = Shot(0, 0, 10, 0.0, 0.4, (tmp_path / "0/0.jpg",), path, "fade")
    assert Shot.from_json(shot.to_json(), tmp_path, camera=False) == replace(shot, camera_path=())
    assert Shot.from_json(shot.to_json(), tmp_path) == shot
