"""Things cut out of their pictures, to move before other pictures: the dancing man, people, and mere shapes."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from training.sources import photos, read_dancer, read_photo

Picture = NDArray[np.uint8]

PERSON = 15  # class of the segmentation network
SHAPES = 40


def cutouts(data: Path, pretrained: Path) -> list[Picture]:
    """Each (N, h, w, 4) BGR and alpha, at most 360 high; the dancer, who alone moves by himself, many times."""
    dancer = read_dancer(data, every=2, limit=600, height=300)
    parts = [dancer[start : start + 75] for start in range(0, len(dancer), 75)]
    return parts * 6 + people(data, pretrained) + shapes(data)


def people(data: Path, pretrained: Path) -> list[Picture]:
    """People standing in fashion photos and seen close in film stills, cut out by the segmentation network."""
    found = []
    cut = _Scissors(pretrained)
    for path in photos(data, "fashion")[::20] + photos(data, "stills/CS", "stills/MS")[::5]:
        person = cut(read_photo(path))
        if person is not None:
            found.append(person)
    return found


def shapes(data: Path) -> list[Picture]:
    """Round pieces of photos: whatever passes before a camera."""
    random = np.random.default_rng(5)
    paths = photos(data, "coco", "rooms")
    found = []
    for number in random.choice(len(paths), SHAPES, replace=False):
        picture = cv2.resize(read_photo(paths[number]), (240, 240), interpolation=cv2.INTER_AREA)
        noise = cv2.resize(random.normal(0, 0.15, (5, 5)), (240, 240), interpolation=cv2.INTER_CUBIC)
        y, x = np.mgrid[-1:1:240j, -1:1:240j]
        inside = np.hypot(x * random.uniform(1.1, 2), y * 1.15) + noise < 0.9
        alpha = cv2.GaussianBlur(inside.astype(np.float32) * 255, (5, 5), 0)
        found.append(np.dstack([picture, alpha.astype(np.uint8)])[None])
    return found


class _Scissors:
    """DeepLab with a MobileNetV2, quantised: picture (H, W, 3) BGR -> the person in it (1, h, w, 4), if any."""

    def __init__(self, pretrained: Path) -> None:
        from ai_edge_litert.interpreter import Interpreter

        self._network = Interpreter(str(pretrained / "deeplabv3_mnv2_pascal_quant.tflite"))
        self._network.allocate_tensors()
        self._input = self._network.get_input_details()[0]
        self._output = self._network.get_output_details()[0]["index"]

    def __call__(self, picture: Picture) -> Picture | None:
        size = (int(self._input["shape"][2]), int(self._input["shape"][1]))
        self._network.set_tensor(self._input["index"], cv2.resize(picture, size)[None, :, :, ::-1])
        self._network.invoke()
        answer = np.squeeze(self._network.get_tensor(self._output))
        person = (answer if answer.ndim == 2 else answer.argmax(axis=-1)) == PERSON
        height, width = picture.shape[:2]
        mask = cv2.resize(person.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
        rows, columns = np.flatnonzero(mask.max(axis=1) > 0.5), np.flatnonzero(mask.max(axis=0) > 0.5)
        if len(rows) < height / 3 or len(columns) < 8:
            return None
        whole = np.dstack([picture, (mask * 255).astype(np.uint8)])
        whole = whole[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        scale = min(1.0, 360 / whole.shape[0])
        return np.asarray(cv2.resize(whole, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)[None], np.uint8)
