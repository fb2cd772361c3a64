"""Films of two shots, one with an effect in it, as real files: what must not mislead a detector of cuts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np

from testkit.videos import write_video
from tests.cutting.effects import EFFECTS, whip_pan
from tests.cutting.places import HEIGHT, WIDTH, Picture, Place, drawn_place, to_image

LONG_SHOT, SHORT_SHOT = 84, 30  # frames: the shot with the effect, and the one without
QUICK = {"preset": "ultrafast", "crf": "20"}
ON_FILM = {"grain", "silent film"}  # all shots of a film have these
Scene = Callable[[int], Picture]  # gives the picture of each frame by its number


@dataclass(frozen=True)
class EffectFilm:
    """A film and the first frames of its shots."""

    path: Path
    starts: list[int]


def effect_film(path: Path, effect: str, seed: int, scenes: tuple[Scene, Scene] | None = None) -> EffectFilm:
    """Write a film of two shots with the effect in the longer one, which comes first or second by turns."""
    random = np.random.default_rng([seed, *effect.encode()])
    acted, other = scenes or (drawn_place(2 * seed).look, drawn_place(2 * seed + 1).look)
    start = int(random.integers(14, 26))  # of the effect: neither close to the cut nor over at the end
    paint = EFFECTS[effect](random, start)
    second = (lambda number: paint(number, other(number))) if effect in ON_FILM else other
    return _film(path, seed, lambda number: paint(number, acted(number)), second)


def whip_pan_film(path: Path, seed: int, places: tuple[Place, Place] | None = None) -> EffectFilm:
    """Write a film of two shots, in one of which the camera rushes to the other end of a place."""
    random = np.random.default_rng([seed, 77])
    acted, other = places or (drawn_place(2 * seed), drawn_place(2 * seed + 1))
    pan, speed = whip_pan(random, LONG_SHOT, int(random.integers(20, 40)))
    return _film(path, seed, lambda number: acted.look(number, pan[number], speed[number]), other.look)


def clip(path: Path, skip: int = 0) -> Scene:
    """Read a real video from frame `skip` on as a scene: it gives the pictures in order, and repeats the last one."""
    frames = _decode(path, skip)
    last = [next(frames)]

    def scene(number: int) -> Picture:
        last[0] = next(frames, last[0])
        return last[0]

    return scene


def _decode(path: Path, skip: int) -> Iterator[Picture]:
    with av.open(str(path)) as container:
        for frame in islice(container.decode(video=0), skip, skip + LONG_SHOT + 1):
            picture = frame.to_ndarray(format="rgb24")
            shape = round(picture.shape[0] * WIDTH / picture.shape[1])
            wide = (WIDTH, shape) if shape >= HEIGHT else (round(WIDTH * HEIGHT / shape), HEIGHT)
            small = cv2.resize(picture, wide, interpolation=cv2.INTER_AREA)
            left, top = (wide[0] - WIDTH) // 2, (wide[1] - HEIGHT) // 2
            yield small[top : top + HEIGHT, left : left + WIDTH].astype(np.float32)


def _film(path: Path, seed: int, acted: Scene, other: Scene) -> EffectFilm:
    shots = [(acted, LONG_SHOT), (other, SHORT_SHOT)]
    if seed % 2:
        shots.reverse()
    frames = [to_image(scene(number)) for scene, length in shots for number in range(length)]
    write_video(path, frames, fps=24, options=QUICK)
    return EffectFilm(path, [0, shots[0][1]])
