"""Draws shots that the shipped model gets wrong, in the ways that the model card tells of, as a picture for the card.

`python -m benchmarks.failures [--out FILE.jpg]`. Each shot is encoded, cut and predicted like any video. The picture
shows nobody else's film.
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
from shotlens.predicting.predictor import Predictor
from shotlens.shots.shot import Prediction
from shotlens.storage.frames import FrameFolder, StoredShot
from testkit.film import FPS, HER, HIM, draw_people, draw_world, render_view, shade
from testkit.videos import DETERMINISTIC, Image, write_video

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "pictures" / "failures.jpg"
FRAME = (160, 90)  # pixels of each of the eight in a row
GAP = ((0, 0), (0, 3), (0, 0))  # white pixels after each
GRAIN = 2.0  # of 255, as in the drawn film

View = tuple[float, float, float]  # centre x, y and width, in shares of the drawn world


@dataclass(frozen=True)
class Drawn:
    """A shot of the drawn world, and the label that it should have."""

    what: str
    head: str  # by name
    truth: str
    people: Image  # (H, W, 4) RGB and alpha
    start: View
    end: View
    seconds: float
    step: Callable[[float], tuple[float, float]] = lambda share: (0, 0)  # pixels of the world, right and down

    def frames(self) -> Iterator[Image]:
        """Draw the shot, (540, 960, 3) RGB each; `step` tells where the people are after each share of it."""
        world, noise = draw_world(), np.random.default_rng(3)
        for share in np.linspace(0, 1, round(self.seconds * FPS)):
            matrix = np.column_stack([np.eye(2), self.step(share)])
            people = cv2.warpAffine(self.people, matrix, self.people.shape[1::-1])
            view = np.array(self.start) * (1 - share) + np.array(self.end) * share
            seen = render_view(world, np.asarray(people, np.uint8), view)
            yield np.clip(seen + noise.normal(0, GRAIN, (*seen.shape[:2], 1)), 0, 255).astype(np.uint8)


@dataclass(frozen=True)
class Failure:
    """What the model predicts of a drawn shot."""

    drawn: Drawn
    prediction: Prediction
    strip: NDArray[np.uint8]  # (90, 1304, 3) RGB: the eight frames in a row


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
    """Return the shots of the model card, in its order."""
    her, both = shade(draw_people(HER)), shade(draw_people(HER, HIM))
    face, waist, hills = (0.57, 0.555, 0.09), (0.62, 0.6, 0.3), (0.5, 0.5, 1.0)
    figure, pair = (0.57, 0.58, 0.22), (0.57, 0.6, 0.2)
    return [
        Drawn("A figure crosses before a still camera", "movement", "static", her, figure, figure, 2.0,
              lambda share: (900 * share - 450, 0)),
        Drawn("A head sways and nods before a still camera", "movement", "static", her, face, face, 2.4,
              lambda share: (60 * math.sin(7 * share), 20 * math.sin(11 * share))),
        Drawn("A slow push", "movement", "push", both, waist, (0.62, 0.6, 0.26), 4.0),
        Drawn("A valley with two small people", "scale", "LS", both, hills, hills, 1.0),
        Drawn("People in flat colours", "scale", "MS", draw_people(HER, HIM), pair, pair, 1.0),
    ]  # fmt: skip


def predict(drawn: Sequence[Drawn]) -> list[Failure]:
    """Let the shipped model predict each shot."""
    with tempfile.TemporaryDirectory() as folder:
        cuts = [_cut(shot, Path(folder) / str(number)) for number, shot in enumerate(drawn)]
        predictions = Predictor().predict(cuts)
        strips = [_strip(stored.jpegs()) for stored in cuts]
    rows = zip(drawn, predictions, strips, strict=True)
    return [Failure(shot, by_head[shot.head], strip) for shot, by_head, strip in rows]


def caption(failure: Failure) -> str:
    """Write the true label, and the probability of each."""
    ordered = sorted(failure.prediction.probabilities.items(), key=lambda item: -item[1])
    return f"true {failure.drawn.truth}, predicted " + ", ".join(f"{label} {share:.2f}" for label, share in ordered)


def sheet(failures: Sequence[Failure]) -> Figure:
    """Draw a row for each: its eight frames under its caption."""
    figure = Figure((10, 0.97 * len(failures)), layout="constrained")
    for axes, failure in zip(np.atleast_1d(figure.subplots(len(failures))), failures, strict=True):
        axes.imshow(failure.strip, interpolation="antialiased")
        axes.set_axis_off()
        axes.set_title(failure.drawn.what, loc="left", fontsize=9, fontweight="bold")
        axes.set_title(caption(failure), loc="right", fontsize=9)
    return figure


def _cut(drawn: Drawn, folder: Path) -> StoredShot:
    video = write_video(folder.with_suffix(".mp4"), drawn.frames(), fps=FPS, options=DETERMINISTIC)
    store = FrameFolder(folder)
    [shot] = cut(video, store, at=frozenset())
    return StoredShot(shot, store)


def _strip(jpegs: Sequence[bytes]) -> NDArray[np.uint8]:
    frames = [np.asarray(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR_RGB)) for jpeg in jpegs]
    small = [np.asarray(cv2.resize(frame, FRAME, interpolation=cv2.INTER_AREA), np.uint8) for frame in frames]
    return np.hstack([np.pad(frame, GAP, constant_values=255) for frame in small])


if __name__ == "__main__":
    main()
