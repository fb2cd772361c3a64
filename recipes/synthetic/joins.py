"""How two shots are joined, and where a detector should see it: cuts, dissolves, wipes, fades. Knows no take."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from recipes.synthetic.film import BLACK, GREY, WHITE, Film, Floats, lay
from shotlens.cutting.detect.thumbnail import LUMA_SIZE

SHORT = 3  # frames: a blend of so many or fewer looks like a cut
LONGEST = 66  # frames of a blend, a wipe or a push


@dataclass(slots=True)
class Table:
    """What is on the editor's table: the film so far, and its labels, all in frames."""

    films: list[Film] = field(default_factory=list)
    cuts: list[int] = field(default_factory=list)
    graduals: list[tuple[int, int, bool]] = field(default_factory=list)  # from, to, whether it is a fade
    doubts: list[tuple[int, int]] = field(default_factory=list)
    length: int = 0

    def add(self, film: Film) -> None:
        self.films.append(film)
        self.length += len(film)


def _cut(random: np.random.Generator, table: Table, film: Film, following: Film) -> Film:
    table.add(film)
    table.cuts.append(table.length)
    return following


def _flash_cut(random: np.random.Generator, table: Table, film: Film, following: Film) -> Film:
    """Hide the cut in a flash, as trailers do."""
    whole = np.ones(LUMA_SIZE[::-1], np.float32)
    for part, numbers in ((film, range(-1, -1 - random.integers(0, 3), -1)), (following, range(random.integers(1, 5)))):
        size = random.uniform(0.5, 1.0)
        for age, number in enumerate(numbers):
            if age < len(part):
                lay(part, number, whole * np.float32(size * 0.6**age), WHITE, (GREY, GREY))
    table.doubts.append((table.length + len(film) - 2, table.length + len(film) + 3))
    return _cut(random, table, film, following)


def _dissolve(random: np.random.Generator, table: Table, film: Film, following: Film) -> Film:
    length = _length(random, film, following, shortest=1)
    shares = (np.arange(length) + 1) / (length + 1)
    if random.random() < 0.3:
        shares = shares * shares * (3 - 2 * shares)
    covers = [np.full(LUMA_SIZE[::-1], share, np.float32) for share in shares]
    return _blend(table, film, following, covers)


def _wipe(random: np.random.Generator, table: Table, film: Film, following: Film) -> Film:
    """Let the new picture come in behind an edge, a growing circle or a clock's hand."""
    length = _length(random, film, following, shortest=4)
    x, y = np.meshgrid(np.linspace(-1, 1, LUMA_SIZE[0]), np.linspace(-1, 1, LUMA_SIZE[1]))
    angle = random.choice([0, 0.5, 1, 1.5]) * np.pi if random.random() < 0.7 else random.uniform(0, 2 * np.pi)
    shapes = [
        x * np.cos(angle) + y * np.sin(angle),
        np.hypot(x, y) * 1.4 - 1,
        np.arctan2(y, x) / np.pi,
        -np.hypot(x, y) * 1.4 + 1,
    ]
    shape = shapes[int(random.choice([0, 0, 0, 1, 2, 3]))]
    shape = (shape - shape.min()) / (shape.max() - shape.min())
    soft = random.choice([0.01, 0.1, 0.4])
    moments = (np.arange(length) + 1) / (length + 1) * (1 + soft)
    covers = [np.clip((moment - shape) / soft, 0, 1).astype(np.float32) for moment in moments]
    return _blend(table, film, following, covers)


def _push(random: np.random.Generator, table: Table, film: Film, following: Film) -> Film:
    """Let the new picture push the old one out."""
    length = _length(random, film, following, shortest=4)
    before, joined = len(film) - length, following.part(0, length)
    side = random.choice([-1, 1])
    for number in range(length):
        share = (number + 1) / (length + 1)
        for old, new in (
            (film.luma[before + number], joined.luma[number]),
            *zip(film.chroma[before + number], joined.chroma[number], strict=True),
        ):
            width = old.shape[1]
            shift = round(share * width)
            pair = np.hstack([old, new] if side > 0 else [new, old])
            start = shift if side > 0 else width - shift
            new[:] = pair[:, start : start + width]
    _gradual(table, table.length + before, length, False)
    table.add(film.part(0, before))
    table.add(joined)
    return following.part(length, len(following))


def _fade(random: np.random.Generator, table: Table, film: Film, following: Film) -> Film:
    """Fade out to black or to a colour, stay there for a while, and fade in; sometimes only out or only in."""
    colour = BLACK if random.random() < 0.75 else float(random.choice([WHITE, WHITE, 60.0, 128.0]))
    out = min(int(np.exp(random.uniform(np.log(2), np.log(40)))), len(film) - 1)
    back = min(int(np.exp(random.uniform(np.log(2), np.log(40)))), len(following) - 1)
    hold = (0, 1, 2, int(random.integers(3, 12)), int(random.integers(12, 40)))[int(random.integers(5))]
    if random.random() < 0.25:
        out, back = (out, 0) if random.random() < 0.5 else (0, back)
        hold = max(hold, 2)
    whole = np.ones(LUMA_SIZE[::-1], np.float32)
    for number in range(out):
        lay(film, len(film) - out + number, whole * np.float32((number + 1) / (out + 1)), colour, (GREY, GREY))
    for number in range(back):
        lay(following, number, whole * np.float32(1 - (number + 1) / (back + 1)), colour, (GREY, GREY))
    length = out + hold + back
    if length <= SHORT:
        table.add(film)
        table.add(_plain(hold, colour))
        table.doubts.append((table.length - length, table.length + length))
        table.cuts.append(table.length - hold // 2)
        return following
    _gradual(table, table.length + len(film) - out, length, True)
    table.add(film)
    table.add(_plain(hold, colour))
    return following


def _gap(random: np.random.Generator, table: Table, film: Film, following: Film) -> Film:
    """Put black between two shots: a few frames of it are one cut, more are a shot of black."""
    length, colour = int(random.choice([1, 2, 4, 8, 20, 40])), BLACK if random.random() < 0.7 else WHITE
    table.add(film)
    if length > 12:
        table.cuts.append(table.length)
    else:
        table.doubts.append((table.length, table.length + 1))
    table.add(_plain(length, colour))
    table.cuts.append(table.length)
    return following


def _plain(length: int, colour: float) -> Film:
    chroma = np.full((length, 2, LUMA_SIZE[1] // 2, LUMA_SIZE[0] // 2), GREY, np.float32)
    return Film(np.full((length, LUMA_SIZE[1], LUMA_SIZE[0]), colour, np.float32), chroma)


def _length(random: np.random.Generator, film: Film, following: Film, shortest: int) -> int:
    wanted = int(np.exp(random.uniform(np.log(shortest), np.log(LONGEST))))
    if random.random() < 0.5:
        wanted = int(random.integers(shortest, LONGEST + 1))
    return max(1, min(wanted, len(film) - 1, len(following) - 1))


def _blend(table: Table, film: Film, following: Film, covers: list[Floats]) -> Film:
    """Lay the first frames of what follows over the last ones of the film."""
    length = len(covers)
    before = len(film) - length
    for number, cover in enumerate(covers):
        lay(film, before + number, cover, following.luma[number], following.chroma[number])
    _gradual(table, table.length + before, length, False)
    table.add(film)
    return following.part(length, len(following))


def _gradual(table: Table, start: int, length: int, fade: bool) -> None:
    if length <= SHORT:
        table.cuts.append(start + (length + 1) // 2)
        table.doubts.append((start, start + length + 1))
    else:
        table.graduals.append((start, start + length, fade))


JOINS: dict[str, Callable[[np.random.Generator, Table, Film, Film], Film]] = {
    "cut": _cut,
    "flash cut": _flash_cut,
    "dissolve": _dissolve,
    "wipe": _wipe,
    "push": _push,
    "fade": _fade,
    "gap": _gap,
}
SHARES = (0.6, 0.03, 0.13, 0.1, 0.03, 0.08, 0.03)
SLOW = {"dissolve", "wipe", "push"}  # these take up to `LONGEST` frames of both films
