"""What happens within a shot and is no cut: flashes, explosions, passers-by, titles, jumps.

Each function changes a `Film` in place, from a frame `at` that it chooses itself.
"""

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from recipes.synthetic.film import BLACK, GREY, WHITE, Film, Floats, blob, lay
from shotlens.cutting.detect.thumbnail import LUMA_SIZE

# Left, top, width and height of a subtitle, a logo, a title, a lower third, a caption and a plate, in pixels.
TITLES = ((10, 28, 44, 5), (48, 4, 12, 7), (6, 10, 52, 14), (0, 24, 64, 9), (4, 22, 36, 8), (18, 8, 28, 20))


def happen(random: np.random.Generator, film: Film) -> None:
    """Let up to three things happen."""
    for _ in range(random.choice(4, p=[0.35, 0.4, 0.2, 0.05])):
        HAPPENINGS[int(random.integers(len(HAPPENINGS)))](random, film)


def _colour(random: np.random.Generator) -> tuple[float, float]:
    u, v = GREY + random.normal(0, 12, 2)
    return float(u), float(v)


def _flashes(random: np.random.Generator, film: Film) -> None:
    """Cameras flash: all, most or a band of the picture goes white for one to three frames, once or many times."""
    count = int(random.choice([1, 1, 2, 5, 10]))
    start, span = int(random.integers(len(film))), int(random.integers(20, 80))
    for _ in range(count):
        at, length = start + int(random.integers(span if count > 1 else 1)), int(random.integers(1, 4))
        strength, fall = random.uniform(0.3, 1.0), random.uniform(0.3, 1.0)
        for number in range(at, min(at + length, len(film))):
            size = strength * fall ** (number - at)
            lay(film, number, _flash(random) * np.float32(size), WHITE, (GREY, GREY))


def _flash(random: np.random.Generator) -> Floats:
    """Choose what a flash lights: everything, a large part, or the rows that the shutter had not read yet."""
    cover = np.ones(LUMA_SIZE[::-1], np.float32)
    kind = random.random()
    if kind < 0.2:
        return blob(random.uniform(0, 1, 2), 0.7, 0.7, 0.8)
    if kind < 0.4:
        row = int(random.integers(1, LUMA_SIZE[1]))
        cover[slice(row) if random.random() < 0.5 else slice(row, None)] = 0
    return cover


def _shots_fired(random: np.random.Generator, film: Film) -> None:
    """A gun fires: every few frames light bursts in one place and lights the whole scene."""
    place, every = random.uniform(0.1, 0.9, 2), int(random.integers(2, 9))
    start = int(random.integers(len(film)))
    for at in range(start, min(start + every * int(random.integers(1, 8)), len(film)), every):
        for number in range(at, min(at + int(random.integers(1, 3)), len(film))):
            film.luma[number] = BLACK + (film.luma[number] - BLACK) * random.uniform(1, 2.2)
            size = random.uniform(0.05, 0.5)
            lay(film, number, blob(place, size, size * random.uniform(0.4, 1), 0.5), WHITE, (105.0, 150.0))


def _explosion(random: np.random.Generator, film: Film) -> None:
    """Fire grows over the picture within half a second and turns into smoke, which clears."""
    at, grow, clear = int(random.integers(len(film))), int(random.integers(3, 16)), int(random.integers(12, 45))
    place, most = random.uniform(0.1, 0.9, 2), random.uniform(0.3, 1.6)
    smoke, drift = random.uniform(30, 170), random.normal(0, 0.01, 2)
    if random.random() < 0.5:
        whole = np.ones(LUMA_SIZE[::-1], np.float32)
        lay(film, at, whole * np.float32(random.uniform(0.4, 1.0)), WHITE, (GREY, GREY))
    for number in range(at, min(at + grow + clear, len(film))):
        age = number - at
        size = most * min(1.0, (age + 1) / grow) ** 0.6
        burnt = np.clip((age - grow * 0.7) / (grow + clear * 0.3), 0, 1)
        left = 1 - np.clip((age - grow) / clear, 0, 1)
        shape = blob(place + drift * age, size, size * 0.8, 0.6)
        boil = cv2.resize(random.random((4, 6)).astype(np.float32), LUMA_SIZE, interpolation=cv2.INTER_CUBIC)
        light = (WHITE - 40 * boil) * (1 - burnt) + (smoke + 20 * boil) * burnt
        fire = (GREY - 45 * (1 - burnt), GREY + 40 * (1 - burnt))
        lay(film, number, shape * np.float32(left), light, fire)


def _passer_by(random: np.random.Generator, film: Film) -> None:
    """Something blurred crosses close to the lens, and may cover the whole picture."""
    length = int(np.exp(random.uniform(np.log(3), np.log(30))))
    at, width = int(random.integers(len(film))), random.uniform(0.15, 0.9)
    turned, upwards = random.random() < 0.5, random.random() < 0.15
    luma, chroma, height = (
        random.uniform(BLACK, 150 if random.random() < 0.8 else WHITE),
        _colour(random),
        random.uniform(0.4, 4),
    )
    softness, rough = random.choice([0.02, 0.1, 0.3, 0.6]), random.uniform(0, 25)
    texture = cv2.resize(random.normal(0, rough, (5, 8)).astype(np.float32), LUMA_SIZE, interpolation=cv2.INTER_CUBIC)
    for number in range(at, min(at + length, len(film))):
        way = (number - at + 0.5) / length * (1 + 2 * width) - width
        way = 1 - way if turned else way
        cover = blob((0.5, way), height, width, softness) if upwards else blob((way, 0.6), width, height, softness)
        lay(film, number, cover, np.roll(luma + texture, int(way * 64), axis=1), chroma)


def _dip(random: np.random.Generator, film: Film) -> None:
    """The picture goes black or white and comes back within a second or so: the same scene goes on."""
    out, hold, back = random.integers(2, 14), random.integers(0, 10), random.integers(2, 14)
    at, to = int(random.integers(len(film))), BLACK if random.random() < 0.8 else WHITE
    if at + out + hold + back + 6 > len(film):  # a picture that does not come back is something else
        return
    shares = np.concatenate([np.linspace(0, 1, out + 2)[1:-1], np.ones(hold), np.linspace(1, 0, back + 2)[1:-1]])
    _cover_all(film, at, shares, to)


def _cover_all(film: Film, at: int, shares: NDArray[Any], to: float) -> None:
    whole = np.ones(LUMA_SIZE[::-1], np.float32)
    for number, share in enumerate(shares[: len(film) - at], at):
        lay(film, number, whole * np.float32(share), to, (GREY, GREY))


def _title(random: np.random.Generator, film: Film) -> None:
    """Letters appear, at once or gently, and go or stay: a subtitle, a logo or a title over the whole picture."""
    at, gentle = int(random.integers(len(film))), int(random.choice([1, 1, 4, 12]))
    length = int(random.integers(10, 80))
    x, y, w, h = TITLES[int(random.integers(len(TITLES)))]
    y, h = max(0, y + int(random.integers(-4, 5))), max(2, round(h * random.uniform(0.6, 1.3)))
    box, letters = np.zeros((2, *LUMA_SIZE[::-1]), np.float32)
    part = letters[y : y + h, x : x + w]
    part[:] = _letters(random, part.shape) * random.uniform(0.5, 1.0)
    box[y : y + h, x : x + w] = random.uniform(0.3, 1.0) if random.random() < 0.5 else 0.0
    paper, ink = (BLACK, WHITE) if random.random() < 0.6 else (WHITE, BLACK)
    paper, ink = (float(random.choice([shade, random.uniform(BLACK, WHITE)])) for shade in (paper, ink))
    chroma, colour = _colour(random), _colour(random)
    for number in range(at, min(at + length, len(film))):
        share = np.float32(min(1.0, (number - at + 1) / gentle, (at + length - number) / gentle))
        lay(film, number, box * share, paper, chroma)
        lay(film, number, letters * share, ink, colour)


def _letters(random: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """Draw strokes in lines, (h, w) 0 or 1, thin in small print and thick in a title."""
    thick, line = int(random.integers(1, 5)), int(random.integers(2, 14))
    blocks = random.random((shape[0] // thick + 1, shape[1] // thick + 1)) < random.uniform(0.3, 0.8)
    strokes = np.kron(blocks, np.ones((thick, thick)))[: shape[0], : shape[1]]
    gaps = np.arange(shape[0]) % (line + 1) < max(1, line // 4) if random.random() < 0.7 else np.zeros(shape[0], bool)
    return np.asarray(strokes * ~gaps[:, None], np.float32)


def _freeze(random: np.random.Generator, film: Film) -> None:
    """The picture stands still before it moves, or at the end."""
    at = int(random.integers(len(film)))
    part = slice(0, at) if random.random() < 0.7 else slice(at, None)
    film.luma[part], film.chroma[part] = film.luma[at], film.chroma[at]


def _lamp(random: np.random.Generator, film: Film) -> None:
    """A light goes on or off, at once or within a few frames."""
    at, length, gain = int(random.integers(len(film))), int(random.integers(1, 6)), np.exp(random.normal(0, 0.5))
    shares = np.clip((np.arange(len(film)) - at + 1) / length, 0, 1)
    film.luma[:] = BLACK + (film.luma - BLACK) * (1 + (gain - 1) * shares)[:, None, None].astype(np.float32)


def _skip(random: np.random.Generator, film: Film) -> None:
    """The camera or the network has lost some frames: one is shown longer, then the film jumps ahead a little."""
    at, lost = int(random.integers(len(film))), int(random.integers(1, 7))
    film.luma[at : at + lost] = film.luma[at]
    film.chroma[at : at + lost] = film.chroma[at]


def _pop(random: np.random.Generator, film: Film) -> None:
    """A thing appears or goes from one frame to the next while all around it stays: stop motion, a trick."""
    for _ in range(random.integers(1, 4)):
        at, length = int(random.integers(len(film))), int(random.integers(2, 60))
        place, (width, height) = random.uniform(0, 1, 2), random.uniform(0.1, 0.45, 2)
        cover = blob(place, width, height, 0.15)
        shift, mirrored = int(random.integers(8, 56)) // 2 * 2, random.random() < 0.5
        for number in range(at, min(at + length, len(film))):
            luma, chroma = film.luma[number], film.chroma[number]
            if mirrored:
                luma, chroma = luma[::-1], chroma[:, ::-1]
            lay(film, number, cover, np.roll(luma, shift, axis=1), np.roll(chroma, shift // 2, axis=2))


def _whip(random: np.random.Generator, film: Film) -> None:
    """The camera swings round, at once or gently, and smears the picture as far as it moves."""
    length, speed = int(random.integers(3, 16)), random.uniform(0.1, 0.6)
    at, turned = int(random.integers(len(film))), random.random() < 0.5
    steps = np.sin(np.pi * (np.arange(length) + 0.5) / length) if random.random() < 0.4 else np.ones(length)
    speeds = np.zeros(len(film))
    speeds[at : at + length] = speed * steps[: len(film) - at]
    for number, (way, moved) in enumerate(zip(np.cumsum(speeds), speeds, strict=True)):
        if way:
            film.luma[number] = _swung(film.luma[number], -way if turned else way, moved)
            for plane in film.chroma[number]:
                plane[:] = _swung(plane, -way if turned else way, moved)


def _swung(plane: Floats, way: float, moved: float) -> Floats:
    """Look `way` widths to the side, where the picture goes on mirrored, and smear it over `moved` widths."""
    around = np.hstack([plane, plane[:, ::-1]])
    smeared = np.asarray(cv2.blur(np.hstack([around, around, around]), (2 * int(moved * plane.shape[1] / 2) + 1, 1)))
    start = around.shape[1] + round(way * plane.shape[1]) % around.shape[1]
    return np.asarray(smeared[:, start : start + plane.shape[1]])


def _strobe(random: np.random.Generator, film: Film) -> None:
    """A stroboscope flashes, or a lamp is about to fail."""
    at, length = int(random.integers(len(film))), int(random.integers(6, 40))
    dark = random.random(length) < random.uniform(0.2, 0.6)
    _cover_all(film, at, dark * random.uniform(0.4, 1.0), BLACK if random.random() < 0.7 else WHITE)


def _weave(random: np.random.Generator, film: Film) -> None:
    """An old film weaves in its gate, flickers, and has dust and scratches."""
    shifts, gains = random.normal(0, random.uniform(0.1, 0.7), (len(film), 2)), random.normal(1, 0.08, len(film))
    for number in range(len(film)):
        matrix = np.array([[1, 0, shifts[number, 0]], [0, 1, shifts[number, 1]]], np.float32)
        moved = cv2.warpAffine(film.luma[number], matrix, LUMA_SIZE, borderMode=cv2.BORDER_REPLICATE)
        film.luma[number] = moved * np.float32(gains[number])
        if random.random() < 0.3:
            place, (width, height) = random.random(2), random.uniform(0.01, 0.1, 2)
            lay(film, number, blob(place, width, height, 0.5), WHITE, (GREY, GREY))


HAPPENINGS: tuple[Callable[[np.random.Generator, Film], None], ...] = (
    _flashes,
    _shots_fired,
    _explosion,
    _explosion,
    _passer_by,
    _passer_by,
    _passer_by,
    _dip,
    _dip,
    _whip,
    _title,
    _title,
    _title,
    _title,
    _lamp,
    _skip,
    _freeze,
    _freeze,
    _pop,
    _strobe,
    _weave,
)
