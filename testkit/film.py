"""A short drawn film, six shots of one scenery: for screenshots that do not show anybody else's footage."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from testkit.videos import DETERMINISTIC, Image, write_video

Person = tuple[int, int, tuple[int, int, int], tuple[int, int, int]]  # x and y of the feet, colours of coat and hair

WORLD = (3200, 1800)  # pixels
SIZE = (960, 540)
FPS = 25
HER: Person = (1824, 1500, (190, 60, 60), (70, 44, 30))
HIM: Person = (2144, 1510, (50, 80, 130), (30, 26, 24))
HER_FACE, HIS_FACE = (0.57, 0.555), (0.67, 0.56)  # positions, as fractions of the world
View = tuple[float, float, float]  # centre x, y and width of the picture, as fractions of the world
# Each shot: the view at its start and at its end; seconds.
SHOTS: list[tuple[View, View, float]] = [
    ((0.50, 0.50, 1.00), (0.50, 0.50, 1.00), 2.0),  # the whole valley, still
    ((0.26, 0.55, 0.46), (0.66, 0.55, 0.46), 2.4),  # along the hills
    ((0.62, 0.66, 0.34), (0.62, 0.66, 0.34), 1.6),  # both of them, still
    ((0.57, 0.62, 0.36), (0.57, 0.57, 0.18), 2.4),  # towards her
    ((0.57, 0.555, 0.075), (0.57, 0.555, 0.075), 1.6),  # her face
    ((0.67, 0.56, 0.13), (0.60, 0.58, 0.60), 2.6),  # away from him
]


def scene_of_two() -> list[tuple[View, View, float]]:
    """Plan a longer film: the same six shots, and between them a conversation that is cut faster and faster."""
    valley = [((0.4, 0.5, 0.8), (0.4, 0.5, 0.8), 3.0), ((0.3, 0.5, 0.5), (0.55, 0.5, 0.5), 3.0)]
    conversation = []
    for number in range(16):
        face, width = (HER_FACE if number % 2 else HIS_FACE), (0.16, 0.075, 0.1)[number % 3]
        closer = 0.8 if number % 3 == 2 else 1.0
        conversation.append(((*face, width), (*face, width * closer), 2.8 - 0.12 * number))
    both = [((0.62, 0.66, 0.34), (0.62, 0.66, 0.34), 2.4), ((0.62, 0.64, 0.26), (0.62, 0.62, 0.5), 3.2)]
    return [*valley, *SHOTS[:4], *both[:1], *conversation, *both, *SHOTS[4:]]


def write_film(path: Path, planned: Sequence[tuple[View, View, float]] = SHOTS) -> Path:
    """Encode the film, into the same file each time, so that its labels are always the same."""
    return write_video(path, film(planned), fps=FPS, options=DETERMINISTIC | {"crf": "25"})


def film(planned: Sequence[tuple[View, View, float]] = SHOTS) -> Iterator[Image]:
    """Yield the frames of the film, (540, 960, 3) RGB."""
    world, people = draw_world(), shade(draw_people(HER, HIM))
    noise = np.random.default_rng(3)
    for start, end, seconds in planned:
        count = round(seconds * FPS)
        for number in range(count):
            position = number / max(1, count - 1)
            eased = position * position * (3 - 2 * position)
            view = np.array(start) * (1 - eased) + np.array(end) * eased
            grain = noise.normal(0, 2.0, (SIZE[1], SIZE[0], 1))
            yield np.clip(render_view(world, people, view) + grain, 0, 255).astype(np.uint8)


def draw_world() -> Image:
    """Draw a sky, hills, a house and trees: (1800, 3200, 3) RGB."""
    width, height = WORLD
    rows = np.linspace(0, 1, height)[:, None, None]
    sky = (np.array([250, 206, 160]) * rows + np.array([96, 150, 205]) * (1 - rows)).repeat(width, axis=1)
    world = np.ascontiguousarray(sky.astype(np.uint8))
    cv2.circle(world, (2500, 420), 150, (255, 236, 180), -1, cv2.LINE_AA)
    for base, swell, colour in ((1000, 140, (150, 160, 190)), (1130, 110, (110, 140, 140)), (1270, 70, (92, 132, 84))):
        _hill(world, base, swell, colour)
    for x, y, size in ((300, 1270, 1.3), (520, 1330, 1.7), (2700, 1300, 1.5), (2950, 1350, 1.9), (1250, 1280, 1.0)):
        _tree(world, x, y, size)
    _house(world, 900, 1290)
    return _shaded(world, 100, 0.04)


def draw_people(*people: Person) -> Image:
    """Draw people standing in the world, in flat colours: (1800, 3200, 4) RGB and alpha."""
    drawn = np.zeros((*WORLD[::-1], 4), np.uint8)
    for person in people:
        _person(drawn, *person)
    return drawn


def shade(people: Image) -> Image:
    """Give flat people (H, W, 4) volume by light and shade."""
    return np.dstack([_round(people), people[..., 3]])


def render_view(world: Image, people: Image, view: NDArray[np.float64]) -> Image:
    """Render a view (centre x, y, width as fractions) of the world; close to people, the background is out of focus."""
    x, y, width = view * np.array([WORLD[0], WORLD[1], WORLD[0]])
    scale = SIZE[0] / width
    matrix = np.array([[scale, 0, SIZE[0] / 2 - scale * x], [0, scale, SIZE[1] / 2 - scale * y]])
    flags = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    back = cv2.warpAffine(world, matrix, SIZE, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    if scale > 0.8:
        back = cv2.GaussianBlur(back, (0, 0), 4 * (scale - 0.8))
    front = cv2.warpAffine(people, matrix, SIZE, flags=flags)
    alpha = front[..., 3:] / 255.0
    return np.asarray(back * (1 - alpha) + front[..., :3] * alpha, np.uint8)


def _shaded(picture: Image, size: int, strength: float) -> Image:
    """Apply uneven light to a picture: blobs of about `size` pixels."""
    height, width = picture.shape[:2]
    coarse = np.random.default_rng(size).normal(1, strength, (height // size, width // size)).astype(np.float32)
    light = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)[:, :, None]
    lit: NDArray[np.float32] = picture * light
    return np.clip(lit, 0, 255).astype(np.uint8)


def _round(people: NDArray[np.uint8]) -> Image:
    """Light the people from the upper left, and darken their edges, so that they look round: (H, W, 3)."""
    inside = cv2.GaussianBlur(people[..., 3].astype(np.float32), (0, 0), 26) / 255
    slope = cv2.Sobel(inside, cv2.CV_32F, 1, 0) + 0.5 * cv2.Sobel(inside, cv2.CV_32F, 0, 1)
    light = np.clip(0.45 + 0.6 * inside + 9 * slope, 0.25, 1.3)[:, :, None]
    soft = cv2.GaussianBlur(people[..., :3], (0, 0), 2.5)
    return _shaded(np.clip(soft * light, 0, 255).astype(np.uint8), 9, 0.03)


def _hill(world: NDArray[np.uint8], base: int, swell: int, colour: tuple[int, int, int]) -> None:
    x = np.arange(0, WORLD[0] + 20, 20)
    y = base + swell * np.sin(x / 310 + base) * np.sin(x / 173 + base / 7)
    outline = np.concatenate([np.stack([x, y], 1), [[WORLD[0], WORLD[1]], [0, WORLD[1]]]])
    cv2.fillPoly(world, [outline.astype(np.int32)], colour, cv2.LINE_AA)
    marks = np.random.default_rng(base)
    for left, depth in zip(marks.integers(0, WORLD[0], 260), marks.uniform(0.05, 1, 260), strict=True):
        top = int(base + swell + depth * (WORLD[1] - base - swell))
        shade = tuple(int(part * marks.uniform(0.86, 1.1)) for part in colour)
        cv2.ellipse(
            world, (int(left), top), (int(8 + 26 * depth), int(3 + 7 * depth)), 0, 0, 360, shade, -1, cv2.LINE_AA
        )


def _tree(world: NDArray[np.uint8], x: int, y: int, size: float) -> None:
    cv2.rectangle(world, (x - int(9 * size), y - int(60 * size)), (x + int(9 * size), y), (96, 70, 52), -1)
    for dx, dy, radius in ((0, -150, 62), (-44, -100, 50), (44, -100, 50), (0, -80, 54)):
        centre = (x + int(dx * size), y + int(dy * size))
        cv2.circle(world, centre, int(radius * size), (58 + dx // 3, 112 - dy // 8, 70), -1, cv2.LINE_AA)


def _house(world: NDArray[np.uint8], x: int, y: int) -> None:
    cv2.rectangle(world, (x, y - 150), (x + 250, y), (236, 222, 198), -1)
    roof = np.array([[x - 30, y - 150], [x + 125, y - 260], [x + 280, y - 150]], np.int32)
    cv2.fillPoly(world, [roof], (168, 78, 62), cv2.LINE_AA)
    for left, top, wide, high in ((30, 110, 50, 50), (170, 110, 50, 50), (100, 90, 50, 90)):
        cv2.rectangle(world, (x + left, y - top), (x + left + wide, y - top + high), (90, 96, 120), -1)


def _person(
    world: NDArray[np.uint8], x: int, y: int, coat_rgb: tuple[int, int, int], hair_rgb: tuple[int, int, int]
) -> None:
    """Draw one standing person, 640 pixels high, the feet at y."""
    skin, dark, coat, hair = ((*colour, 255) for colour in ((232, 186, 156), (52, 54, 70), coat_rgb, hair_rgb))
    for side in (-1, 1):
        cv2.line(world, (x + side * 34, y - 260), (x + side * 40, y - 12), dark, 56, cv2.LINE_AA)
        cv2.ellipse(world, (x + side * 52, y - 8), (46, 18), 0, 0, 360, (40, 34, 34, 255), -1, cv2.LINE_AA)
        cv2.line(world, (x + side * 84, y - 440), (x + side * 112, y - 250), coat, 44, cv2.LINE_AA)
        cv2.circle(world, (x + side * 114, y - 232), 24, skin, -1, cv2.LINE_AA)
    body = np.array([[x - 92, y - 450], [x + 92, y - 450], [x + 84, y - 210], [x - 84, y - 210]], np.int32)
    cv2.fillPoly(world, [body], coat, cv2.LINE_AA)
    cv2.rectangle(world, (x - 22, y - 490), (x + 22, y - 440), skin, -1)
    cv2.ellipse(world, (x, y - 560), (74, 86), 0, 0, 360, hair, -1, cv2.LINE_AA)
    cv2.ellipse(world, (x, y - 548), (60, 72), 0, 0, 360, skin, -1, cv2.LINE_AA)
    cv2.ellipse(world, (x, y - 600), (66, 34), 0, 180, 360, hair, -1, cv2.LINE_AA)
    for side in (-1, 1):
        eye = (x + side * 24, y - 556)
        cv2.ellipse(world, eye, (12, 8), 0, 0, 360, (250, 250, 250, 255), -1, cv2.LINE_AA)
        cv2.circle(world, eye, 6, (60, 90, 80, 255), -1, cv2.LINE_AA)
        cv2.line(world, (eye[0] - 14, eye[1] - 20), (eye[0] + 14, eye[1] - 22), hair, 5, cv2.LINE_AA)
    cv2.line(world, (x, y - 552), (x - 6, y - 530), (200, 150, 120, 255), 4, cv2.LINE_AA)
    cv2.ellipse(world, (x, y - 508), (22, 9), 0, 0, 180, (176, 84, 84, 255), 5, cv2.LINE_AA)


if __name__ == "__main__":  # python -m testkit.film ad.mp4
    write_film(Path(sys.argv[1]))
