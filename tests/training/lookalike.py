"""A tiny MovieShots: three trailers of a few clips, in the dataset's own archives and JSON, with its oddities."""

import json
import tarfile
from pathlib import Path

import cv2
import numpy as np

from shotlens.shots.heads import SCALE
from testkit.videos import Image, scene, write_video

MOVEMENTS = ("Static", "Motion", "Push", "Pull")
SPLITS = {"train": ["tt0000001", "tt0000002"], "val": ["tt0000003"]}
SHOTS = 8  # in each trailer
SIZE = (96, 64)


def write_dataset(folder: Path) -> tuple[Path, Path]:
    """Write labels and a folder of clips, some packed and some not; return both."""
    clips = folder / "clips"
    labels: dict[str, dict[str, dict[str, object]]] = {}
    for split, trailers in SPLITS.items():
        labels[split] = {}
        for trailer in trailers:
            _write_trailer(clips / trailer, seed=int(trailer[-1]))
            labels[split][trailer] = {f"{shot:04d}": _entry(shot) for shot in range(SHOTS)}
    labels["train"]["tt0000001"]["0007"] = {"scale": _value(SCALE.names, 2), "movement": _multi()}
    labels["val"]["tt0000003"]["0099"] = _entry(1)  # there is no such clip
    (clips / "tt0000003" / "shot_0006.mp4").write_bytes(b"not a video")
    write_clip(clips / "tt0000003" / "shot_0077.mp4", "Static", 5)  # nobody has labelled it
    _pack(clips / "tt0000002")
    file = folder / "v1_split_trailer.json"
    file.write_text(json.dumps(labels))
    return file, clips


def write_clip(path: Path, movement: str, seed: int) -> Path:
    """Write a clip of a camera that moves over a picture, one second long."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_video(path, [_seen(movement, seed, number / 11) for number in range(12)], fps=12)


def _seen(movement: str, seed: int, when: float) -> Image:
    picture = scene(seed, 240, 160)
    zoom = {"Push": 1 - 0.4 * when, "Pull": 0.6 + 0.4 * when}.get(movement, 0.6)
    shift = 80 * when if movement == "Motion" else 40
    width, height = 240 * zoom, 160 * zoom
    left, top = (240 - width) / 2 - 40 * (movement == "Motion") + shift * (movement == "Motion"), (160 - height) / 2
    corners = np.array([[left, top], [left + width, top], [left, top + height]], np.float32)
    target = np.array([[0, 0], [SIZE[0], 0], [0, SIZE[1]]], np.float32)
    matrix = cv2.getAffineTransform(corners, target)
    return np.asarray(cv2.warpAffine(picture, matrix, SIZE, borderMode=cv2.BORDER_REFLECT_101), np.uint8)


def _write_trailer(folder: Path, seed: int) -> None:
    for shot in range(SHOTS):
        write_clip(folder / f"shot_{shot:04d}.mp4", MOVEMENTS[shot % 4], 10 * seed + shot)


def _entry(shot: int) -> dict[str, object]:
    movements = ("Motion", "Push", "Pull", "Multi_movement", "Static")
    movement = MOVEMENTS[shot % 4]
    return {"scale": _value(SCALE.names, shot % 5), "movement": _value(movements, movements.index(movement))}


def _value(names: tuple[str, ...], place: int) -> dict[str, object]:
    return {"label": names[place], "value": place}


def _multi() -> dict[str, object]:
    return {"label": "Multi_movement", "value": 3}


def _pack(folder: Path) -> None:
    """Pack clips into `<imdb id>.tgz`, beside a member whose name leads elsewhere."""
    with tarfile.open(folder.with_suffix(".tgz"), "w:gz") as archive:
        for clip in sorted(folder.glob("*.mp4")):
            archive.add(clip, f"{folder.name}/{clip.name}")
        evil = tarfile.TarInfo("../../tt0000002/shot_0055.mp4")
        archive.addfile(evil)
    for clip in folder.glob("*.mp4"):
        clip.unlink()
    folder.rmdir()
