"""How good the recipe is on sources it was not trained on: `python -m training.evaluate --data ... --pretrained ...`.

Scale: film stills, in folds. Movement: virtual cameras over photos and videos that were held out, in the same folds.
"""

import argparse
from collections.abc import Sequence

import keras
import numpy as np
from numpy.typing import NDArray

from jobs.shot import MOVEMENTS, SCALES
from model.network import build_scale
from training.clips import Clips, movement_clips
from training.fit import fit_movement, fit_scale, predict_movement, predict_scale
from training.maps import Maps, scale_maps
from training.recipe import add_knobs, pretrained_backbone
from training.sources import FOLDS


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit on all folds but one and judge on that one, for each; print the sum."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    add_knobs(parser)
    knobs = parser.parse_args(arguments)
    clips = movement_clips(knobs.data, knobs.pretrained, knobs.cache, knobs.clips, knobs.processes)
    movement_held_out(clips, knobs, range(FOLDS))
    scale = build_scale(pretrained_backbone(knobs.pretrained))
    maps = scale_maps(knobs.data, knobs.pretrained, knobs.cache, scale, variants=knobs.variants, seed=knobs.seed)
    scale_held_out(maps, knobs, range(FOLDS))


def scale_held_out(maps: Maps, knobs: argparse.Namespace, folds: Sequence[int]) -> None:
    """Film stills of these folds, each judged by a network that saw nothing of its fold."""
    truth, guesses = [], []
    for fold in folds:
        keras.utils.set_random_seed(knobs.seed)
        scale = build_scale(pretrained_backbone(knobs.pretrained))
        fit_scale(scale, maps, maps.fold != fold, knobs.scale_epochs, knobs.scale_rate)
        judged = (maps.fold == fold) & maps.still
        truth.append(maps.scale[judged])
        guesses.append(predict_scale(scale, maps, judged))
    print_report("scale, film stills held out", SCALES, np.concatenate(truth), np.concatenate(guesses))


def movement_held_out(clips: Clips, knobs: argparse.Namespace, folds: Sequence[int]) -> None:
    """Virtual clips of these folds, each judged by a head that saw no clip over the same photo or video."""
    truth, guesses, subject = [], [], []
    for fold in folds:
        keras.utils.set_random_seed(knobs.seed)
        network = fit_movement(clips, clips.fold != fold, knobs.movement_epochs, knobs.movement_rate)
        judged = clips.fold == fold
        truth.append(clips.movement[judged])
        guesses.append(predict_movement(network, clips, judged))
        subject.append(clips.subject[judged])
    true, probable, moving = np.concatenate(truth), np.concatenate(guesses), np.concatenate(subject)
    print_report("movement, virtual clips held out", MOVEMENTS, true, probable)
    still = moving & (true == MOVEMENTS.index("static"))
    share = float((probable[still].argmax(axis=1) == MOVEMENTS.index("static")).mean())
    print(f"a still camera with a moving subject, called static: {share:.3f} of {still.sum()}")


def print_report(
    title: str, labels: Sequence[str], truth: NDArray[np.int64], probabilities: NDArray[np.float32]
) -> None:
    """Accuracy, macro-F1, calibration and the confusion matrix (rows are the truth)."""
    guess = probabilities.argmax(axis=1)
    confusion = np.zeros((len(labels), len(labels)), int)
    np.add.at(confusion, (truth, guess), 1)
    error = calibration_error(truth, probabilities)
    print(f"\n{title}: accuracy {np.trace(confusion) / len(truth):.3f}", end="  ")
    print(f"macro-F1 {macro_f1(confusion):.3f}  calibration error {error:.3f}  (n {len(truth)})")
    print("truth \\ said " + "".join(f"{label:>8}" for label in labels))
    for label, row in zip(labels, confusion, strict=True):
        print(f"{label:>12} " + "".join(f"{count:8d}" for count in row))


def macro_f1(confusion: NDArray[np.int64]) -> float:
    """Mean of the labels' F1; rows are the truth."""
    hits = np.diag(confusion)
    return float(np.mean(2 * hits / np.maximum(confusion.sum(axis=0) + confusion.sum(axis=1), 1)))


def calibration_error(truth: NDArray[np.int64], probabilities: NDArray[np.float32], bins: int = 10) -> float:
    """Expected calibration error: how far confidence is from being right, mean over `bins` of confidence."""
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == truth
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [abs(confidence[place == b].mean() - right[place == b].mean()) * (place == b).mean() for b in set(place)]
    return float(sum(gaps))


if __name__ == "__main__":
    main()
