"""Single shots of real footage, all at 320x180 and 24 frames a second, for films with known cuts."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT, FPS = 320, 180, 24
SHORTEST = 36  # frames at 24 per second
Image = NDArray[np.uint8]  # (H, W, 3) BGR: 180 by 320 in a piece
# Single shots, chosen by eye, of footage without labels: first frame, frame after the last.
BY_EYE = {
    "testvideo": [(35, 172), (240, 335), (425, 528), (565, 668)],
    "example2": [(0, 48)],
}
LEFT_OUT = {
    "fades",
    "dancer1",
    "agent327_1080p_part",
}  # no real shots; a figure without a ground; part of another file


@dataclass
class Piece:
    """One shot without a cut, stored as JPEGs, so that half an hour of it fits into memory."""

    family: str  # pieces of one family may look alike
    pictures: list[NDArray[np.uint8]]  # as cv2.imencode gives them

    def __len__(self) -> int:
        return len(self.pictures)

    def frame(self, number: int) -> Image:
        """Return frame `number`; after its end the piece plays backwards, then forwards again."""
        turn = 2 * (len(self) - 1)
        place = number % turn
        return np.asarray(cv2.imdecode(self.pictures[min(place, turn - place)], cv2.IMREAD_COLOR), np.uint8)


def write(path: Path, pictures: Iterator[Image], *, rate: Fraction | int = FPS, options: dict[str, str]) -> None:
    """Encode pictures of one size as H.264; `options` are for the codec."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=rate, options=options)
        stream.pix_fmt = "yuv420p"
        for number, picture in enumerate(pictures):
            if number == 0:
                stream.height, stream.width = picture.shape[:2]
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "bgr24")))
        container.mux(stream.encode())


def pieces(videos: Path) -> list[Piece]:
    """Read all footage in the folder `videos`, cut where `../labels` says, in one pass over each file."""
    stock = []
    for path in sorted([*videos.glob("*.*"), *videos.glob("asl/*.*")]):
        if path.stem not in LEFT_OUT:
            stock += _pieces(path, _shots(path.stem, videos.parent / "labels" / f"{path.stem}.json"))
    return [piece for piece in stock if len(piece) >= SHORTEST]


def _shots(stem: str, labels: Path) -> list[tuple[int, int]]:
    """Return spans of frames without a cut or anything that could be taken for one."""
    if stem in BY_EYE:
        return BY_EYE[stem]
    if not labels.is_file():
        return [(0, 1 << 30)]
    film = json.loads(labels.read_text())
    edges = [0, *film["cuts"], film["end"] or film["frames"]]
    unsure = [(at, at) for at in film["optional"]] + [tuple(zone) for zone in film["zones"]]
    return [(a, b) for a, b in pairwise(edges) if not any(first < b and last >= a for first, last in unsure)]


def _pieces(path: Path, shots: list[tuple[int, int]]) -> list[Piece]:
    family = "asl" if path.parent.name == "asl" else path.stem.split("_")[0]
    of_shots = [Piece(family, []) for _ in shots]
    due = [0.0] * len(shots)  # seconds at which to take the next frame of each piece
    for number, (time, frame) in enumerate(_decode(path)):
        for at, (first, end) in enumerate(shots):
            if first + 1 <= number < end - 1 and time >= due[at]:  # an edge may be interlaced
                of_shots[at].pictures.append(_packed(frame))
                due[at] = max(due[at] + 1 / FPS, time - 1 / FPS) if due[at] else time + 1 / FPS - 1e-3
    return of_shots


def _decode(path: Path) -> Iterator[tuple[float, av.VideoFrame]]:
    with av.open(str(path)) as container:
        container.streams.video[0].thread_type = "AUTO"
        for frame in container.decode(video=0):
            yield float(frame.time or 0.0), frame


def _packed(frame: av.VideoFrame) -> NDArray[np.uint8]:
    """Fill 320x180 with the middle of the frame, as a JPEG."""
    scale = max(WIDTH / frame.width, HEIGHT / frame.height)
    size = max(WIDTH, round(frame.width * scale)), max(HEIGHT, round(frame.height * scale))
    small = frame.reformat(width=size[0], height=size[1], interpolation="AREA").to_ndarray(format="bgr24")
    left, top = (size[0] - WIDTH) // 2, (size[1] - HEIGHT) // 2
    picture = small[top : top + HEIGHT, left : left + WIDTH]
    return np.asarray(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 96])[1], np.uint8)
