"""Joins single shots into films, with every kind of transition between them at known places."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from benchmarks.footage import HEIGHT, WIDTH, Image, Piece, write

KINDS = ("cut", "dissolve", "fade", "wipe")
LENGTHS = (4, 8, 12, 16, 24, 32, 48, 60)  # frames of a gradual transition
ALONE = (40, 121)  # frames of a shot between its transitions: at least, and fewer than
UNLIKE = {"asl", "toy"}  # the pieces of each of these families look so alike that they never follow each other
Random = np.random.Generator
Mixer = Callable[
    [int, Image, Image], Image
]  # takes the place in the transition, and frames of the old and the new shot


@dataclass(frozen=True)
class Transition:
    """Where one shot becomes the next: `first` is the first frame that does not show the old shot alone."""

    kind: str
    first: int
    length: int  # frames that mix both shots, or one and a colour; 0 for a cut

    @property
    def start(self) -> int:
        """The first frame after the middle, which is the first one of the new shot."""
        return self.first + self.length // 2


def film(random: Random, stock: list[Piece], transitions: list[tuple[str, int]], path: Path) -> list[Transition]:
    """Write a film with these transitions (kind, length), in their order, and return where they are."""
    shots = _choose(random, stock, len(transitions) + 1)
    planned, at = [], 0
    for kind, length in transitions:
        at += int(random.integers(*ALONE))
        planned.append(Transition(kind, at, length))
        at += length
    frames = _frames(random, shots, planned, at + int(random.integers(*ALONE)))
    write(path, frames, options={"preset": "veryfast", "crf": "23", "threads": "2"})
    return planned


def _choose(random: Random, stock: list[Piece], count: int) -> list[Piece]:
    """Pick pieces, none twice in a row, from each family as often as the square root of its frames."""
    families = [piece.family for piece in stock]
    weights = np.array([len(piece) for piece in stock], float)
    for family in set(families):
        members = np.array([name == family for name in families])
        weights[members] /= np.sqrt(weights[members].sum())
    chosen: list[Piece] = []
    while len(chosen) < count:
        piece = stock[random.choice(len(stock), p=weights / weights.sum())]
        if chosen and (piece is chosen[-1] or piece.family == chosen[-1].family in UNLIKE):
            continue
        chosen.append(piece)
    return chosen


def _frames(random: Random, shots: list[Piece], transitions: list[Transition], end: int) -> Iterator[Image]:
    """Mix the shots; each plays on through the transitions at both its ends."""
    offsets = [int(random.integers(0, max(1, len(shot) - 160))) for shot in shots]
    mixes = [_mixer(random, transition) for transition in transitions]
    shot, began = 0, 0
    for number in range(end):
        while shot < len(transitions) and number >= transitions[shot].first + transitions[shot].length:
            began = transitions[shot].first
            shot += 1
        old = shots[shot].frame(offsets[shot] + number - began)
        if shot == len(transitions) or number < transitions[shot].first:
            yield old
            continue
        place = number - transitions[shot].first
        yield mixes[shot](place, old, shots[shot + 1].frame(offsets[shot + 1] + place))


def _mixer(random: Random, transition: Transition) -> Mixer:
    return {"cut": _dissolve, "dissolve": _dissolve, "fade": _fade, "wipe": _wipe}[transition.kind](
        random, transition.length
    )


def _dissolve(random: Random, length: int) -> Mixer:
    def mix(place: int, old: Image, new: Image) -> Image:
        return _blend(old, new, (place + 1) / (length + 1))

    return mix


def _fade(random: Random, length: int) -> Mixer:
    """Fade out to black or, one time in four, to white; show only that for up to six frames; fade in."""
    colour = np.full((HEIGHT, WIDTH, 3), 255 if random.random() < 0.25 else 0, np.uint8)
    alone = int(random.integers(0, min(6, length - 2) + 1))
    out = (length - alone) // 2
    back = length - alone - out

    def mix(place: int, old: Image, new: Image) -> Image:
        if place < out:
            return _blend(old, colour, (place + 1) / (out + 0.5))
        return _blend(colour, new, max(0.0, place - out - alone + 0.5) / (back + 0.5))

    return mix


def _wipe(random: Random, length: int) -> Mixer:
    """Move a hard or soft edge over the picture from one of four sides, or turn it like the hand of a clock."""
    across, down = np.meshgrid(np.linspace(0, 1, WIDTH), np.linspace(0, 1, HEIGHT))
    clock = (np.arctan2(across - 0.5, 0.5 - down) / (2 * np.pi)) % 1
    order = (across, 1 - across, down, 1 - down, clock)[random.integers(5)]
    soft = float(random.choice([0.005, 0.08, 0.25]))

    def mix(place: int, old: Image, new: Image) -> Image:
        share = np.clip(((place + 1) / (length + 1) * (1 + soft) - order) / soft, 0, 1)[..., None]
        return np.asarray(np.rint(old + share * (new.astype(float) - old)), np.uint8)

    return mix


def _blend(old: Image, new: Image, share: float) -> Image:
    return np.asarray(cv2.addWeighted(old, 1 - share, new, share, 0), np.uint8)
