"""Our detector on the part of the pictures that holds film, judged again where that changes. Knows nothing about files.

The network knows frames that are filled with film, and compares frames up to 64 apart: all of them must show the same
part. Which one is known only after a while, so the pictures whose boundaries may still change are kept, and their
thumbnails are made anew.
"""

from collections import deque
from dataclasses import replace

from shotlens.cutting.detect.boundaries import LATENCY, MARGIN, Boundaries, Boundary
from shotlens.cutting.detect.slides import Slides
from shotlens.cutting.picture import Picture
from shotlens.cutting.window import LEAST, Change
from shotlens.shots.shot import WHOLE, Window

SAME = 0.95  # fraction of a window within another one at which it lies within


class FilmBoundaries:
    """Accepts pictures in order; returns each boundary when the picture that opens a shot is `LATENCY` frames old."""

    def __init__(self) -> None:
        self._slides = Slides()
        self._pictures: deque[Picture] = deque()  # those that are not decided yet
        self._boundaries: dict[int, Boundary] = {}  # those among them, by frame
        self._planned: Change | None = None  # a wider window: the pictures before it must be decided first
        self._judge_from(0, WHOLE)

    def add(self, picture: Picture, change: Change | None) -> list[Boundary]:
        """Add the next picture, after which `change` is known about what holds film."""
        self._pictures.append(picture)
        self._slides.add(picture, self._window)
        self._note(self._judge.add(*picture.thumbnail(self._window)))
        if change:
            self._turn_to(change)
        if self._planned and self._pictures[0].index >= self._planned.first:
            self._judge_planned()
        return self._told(LATENCY)

    def finish(self, change: Change | None) -> list[Boundary]:
        """End the video; return the last boundaries."""
        if change and self._pictures:
            self._turn_to(change)
        self._note(self._judge.finish())
        if self._planned and self._pictures[-1].index > self._planned.first:
            self._judge_planned()
            self._note(self._judge.finish())
        return self._told(0)

    def _turn_to(self, change: Change) -> None:
        """Judge by what both windows show, as long as there is such a part and pictures of before are undecided."""
        common = change.window.common(self._window)
        if SAME * self._window.area > common.area >= LEAST:
            self._judge_again(common, self._pictures[0].index)
        self._planned = change if common.area < SAME * change.window.area else None

    def _judge_planned(self) -> None:
        """Judge by the wider window what shows it."""
        assert self._planned
        self._judge_again(self._planned.window, max(self._planned.first, self._pictures[0].index))
        self._planned = None

    def _judge_again(self, window: Window, first: int) -> None:
        """Judge the pictures from frame `first` on by another window."""
        # At its beginning a judge sees little of what was before; the one until now saw that.
        certain = first + MARGIN if first else 0
        self._boundaries = {frame: known for frame, known in self._boundaries.items() if frame <= certain}
        self._judge_from(first, window)
        self._certain = certain
        for picture in self._pictures:
            if picture.index >= first:
                self._note(self._judge.add(*picture.thumbnail(window)))

    def _judge_from(self, first: int, window: Window) -> None:
        self._judge, self._first, self._window, self._certain = Boundaries(), first, window, 0

    def _note(self, boundaries: list[Boundary]) -> None:
        """Remember what the judge said; it counts frames from its first."""
        for boundary in boundaries:
            frame = boundary.frame + self._first
            if frame > self._certain:
                self._boundaries[frame] = replace(boundary, frame=frame)

    def _told(self, undecided: int) -> list[Boundary]:
        """Decide all pictures but the last ones; return the boundaries among them."""
        told = []
        while len(self._pictures) > undecided:
            frame = self._pictures.popleft().index
            boundary = self._slides.boundary(frame, self._boundaries.pop(frame, None))
            told += [boundary] if boundary else []
        return told
