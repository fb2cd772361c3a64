"""Things cut out of pictures to move in front of others: the dancing man, signers, other people, mere shapes."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from recipes.synthetic.sources import FOLDS, fold_of, photos, read_dancer, read_photo, read_video, signers, video

Picture = NDArray[np.uint8]

PERSON = 15  # class of the segmentation network
SHAPES = 40
TALLEST = 360  # pixels


@dataclass(frozen=True, slots=True)
class Cutout:
    """A thing that may move by itself."""

    pictures: Picture  # (N, h, w, 4) BGR and alpha
    fold: int  # of the photo or video that it was cut from


def figures(data: Path, pretrained: Path) -> list[Cutout]:
    """Cut out figures for clips, each with its source's fold: no clip for judging shows one that training has seen.

    Those who move by themselves, a dancer and people signing, stand for many of the photos.
    """
    cut = _Scissors(pretrained)
    paths = photos(data, "fashion")[::12] + photos(data, "stills/CS", "stills/MS")[::2]
    paths += photos(data, "lspe")[::20] + photos(data, "coco")[::4]
    people = [Cutout(person, fold_of(path)) for path in paths if (person := cut(read_photo(path)[None])) is not None]
    for path in signers(data):
        person = cut(read_video(path, every=3, limit=24, height=TALLEST))
        people += [Cutout(person, fold_of(path))] * 5 if person is not None else []
    dancer = read_dancer(data, every=2, limit=600, height=300)
    parts = [dancer[start : start + 75] for start in range(0, len(dancer), 75)]
    people += [Cutout(part, fold_of(video(data, "dancer1.webm"))) for part in parts * 4]
    return people + [Cutout(shape, number % FOLDS) for number, shape in enumerate(shapes(data))]


def cutouts(data: Path, pretrained: Path) -> list[Picture]:
    """Cut out things for reels, each (N, h, w, 4) BGR and alpha; the dancer, who alone moves by himself, many times."""
    dancer = read_dancer(data, every=2, limit=600, height=300)
    parts = [dancer[start : start + 75] for start in range(0, len(dancer), 75)]
    return parts * 6 + people(data, pretrained) + shapes(data)


def people(data: Path, pretrained: Path) -> list[Picture]:
    """Let the segmentation network cut out people who stand in fashion photos or are close in film stills."""
    cutouts = []
    cut = _Scissors(pretrained)
    for path in photos(data, "fashion")[::20] + photos(data, "stills/CS", "stills/MS")[::5]:
        person = cut(read_photo(path)[None])
        if person is not None:
            cutouts.append(person)
    return cutouts


def shapes(data: Path) -> list[Picture]:
    """Cut out round pieces of photos, for whatever passes in front of a camera."""
    random = np.random.default_rng(5)
    paths = photos(data, "coco", "rooms")
    cutouts = []
    for number in random.choice(len(paths), SHAPES, replace=False):
        picture = cv2.resize(read_photo(paths[number]), (240, 240), interpolation=cv2.INTER_AREA)
        noise = cv2.resize(random.normal(0, 0.15, (5, 5)), (240, 240), interpolation=cv2.INTER_CUBIC)
        y, x = np.mgrid[-1:1:240j, -1:1:240j]
        inside = np.hypot(x * random.uniform(1.1, 2), y * 1.15) + noise < 0.9
        alpha = cv2.GaussianBlur(inside.astype(np.float32) * 255, (5, 5), 0)
        cutouts.append(np.dstack([picture, alpha.astype(np.uint8)])[None])
    return cutouts


class _Scissors:
    """Finds the people in a picture with DeepLab on a MobileNetV2, quantised."""

    def __init__(self, pretrained: Path) -> None:
        from ai_edge_litert.interpreter import Interpreter

        self._network = Interpreter(str(pretrained / "deeplabv3_mnv2_pascal_quant.tflite"))
        self._network.allocate_tensors()
        self._input = self._network.get_input_details()[0]
        self._output = self._network.get_output_details()[0]["index"]

    def __call__(self, pictures: Picture) -> Picture | None:
        """(N, H, W, 3) BGR of one scene -> who is in it, (N, h, w, 4) and at most `TALLEST` high, if anybody."""
        masks = np.stack([self._mask(picture) for picture in pictures])
        height, most = pictures.shape[1], masks.max(axis=0)
        rows, columns = np.flatnonzero(most.max(axis=1) > 0.5), np.flatnonzero(most.max(axis=0) > 0.5)
        if len(rows) < height / 3 or len(columns) < 8:
            return None
        whole = np.concatenate([pictures, (masks[..., None] * 255).astype(np.uint8)], axis=-1)
        whole = whole[:, rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        scale = min(1.0, TALLEST / whole.shape[1])
        return np.stack([cv2.resize(one, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) for one in whole])

    def _mask(self, picture: Picture) -> NDArray[np.float32]:
        """Picture (H, W, 3) -> how much of a person each pixel is, (H, W) 0 to 1."""
        size = (int(self._input["shape"][2]), int(self._input["shape"][1]))
        self._network.set_tensor(self._input["index"], cv2.resize(picture, size)[None, :, :, ::-1])
        self._network.invoke()
        answer = np.squeeze(self._network.get_tensor(self._output))
        person = (answer if answer.ndim == 2 else answer.argmax(axis=-1)) == PERSON
        height, width = picture.shape[:2]
        return np.asarray(cv2.resize(person.astype(np.float32), (width, height)), np.float32)
