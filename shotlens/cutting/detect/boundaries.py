"""Where shots open, and how: decided from thumbnails, a while later. Knows no file, no picture and no PySceneDetect."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shotlens.cutting.detect.judge import CONTEXT, CUT, FADE, GRADUAL, Judge
from shotlens.cutting.detect.likeness import REACH, Likeness
from shotlens.shots.shot import Transition

BLOCK = 32  # frames that are judged at a time
SURE_CUT, SURE_GRADUAL = 0.5, 0.8  # probabilities from which there is one
APART = 8  # frames: a gradual change whose middle is this near to a cut is the same one
LIKELY = 0.4  # probability that is part of a gradual change of which a moment is surer
PAUSE = 20  # frames of less within the middle of one gradual change
LONGEST = 48  # frames that this middle lasts at most
ENDS = 12  # frames: so near to the start or the end of a video a gradual change has no shot on its other side
LATENCY = BLOCK + REACH + CONTEXT + LONGEST + APART


@dataclass(frozen=True, slots=True, order=True)
class Boundary:
    """A shot opens at this frame; of a gradual change, at the first one after its middle."""

    frame: int
    transition: Transition


class Boundaries:
    """Takes thumbnails in order; tells the boundaries, in any order, each at most `LATENCY` frames late."""

    def __init__(self) -> None:
        self._likeness, self._judge, self._decision = Likeness(), Judge(), Decision()
        self._luma: list[NDArray[np.uint8]] = []
        self._chroma: list[NDArray[np.uint8]] = []
        self._last: tuple[NDArray[np.uint8], ...] = ()
        self._end = 0  # frames so far
        self._early = REACH + CONTEXT  # moments that will still come out and lie before the video

    def add(self, luma: NDArray[np.uint8], chroma: NDArray[np.uint8]) -> list[Boundary]:
        """Take the next thumbnail, (36, 64) and (2, 18, 32)."""
        self._luma.append(luma)
        self._chroma.append(chroma)
        self._last = luma, chroma
        self._end += 1
        return self._judge_all() if len(self._luma) == BLOCK else []

    def finish(self) -> list[Boundary]:
        """End the video, as if its last picture were shown for ever."""
        end, found = self._end, []
        for _ in range(REACH + CONTEXT if self._last else 0):
            found += self.add(*self._last)
        found += self._judge_all() if self._luma else []
        found += self._decision.finish()
        return [b for b in found if b.frame < (end if b.transition == "cut" else end - ENDS)]

    def _judge_all(self) -> list[Boundary]:
        sure = self._judge.add(self._likeness.add(np.stack(self._luma), np.stack(self._chroma)))
        self._luma, self._chroma = [], []
        early = min(self._early, len(sure))
        self._early -= early
        return [boundary for row in sure[early:] for boundary in self._decision.add(row)]


class Decision:
    """Turns probabilities, moment by moment, into boundaries."""

    def __init__(self) -> None:
        self._frame = 0  # of the moment that comes next
        self._cuts = np.zeros(3)  # probabilities of the last three moments
        self._lately: list[int] = []  # the cuts that a gradual change may still turn out to be
        self._rows: list[NDArray[np.float32]] = []  # of the gradual change that goes on
        self._pause = 0  # frames since it was last likely
        self._waiting: list[Boundary] = []  # gradual changes that a cut may still turn out to be

    def add(self, row: NDArray[np.float32]) -> list[Boundary]:
        """Take the probabilities of the next moment."""
        found = self._cut(float(row[CUT]))
        self._pause = 0 if row[GRADUAL] > LIKELY else self._pause + 1
        if self._rows and (self._pause > PAUSE or len(self._rows) == LONGEST):
            self._end_gradual()
        if self._rows or not self._pause:
            self._rows.append(row)
        self._frame += 1
        return found + self._settle(self._frame - APART)

    def finish(self) -> list[Boundary]:
        """Decide what is left."""
        found = self._cut(0.0)
        if self._rows:
            self._end_gradual()
        return found + self._settle(self._frame)

    def _cut(self, sure: float) -> list[Boundary]:
        """A cut lies where it is surest: neighbours are the same cut, seen a moment off."""
        self._cuts = np.array([*self._cuts[1:], sure])
        before, middle, after = self._cuts
        frame = self._frame - 1
        if frame < 1 or middle <= SURE_CUT or middle < before or middle <= after:
            return []
        self._lately = [*(cut for cut in self._lately if cut > frame - LATENCY), frame]
        return [Boundary(frame, "cut")]

    def _end_gradual(self) -> None:
        rows = np.stack(self._rows)
        start, self._rows = self._frame - len(rows), []
        sure = rows[:, GRADUAL] * (rows[:, GRADUAL] > LIKELY)
        if sure.max() <= SURE_GRADUAL:
            return
        middle = start + float(np.arange(len(rows)) @ sure / sure.sum())
        kind: Transition = "fade" if rows[:, FADE] @ sure > 0.5 * sure.sum() else "dissolve"
        self._waiting.append(Boundary(int(np.ceil(middle)), kind))

    def _settle(self, before: int) -> list[Boundary]:
        """Let go of the gradual changes that end before this frame, unless a cut is in their midst."""
        ripe = [boundary for boundary in self._waiting if boundary.frame < before]
        self._waiting = [boundary for boundary in self._waiting if boundary.frame >= before]
        return [b for b in ripe if b.frame > ENDS and all(abs(b.frame - cut) > APART for cut in self._lately)]
