"""Words and signs over a shot: none of them is a cut, however large."""

import cv2
import numpy as np

from tests.cutting.places import HEIGHT, WIDTH, Effect, Picture, Random


def subtitle(random: Random, start: int) -> Effect:
    """Two lines of text appear at the bottom of the picture from one frame to the next, and others follow them."""
    lines = ["I never said that he was here,", "What do you mean by that?", "Come on, it is getting late!", "No."]
    random.shuffle(lines)

    def paint(number: int, picture: Picture) -> Picture:
        spoken = (number - start) // 14
        if not 0 <= spoken < 3:
            return picture
        for row, line in enumerate(lines[spoken : spoken + 2]):
            picture = _write(picture, line, (28, 150 + 18 * row), 0.55)
        return picture

    return paint


def logo(random: Random, start: int) -> Effect:
    """A station's logo fades in in a corner within some frames and stays."""
    x, y = random.choice([45, WIDTH - 45]), random.choice([28, HEIGHT - 28])
    colour, frames = random.uniform(0, 255, 3), int(random.integers(1, 9))
    sign = np.zeros((HEIGHT, WIDTH, 1), np.float32)
    cv2.circle(sign, (int(x), int(y)), 20, 1.0, -1, cv2.LINE_AA)

    def paint(number: int, picture: Picture) -> Picture:
        shown = min(1.0, max(0.0, (number - start) / frames))
        picture = picture + (colour - picture) * sign.reshape(HEIGHT, WIDTH, 1) * shown
        return _write(picture, "TV7", (int(x) - 15, int(y) + 5), 0.5) if shown == 1.0 else picture

    return paint


def lower_third(random: Random, start: int) -> Effect:
    """A name on a coloured board pops up or slides in over the lower third, and goes again."""
    board, top = random.uniform(0, 230, 3), int(HEIGHT * random.uniform(0.6, 0.72))
    slides, solid, lasts = int(random.choice([1, 1, 5, 8])), random.uniform(0.75, 1), int(random.integers(18, 32))

    def paint(number: int, picture: Picture) -> Picture:
        if not start <= number < start + lasts:
            return picture
        picture, edge = picture.copy(), int(WIDTH * min(1.0, (number - start + 1) / slides))
        part = picture[top:170, :edge]
        part += (board - part) * solid
        if edge == WIDTH:
            picture = _write(picture, "ANNA BERG", (16, top + 24), 0.8)
            picture = _write(picture, "Minister of Finance", (16, top + 44), 0.5)
        return picture

    return paint


def title(random: Random, start: int) -> Effect:
    """Large letters appear or fade in over the whole picture, while the shot goes on behind them."""
    colour, frames, lasts = random.uniform(150, 255, 3), int(random.choice([1, 1, 6, 10])), int(random.integers(20, 34))
    words = str(random.choice(["THE LAST", "MONDAY", "CHAPTER"])), str(random.choice(["TRAIN", "NIGHT", "SEVEN"]))

    def paint(number: int, picture: Picture) -> Picture:
        if not start <= number < start + lasts:
            return picture
        written = picture
        for row, word in enumerate(words):
            written = _write(written, word, (18, 80 + 70 * row), 1.9, colour=tuple(colour), bold=7)
        return picture + (written - picture) * min(1.0, (number - start + 1) / frames)

    return paint


def _write(
    picture: Picture,
    text: str,
    at: tuple[int, int],
    size: float,
    *,
    colour: tuple[float, ...] = (255, 255, 255),
    bold: int = 1,
) -> Picture:
    """Write a line with a dark outline, which makes it readable on any background."""
    written = np.clip(picture, 0, 255).astype(np.uint8)
    for thickness, ink in ((bold + 2, (0.0, 0.0, 0.0)), (bold, colour)):
        cv2.putText(written, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, ink, thickness, cv2.LINE_AA)
    return written.astype(np.float32)
