"""Counts the transitions that are found, by kind and length, in films joined from real shots.

    python -m benchmarks.transitions [--films 40] [--seed 1] [--videos FOLDER] [--detector NAME] [--json]

A boundary within a transition, give or take two frames, is a hit; a second one there is false, and so is one outside
all transitions. A wipe may be called a cut or a dissolve. This judges the library call `cut`.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

import numpy as np

from benchmarks.films import KINDS, LENGTHS, Transition, film
from benchmarks.footage import FPS, pieces
from shotlens.cutting.cut import cut
from shotlens.cutting.options import CutOptions
from shotlens.shots.shot import DetectorName
from shotlens.storage.frames import FrameFolder

VIDEOS = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "videos"
PER_FILM = 12  # transitions
TOLERANCE = 2  # frames
RIGHT = {"cut": {"cut"}, "dissolve": {"dissolve"}, "fade": {"fade"}, "wipe": {"cut", "dissolve"}}
Boundary = tuple[int, str, int]  # the first frame of a shot, and the kind and length of the transition that opens it


@dataclass
class Scores:
    """How the transitions of some kind or length, or all of them, were found."""

    count: int = 0
    hits: int = 0
    right: int = 0  # hits of the right kind
    false: int = 0  # second boundaries within one, and, summed over all lengths, those of this kind outside of any
    off: list[int] = field(default_factory=list)  # frames between the true start and the one that was found
    length_off: list[int] = field(default_factory=list)  # the same of the lengths, where a change was taken for gradual

    def table_row(self) -> list[str]:
        """Write the cells below `HEADINGS`."""
        numbers = [_share(self.hits, self.hits + self.false), *self._recalls()]
        off = [
            f"{number:.0f}" if number is not None else "-" for number in (*_spread(self.off), *_spread(self.length_off))
        ]
        return [
            str(self.count),
            *("-" if number is None else f"{number:.3f}" for number in numbers),
            str(self.false),
            *off,
        ]

    def to_json(self) -> dict[str, float | int | None]:
        """Return the row with names."""
        recall, right = self._recalls()
        (start, start_90), (length, length_90) = _spread(self.off), _spread(self.length_off)
        return {
            "count": self.count,
            "precision": _share(self.hits, self.hits + self.false),
            "recall": recall,
            "recall_of_right_kind": right,
            "false": self.false,
            "start_off_median": start,
            "start_off_90": start_90,
            "length_off_median": length,
            "length_off_90": length_90,
        }

    def _recalls(self) -> tuple[float | None, float | None]:
        return _share(self.hits, self.count), _share(self.right, self.count)


HEADINGS = ["", "count", "precision", "recall", "right kind", "false", "off median", "off 90 %", "length off", "90 %"]


class Tally:
    """Counts over many films."""

    def __init__(self) -> None:
        self.all = Scores()
        self.kinds = {kind: Scores() for kind in KINDS}
        self.lengths = {length: Scores() for length in LENGTHS}
        self.cells = {(kind, length): Scores() for kind in KINDS[1:] for length in LENGTHS}
        self.called: Counter[tuple[str, str]] = Counter()  # by the true kind and what it was taken for
        self.outside: Counter[str] = Counter()  # boundaries outside all transitions, by kind

    def take(self, transitions: list[Transition], boundaries: list[Boundary]) -> None:
        """Match the boundaries that were found in one film with its transitions."""
        left = set(boundaries)
        for transition in transitions:
            low, high = transition.first - TOLERANCE, transition.first + max(0, transition.length - 1) + TOLERANCE
            within = sorted(boundary for boundary in left if low <= boundary[0] <= high)
            left -= set(within)
            self._count(transition, within)
        for _, kind, _ in left:
            self.outside[kind] += 1
            for scores in (self.all, self.kinds[kind]):
                scores.false += 1

    def _count(self, transition: Transition, within: list[Boundary]) -> None:
        best = min(within, key=lambda boundary: abs(boundary[0] - transition.start), default=None)
        self.called[transition.kind, best[1] if best else "missed"] += 1
        for scores in self._scores(transition):
            scores.count += 1
            scores.false += max(0, len(within) - 1)
            if best:
                scores.hits += 1
                scores.right += best[1] in RIGHT[transition.kind]
                scores.off.append(abs(best[0] - transition.start))
                if transition.length and best[2]:
                    scores.length_off.append(abs(best[2] - transition.length))

    def _scores(self, transition: Transition) -> Iterator[Scores]:
        yield self.all
        yield self.kinds[transition.kind]
        if transition.length:
            yield self.lengths[transition.length]
            yield self.cells[transition.kind, transition.length]

    def tables(self) -> str:
        """Write everything for people."""
        rows = [["all", *self.all.table_row()], []]
        rows += [[kind, *scores.table_row()] for kind, scores in self.kinds.items()] + [[]]
        rows += [[f"{length} frames", *scores.table_row()] for length, scores in self.lengths.items()] + [[]]
        rows += [[f"{kind} {length}", *scores.table_row()] for (kind, length), scores in self.cells.items()]
        kinds = [*KINDS[:3], "missed"]
        taken = [[kind, *(str(self.called[kind, other]) for other in kinds)] for kind in KINDS]
        taken.append(["nothing", *(str(self.outside[kind]) for kind in kinds[:3]), "-"])
        return f"{_table([HEADINGS, *rows])}\n\n{_table([['taken for', *kinds], *taken])}"

    def to_json(self) -> dict[str, object]:
        """Return everything for programs."""
        return {
            **self.all.to_json(),
            "by_kind": {kind: scores.to_json() for kind, scores in self.kinds.items()},
            "by_length": {str(length): scores.to_json() for length, scores in self.lengths.items()},
            "by_kind_and_length": {
                f"{kind} {length}": scores.to_json() for (kind, length), scores in self.cells.items()
            },
            "taken_for": {f"{kind} as {other}": count for (kind, other), count in sorted(self.called.items())},
            "false_outside": dict(self.outside),
        }


def _spread(values: list[int]) -> tuple[float | None, float | None]:
    """Return the median, and what nine of ten values do not exceed."""
    return (float(np.median(values)), float(np.percentile(values, 90))) if values else (None, None)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _table(rows: list[list[str]]) -> str:
    return "\n".join("".join(f"{cell:>11}" if at else f"{cell:<14}" for at, cell in enumerate(row)) for row in rows)


def plan(random: np.random.Generator, films: int) -> list[list[tuple[str, int]]]:
    """Deal out every kind and length evenly over the films in random order; a quarter of them are cuts."""
    gradual = [(kind, length) for kind in KINDS[1:] for length in LENGTHS]
    deck: list[tuple[str, int]] = []
    while len(deck) < films * PER_FILM:
        deck += gradual + [("cut", 0)] * (len(gradual) // 3)
    shuffled = [deck[at] for at in random.permutation(len(deck))]
    return [shuffled[at * PER_FILM : (at + 1) * PER_FILM] for at in range(films)]


def find(path: Path, detector: DetectorName) -> tuple[list[Boundary], int]:
    """Cut a film; return its boundaries, and how many frames it has."""
    shots = list(cut(path, FrameFolder(path.parent / "frames"), CutOptions(detector=detector)))
    boundaries: list[Boundary] = [
        (shot.start_frame, shot.transition, round(shot.transition_seconds * FPS)) for shot in shots[1:]
    ]
    return boundaries, shots[-1].end_frame


def measure(videos: Path, films: int, seed: int, detector: DetectorName) -> dict[str, object]:
    """Make the films one after another, cut each, and tell what was found."""
    random = np.random.default_rng(seed)
    stock, tally = pieces(videos), Tally()
    frames, seconds = 0, 0.0
    for number, transitions in enumerate(plan(random, films)):
        with tempfile.TemporaryDirectory() as folder:
            placed = film(random, stock, transitions, Path(folder) / "a.mp4")
            started = time.monotonic()
            boundaries, length = find(Path(folder) / "a.mp4", detector)
            seconds, frames = seconds + time.monotonic() - started, frames + length
        tally.take(placed, boundaries)
        print(f"\r{number + 1} of {films} films", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return {
        "tables": tally.tables(),
        **tally.to_json(),
        "films": films,
        "seed": seed,
        "frames_per_second": frames / seconds,
    }


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--videos", type=Path, default=VIDEOS, help="folder of real footage, with ../labels beside it")
    parser.add_argument("--films", type=int, default=40, help=f"how many films, each with {PER_FILM} transitions")
    parser.add_argument("--seed", type=int, default=1, help="another seed makes other films")
    names = get_args(DetectorName)
    parser.add_argument("--detector", choices=names, default=names[0], help="ours, or one of PySceneDetect's")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    if not arguments.videos.is_dir():
        sys.exit(f"There is no folder {arguments.videos}: name one of real footage with --videos.")
    result = measure(arguments.videos, arguments.films, arguments.seed, arguments.detector)
    tables = result.pop("tables")
    print(json.dumps(result, indent=2) if arguments.json else tables)


if __name__ == "__main__":
    main()
