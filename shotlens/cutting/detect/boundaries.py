"""Decides from thumbnails, with a delay, where shots open, and how. Knows nothing about files or PySceneDetect."""

from collections import deque
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from shotlens.cutting.detect.judge import CONTEXT, CUT, FADE, GRADUAL, Judge
from shotlens.cutting.detect.length import length
from shotlens.cutting.detect.likeness import REACH, Likeness
from shotlens.shots.shot import Transition

BLOCK = 32  # frames classified at a time
CUT_THRESHOLD, GRADUAL_THRESHOLD = 0.5, 0.8  # a boundary needs a probability above this
MIN_DISTANCE = 8  # frames: a gradual change whose middle is this close to a cut is the same boundary
GRADUAL_FLOOR = 0.4  # a probability above this extends a gradual change that exceeds the threshold elsewhere
MAX_GAP = 20  # frames below the floor within one gradual change
MAX_GRADUAL = 48  # frames of a gradual change above the floor, gaps included
MARGIN = 12  # frames: this close to the start or end of a video, a gradual change has no shot on its other side
# What the probabilities of a gradual change sum up to, and how many frames it takes: the medians of dissolves of known
# lengths, in 24 films of `benchmarks.transitions` with seed 7. They are sure of its middle only.
SUMS, LENGTHS = (3.1, 4.1, 5.9, 8.2, 10.0, 14.4, 25.6, 34.5), (4, 8, 12, 16, 24, 32, 48, 60)
LATENCY = BLOCK + REACH + CONTEXT + MAX_GRADUAL + MIN_DISTANCE


@dataclass(frozen=True, slots=True, order=True)
class Boundary:
    """A shot opens at this frame; with a gradual change, this is the first frame after its middle."""

    frame: int
    transition: Transition
    length: int = 0  # frames of a gradual change; 0 if nobody measured it


class Boundaries:
    """Accepts thumbnails in order; returns the boundaries, in any order, each at most `LATENCY` frames late."""

    def __init__(self) -> None:
        self._likeness, self._judge, self._decision = Likeness(), Judge(), Decision()
        self._luma: list[NDArray[np.uint8]] = []
        self._chroma: list[NDArray[np.uint8]] = []
        self._last: tuple[NDArray[np.uint8], ...] = ()
        self._recent: deque[NDArray[np.uint8]] = deque(maxlen=LATENCY + MAX_GRADUAL)  # luma, around any open boundary
        self._end = 0  # frames so far
        self._early = REACH + CONTEXT  # results that will still come out for moments before the video

    def add(self, luma: NDArray[np.uint8], chroma: NDArray[np.uint8]) -> list[Boundary]:
        """Add the next thumbnail, luma (36, 64) and chroma (2, 18, 32)."""
        self._luma.append(luma)
        self._chroma.append(chroma)
        self._last = luma, chroma
        self._recent.append(luma)
        self._end += 1
        return self._classify_block() if len(self._luma) == BLOCK else []

    def finish(self) -> list[Boundary]:
        """End the video, as if its last frame were repeated indefinitely."""
        end, boundaries = self._end, []
        for _ in range(REACH + CONTEXT if self._last else 0):
            boundaries += self.add(*self._last)
        boundaries += self._classify_block() if self._luma else []
        boundaries += map(self._measured, self._decision.finish())
        return [b for b in boundaries if b.frame < (end if b.transition == "cut" else end - MARGIN)]

    def _classify_block(self) -> list[Boundary]:
        probabilities = self._judge.add(self._likeness.add(np.stack(self._luma), np.stack(self._chroma)))
        self._luma, self._chroma = [], []
        early = min(self._early, len(probabilities))
        self._early -= early
        return [self._measured(boundary) for row in probabilities[early:] for boundary in self._decision.add(row)]

    def _measured(self, boundary: Boundary) -> Boundary:
        """Return the boundary with the length of its dissolve, as the pictures show it."""
        if boundary.transition != "dissolve":
            return boundary
        recent = list(self._recent)
        return replace(boundary, length=length(recent, boundary.frame - self._end + len(recent), boundary.length))


class Decision:
    """Converts probabilities, moment by moment, into boundaries."""

    def __init__(self) -> None:
        self._frame = 0  # of the next moment
        self._cuts = np.zeros(3)  # probabilities of the last three moments
        self._recent_cuts: list[int] = []  # with which a gradual change may still coincide
        self._rows: list[NDArray[np.float32]] = []  # probabilities of the gradual change in progress
        self._gap = 0  # frames since its probability was last above the floor
        self._held: list[Boundary] = []  # gradual changes with which a cut may still coincide

    def add(self, row: NDArray[np.float32]) -> list[Boundary]:
        """Add the probabilities of the next moment: (3,)."""
        cuts = self._cut(float(row[CUT]))
        self._gap = 0 if row[GRADUAL] > GRADUAL_FLOOR else self._gap + 1
        if self._rows and (self._gap > MAX_GAP or len(self._rows) == MAX_GRADUAL):
            self._end_gradual()
        if self._rows or not self._gap:
            self._rows.append(row)
        self._frame += 1
        return cuts + self._release(self._frame - MIN_DISTANCE)

    def finish(self) -> list[Boundary]:
        """Decide about the remaining moments."""
        cuts = self._cut(0.0)
        if self._rows:
            self._end_gradual()
        return cuts + self._release(self._frame)

    def _cut(self, probability: float) -> list[Boundary]:
        """Return a cut at a local maximum of the probability: its neighbours are the same cut, one moment off."""
        self._cuts = np.array([*self._cuts[1:], probability])
        before, middle, after = self._cuts
        frame = self._frame - 1
        if frame < 1 or middle <= CUT_THRESHOLD or middle < before or middle <= after:
            return []
        self._recent_cuts = [*(cut for cut in self._recent_cuts if cut > frame - LATENCY), frame]
        return [Boundary(frame, "cut")]

    def _end_gradual(self) -> None:
        rows = np.stack(self._rows)
        start, self._rows = self._frame - len(rows), []
        weights = rows[:, GRADUAL] * (rows[:, GRADUAL] > GRADUAL_FLOOR)
        if weights.max() <= GRADUAL_THRESHOLD:
            return
        middle = start + float(np.arange(len(rows)) @ weights / weights.sum())
        kind: Transition = "fade" if rows[:, FADE] @ weights > 0.5 * weights.sum() else "dissolve"
        self._held.append(Boundary(int(np.ceil(middle)), kind, _length(rows[:, GRADUAL])))

    def _release(self, before: int) -> list[Boundary]:
        """Return the gradual changes with their middle before this frame, except those that coincide with a cut."""
        due = [boundary for boundary in self._held if boundary.frame < before]
        self._held = [boundary for boundary in self._held if boundary.frame >= before]
        return [
            b for b in due if b.frame > MARGIN and all(abs(b.frame - cut) > MIN_DISTANCE for cut in self._recent_cuts)
        ]


def _length(probabilities: NDArray[np.float32]) -> int:
    """Return about how many frames a gradual change takes."""
    return round(float(np.interp(probabilities.sum(), SUMS, LENGTHS)))
