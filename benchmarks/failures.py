"""Drawn shots that the shipped model gets wrong, in the ways that the model card tells, as one picture for the card.

`python -m benchmarks.failures [--out FILE.jpg]`. Each is encoded, cut and predicted like any video. Nobody else's film
is shown.
"""

import argparse
import math
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from shotlens.cutting.cut import cut
from shotlens.cutting.options import CutOptions
from shotlens.predicting.predictor import Predictor
from shotlens.shots.shot import Shot
from testkit.film import FPS, HER, HIM, draw_people, draw_world, light, look
from testkit.videos import STEADY, Image, write_video

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "pictures" / "failures.jpg"
FRAME = (160, 90)  # pixels of one of the eight in a row
GAP = ((0, 0), (0, 3), (0, 0))  # white pixels behind each
GRAIN = 2.0  # of 255, as in the drawn film

View = tuple[float, float, float]  # centre x, y and width, in shares of the drawn world


@dataclass(frozen=True)
class Drawn:
    """A shot of the drawn world, and the label that it ought to have."""

    what: str
    head: str  # scale or movement
    truth: str
    people: Image  # (H, W, 4) RGB and alpha
    start: View
    end: View
    seconds: float
    step: Callable[[float], tuple[float, float]] = lambda share: (0, 0)  # pixels of the world, right and down

    def frames(self) -> Iterator[Image]:
        """The shot, (540, 960, 3) RGB each; `step` tells where the people are when a share of it is over."""
        world, noise = draw_world(), np.random.default_rng(3)
        for share in np.linspace(0, 1, round(self.seconds * FPS)):
            matrix = np.column_stack([np.eye(2), self.step(share)])
            people = cv2.warpAffine(self.people, matrix, self.people.shape[1::-1])
            view = np.array(self.start) * (1 - share) + np.array(self.end) * share
            seen = look(world, np.asarray(people, np.uint8), view)
            yield np.clip(seen + noise.normal(0, GRAIN, (*seen.shape[:2], 1)), 0, 255).astype(np.uint8)


@dataclass(frozen=True)
class Failure:
    """What the model said of a drawn shot."""

    drawn: Drawn
    said: dict[str, float]  # probability of each label
    strip: NDArray[np.uint8]  # (90, 1304, 3) RGB: the eight frames in a row

    @property
    def label(self) -> str:
        """The most probable label."""
        return max(self.said, key=lambda name: self.said[name])


def main() -> None:
    """Draw, predict and show."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=PICTURE, help="the JPEG to write")
    out: Path = parser.parse_args().out
    failures = predict(shots())
    for failure in failures:
        print(f"{failure.drawn.what}: {caption(failure)}")
    sheet(failures).savefig(out, dpi=100, pil_kwargs={"quality": 82, "optimize": True})


def shots() -> list[Drawn]:
    """Those of the model card, in its order."""
    her, both = light(draw_people(HER)), light(draw_people(HER, HIM))
    face, waist, hills = (0.57, 0.555, 0.09), (0.62, 0.6, 0.3), (0.5, 0.5, 1.0)
    return [
        Drawn("A figure crosses before a still camera", "movement", "static", her, *[(0.57, 0.58, 0.22)] * 2, 2.0,
              lambda share: (900 * share - 450, 0)),
        Drawn("A head sways and nods before a still camera", "movement", "static", her, face, face, 2.4,
              lambda share: (60 * math.sin(7 * share), 20 * math.sin(11 * share))),
        Drawn("A slow push", "movement", "push", both, waist, (0.62, 0.6, 0.26), 4.0),
        Drawn("A valley with two small people", "scale", "LS", both, hills, hills, 1.0),
        Drawn("People in flat colours", "scale", "MS", draw_people(HER, HIM), *[(0.57, 0.6, 0.2)] * 2, 1.0),
    ]  # fmt: skip


def predict(drawn: Sequence[Drawn]) -> list[Failure]:
    """What the shipped model says of each."""
    with tempfile.TemporaryDirectory() as folder:
        cuts = [_cut(shot, Path(folder) / str(number)) for number, shot in enumerate(drawn)]
        said = Predictor().predict(cuts)
        strips = [_strip(shot.frames) for shot in cuts]
    by_head = [getattr(prediction, shot.head) for shot, prediction in zip(drawn, said, strict=True)]
    return [Failure(*parts) for parts in zip(drawn, by_head, strips, strict=True)]


def caption(failure: Failure) -> str:
    """The true label, and the probability of each."""
    said = sorted(failure.said.items(), key=lambda item: -item[1])
    return f"true {failure.drawn.truth}, said " + ", ".join(f"{label} {share:.2f}" for label, share in said)


def sheet(failures: Sequence[Failure]) -> Figure:
    """A row for each: its eight frames under its caption."""
    figure = Figure((10, 0.97 * len(failures)), layout="constrained")
    for axes, failure in zip(np.atleast_1d(figure.subplots(len(failures))), failures, strict=True):
        axes.imshow(failure.strip, interpolation="antialiased")
        axes.set_axis_off()
        axes.set_title(failure.drawn.what, loc="left", fontsize=9, fontweight="bold")
        axes.set_title(caption(failure), loc="right", fontsize=9)
    return figure


def _cut(drawn: Drawn, folder: Path) -> Shot:
    video = write_video(folder.with_suffix(".mp4"), drawn.frames(), fps=FPS, options=STEADY)
    [shot] = cut(video, CutOptions(folder, at=frozenset()))
    return shot


def _strip(frames: Sequence[Path]) -> NDArray[np.uint8]:
    pictures = [cv2.resize(cv2.imread(str(path)), FRAME, interpolation=cv2.INTER_AREA) for path in frames]
    return np.hstack([np.pad(picture[..., ::-1], GAP, constant_values=255) for picture in pictures])


if __name__ == "__main__":
    main()
