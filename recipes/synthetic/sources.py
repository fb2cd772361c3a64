"""What may be trained on: the photos and videos of the data folder that are not labelled for judging."""

import json
from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from shotlens.training.data import labels

JUDGING_ONLY = ("agent327_1080p_part.mp4",)  # part of a labelled film under another name
FOLDS = 5


class JudgingOnlyError(Exception):
    """Somebody asked to train on a video that is kept for judging."""


def judging_only(data: Path) -> set[str]:
    """Return the videos that must not be trained on, as paths below `data/videos`."""
    labelled = {json.loads(file.read_text())["video"] for file in sorted((data / "labels").glob("*.json"))}
    return labelled | set(JUDGING_ONLY)


def video(data: Path, name: str) -> Path:
    """Return the path of a video that may be trained on; raises JudgingOnlyError for the others."""
    if name in judging_only(data):
        raise JudgingOnlyError(f"{name} is kept for judging and is never trained on.")
    return data / "videos" / name


def signers(data: Path) -> list[Path]:
    """Return the videos of people who sign in front of a still camera."""
    refused = judging_only(data)
    names = sorted(path.name for path in (data / "videos" / "asl").glob("*.mkv"))
    return [video(data, f"asl/{name}") for name in names if f"asl/{name}" not in refused]


def photos(data: Path, *sets: str) -> list[Path]:
    """Return the photos of these folders below `data/images`, in a fixed order."""
    folders = [data / "images" / name for name in sets]
    return [path for folder in folders for path in sorted(folder.rglob("*.jpg"))]


def group_of(path: Path) -> str:
    """Name a source, so that everything made from it is held out together."""
    return "/".join(path.parts[-2:])


def fold_of(path: Path) -> int:
    """Return a number from 0 to FOLDS - 1, by the file's name."""
    return labels.fold_of(group_of(path), FOLDS)


def read_photo(path: Path) -> NDArray[np.uint8]:
    """Read a photo: (H, W, 3) BGR."""
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    assert picture is not None, f"{path} is not a picture"
    return np.asarray(picture, np.uint8)


def read_video(path: Path, every: int, limit: int, height: int) -> NDArray[np.uint8]:
    """Read every `every`-th frame, at most `limit` of them: (N, height, W, 3) BGR."""
    frames = []
    with av.open(str(path)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number % every == 0:
                width = round(frame.width * height / frame.height)
                frames.append(frame.reformat(width, height, format="bgr24").to_ndarray())
            if len(frames) == limit:
                break
    return np.asarray(frames, np.uint8)


def read_dancer(data: Path, every: int, limit: int, height: int) -> NDArray[np.uint8]:
    """Read the dancing man, cut out: (N, height, W, 4) BGR and alpha, cropped to all places where he ever is."""
    frames = []
    for number, frame in enumerate(_with_alpha(video(data, "dancer1.webm"))):
        if number % every == 0:
            picture = cv2.cvtColor(frame.to_ndarray(format="rgba"), cv2.COLOR_RGBA2BGRA)
            frames.append(cv2.resize(picture, None, fx=height / 360, fy=height / 360, interpolation=cv2.INTER_AREA))
        if len(frames) == limit:
            break
    stack = np.asarray(frames, np.uint8)
    columns = np.flatnonzero((stack[..., 3] > 128).any(axis=(0, 1)))
    return stack[:, :, columns[0] : columns[-1] + 1]


def _with_alpha(path: Path) -> Iterator[av.VideoFrame]:
    """Decode with libvpx, which keeps the alpha plane; FFmpeg's own VP8 decoder drops it."""
    with av.open(str(path)) as container:
        decoder = av.CodecContext.create("libvpx", "r")
        for packet in container.demux(video=0):
            for frame in decoder.decode(packet):
                assert isinstance(frame, av.VideoFrame)
                yield frame
