"""Frames whose scale is known: film stills, and crops of people at the height that defines each scale."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from recipes.synthetic.sources import photos, read_photo, read_video, signers
from shotlens.shots.heads import SCALE

ASPECTS = (16 / 9, 16 / 9, 16 / 9, 1.85, 2.39, 4 / 3)
STILL, CROP = 1.0, 0.35  # weights: film makers framed the stills, but only a rule the crops
# Joints in the order of the pose sets.
ANKLES, KNEES, HIPS, NECK, HEAD = (0, 5), (1, 4), (2, 3), 12, 13
# Face height / frame height (published upper bounds: MS .20, medium close-up .30, CU .50, and big close-ups above).
FACE_SHARE = {0: (0.85, 1.6), 1: (0.33, 0.6), 2: (0.13, 0.27)}
# COCO's bottles to cakes, phones and keyboards, books to toothbrushes.
SMALL_THINGS = {*range(39, 56), *range(63, 68), *range(73, 80)}

Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Framing:
    """One picture of a known scale, not yet resized."""

    picture: Picture  # (H, W, 3) BGR
    scale: int  # index into SCALE.names
    path: Path  # of the photo or video that it was made from
    weight: float


def stills(data: Path) -> Iterator[Framing]:
    """Give film stills, which are sorted by their framing."""
    for scale, name in enumerate(SCALE.names):
        for path in photos(data, f"stills/{name}"):
            yield Framing(read_photo(path), scale, path, STILL)


def crops(data: Path, pretrained: Path, random: np.random.Generator) -> Iterator[Framing]:
    """Give all that can be made from other photos, in a fixed order; `random` chooses aspect ratios and margins."""
    yield from faces(data, pretrained, random)
    yield from people(data, random)
    yield from everyday(data, random)
    yield from objects(data, random)
    yield from landscapes(data, random)


def faces(data: Path, pretrained: Path, random: np.random.Generator) -> Iterator[Framing]:
    """Crop around a face: the share of the frame's height that it fills tells ECS, CS or MS."""
    detect = _FaceDetector(pretrained)
    sources = [(path, read_photo(path)) for path in photos(data, "fashion")[::2] + photos(data, "stills/CS")]
    sources += [(path, frame) for path in signers(data) for frame in read_video(path, 12, 4, 480)]
    for path, picture in sources:
        face = detect(picture)
        if face is None:
            continue
        x, y, tall = face
        for scale in (0,) if path.parent.name == "CS" else (1, 2):
            low, high = FACE_SHARE[scale]
            seen = tall / random.uniform(low, high)
            top = y - seen * random.uniform(0.35, 0.5)
            crop = window(picture, x, top, top + seen, float(random.choice(ASPECTS)))
            if crop is not None and crop.shape[0] > 0.9 * seen:
                yield Framing(crop, scale, path, CROP)


def people(data: Path, random: np.random.Generator) -> Iterator[Framing]:
    """Crop people in sport by their joints: down to the hips or knees they are MS, whole they are FS."""
    joints = json.loads((data / "images" / "joints.json").read_text())
    for number, (name, places) in enumerate(joints.items()):
        points = np.array(places)[:, :2]
        body = float(points[list(ANKLES), 1].max() - points[HEAD, 1])
        upright = body > 1.2 * np.ptp(points[:, 0]) and points[HEAD, 1] < points[list(HIPS), 1].min()
        if not upright or body < 120 or number % 2:
            continue
        path = data / "images" / name
        picture = read_photo(path)
        scale = int(random.choice([2, 3]))
        top, bottom = _span(points, scale, random)
        centre = float(points[[HEAD, NECK], 0].mean() if scale == 2 else points[:, 0].mean())
        crop = window(picture, centre, top, bottom, float(random.choice(ASPECTS)))
        if crop is not None:
            yield Framing(crop, scale, path, CROP)


def everyday(data: Path, random: np.random.Generator) -> Iterator[Framing]:
    """Crop COCO photos with people: the height of the largest in the frame tells LS from FS."""
    for path in photos(data, "coco"):
        labels = path.with_suffix(".txt")
        if not labels.exists():  # no thing was detected in this photo
            continue
        picture = read_photo(path)
        height, width = picture.shape[:2]
        boxes = np.loadtxt(labels, ndmin=2).reshape(-1, 5)
        persons = boxes[boxes[:, 0] == 0]
        if not len(persons):
            continue
        x, y, wide, tall = persons[persons[:, 4].argmax(), 1:]
        for scale, low, high in ((4, 0.12, 0.4), (3, 0.65, 0.95)):
            seen = tall * height / random.uniform(low, high)  # the height of the crop
            whole = y + tall / 2 < 0.97 and tall * height > 1.4 * wide * width
            if tall * height < 60 or seen > height or not whole:
                continue
            top = float(np.clip(y * height - seen / 2, 0, height - seen))
            crop = window(picture, x * width, top, top + seen, float(random.choice(ASPECTS)))
            if crop is not None:
                yield Framing(crop, scale, path, CROP)


def objects(data: Path, random: np.random.Generator) -> Iterator[Framing]:
    """Crop around things of a hand's size: they fill the frame, which makes it ECS."""
    for path in photos(data, "coco"):
        labels = path.with_suffix(".txt")
        if not labels.exists():
            continue
        picture = read_photo(path)
        height, width = picture.shape[:2]
        for kind, x, y, _, tall in np.loadtxt(labels, ndmin=2).reshape(-1, 5):
            seen = tall * height / random.uniform(0.6, 1.1)
            if int(kind) not in SMALL_THINGS or tall * height < 60 or seen > 0.6 * height:
                continue
            top = float(np.clip(y * height - seen / 2, 0, height - seen))
            crop = window(picture, x * width, top, top + seen, float(random.choice(ASPECTS)))
            if crop is not None:
                yield Framing(crop, SCALE.names.index("ECS"), path, CROP)


def landscapes(data: Path, random: np.random.Generator) -> Iterator[Framing]:
    """Crop landscapes, streets and rooms without people: they are LS."""
    for path in photos(data, "places")[::2] + photos(data, "rooms")[::2]:
        picture = read_photo(path)
        tall = picture.shape[0] * random.uniform(0.6, 0.95)
        top = random.uniform(0, picture.shape[0] - tall)
        crop = window(picture, picture.shape[1] / 2, top, top + tall, float(random.choice(ASPECTS)))
        if crop is not None:
            yield Framing(crop, SCALE.names.index("LS"), path, CROP)


def window(picture: Picture, centre: float, top: float, bottom: float, aspect: float) -> Picture | None:
    """Cut out the part of `picture` between the rows `top` and `bottom`, `aspect` wide about column `centre`.

    A portrait photo is narrower than a film frame, so up to as much again is mirrored at its sides.
    Returns none if the part would be mostly mirrored, or less than 50 pixels high.
    """
    height, width = picture.shape[:2]
    top, bottom = max(0.0, top), min(float(height), bottom)
    wide = (bottom - top) * aspect
    if bottom - top < 50 or wide > 2.2 * width:
        return None
    left = centre - wide / 2
    if wide <= width:
        left = min(max(left, 0), width - wide)
    pad = max(0, round(-left), round(left + wide - width))
    padded = cv2.copyMakeBorder(picture, 0, 0, pad, pad, cv2.BORDER_REFLECT_101) if pad < width else None
    if padded is None:
        return None
    start = max(0, round(left) + pad)
    return np.asarray(padded[round(top) : round(bottom), start : start + round(wide)], np.uint8)


def _span(points: NDArray[np.float64], scale: int, random: np.random.Generator) -> tuple[float, float]:
    """Choose the first and last row of a frame of this scale around the person."""
    head, neck = points[HEAD, 1], points[NECK, 1]
    hips, knees = points[list(HIPS), 1].mean(), points[list(KNEES), 1].mean()
    size = neck - head
    top = head - size * random.uniform(0.1, 0.6)
    if scale == 2:  # from above the waist to above the knees
        low, high = 0.6 * hips + 0.4 * neck, 0.3 * hips + 0.7 * knees
        return top, low + random.uniform(0, 1) * (high - low)
    feet = points[list(ANKLES), 1].max()
    margin = (feet - head) * random.uniform(0.03, 0.2)
    return head - margin, feet + margin


class _FaceDetector:
    """YuNet: from a picture (H, W, 3) BGR to the largest face's centre x, y and height in pixels, if there is one."""

    def __init__(self, pretrained: Path) -> None:
        self._network = cv2.FaceDetectorYN.create(str(pretrained / "yunet_n_640_640.onnx"), "", (640, 640), 0.7)

    def __call__(self, picture: Picture) -> tuple[float, float, float] | None:
        self._network.setInputSize((picture.shape[1], picture.shape[0]))
        _, boxes = self._network.detect(picture)
        if boxes is None:
            return None
        x, y, width, height = max(boxes[:, :4].tolist(), key=lambda box: box[3])
        return x + width / 2, y + height / 2, height
