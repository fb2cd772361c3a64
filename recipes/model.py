"""From nothing to the shipped weights: `python -m recipes.model --data DATA --pretrained PRETRAINED`.

Renders framings and virtual cameras into training_data/, trains recipes/scale and recipes/movement in folds and on
everything, and exports the weights to shotlens/predicting/weights/. It makes nothing again that is there already.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from recipes.synthetic.render import SUBJECT, render_cameras, render_framings
from shotlens.predicting.weights import SHIPPED
from shotlens.training.experiment import Experiment
from shotlens.training.export import export
from shotlens.training.fit.train import train, train_folds
from shotlens.training.judge.evaluate import Evaluation, evaluate
from shotlens.training.judge.reports import print_table, write_report

ROOT = Path(__file__).resolve().parents[1]
RENDERED = ROOT / "training_data"


def main(arguments: Sequence[str] | None = None) -> None:
    """Follow the whole recipe, from top to bottom."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    add = parser.add_argument
    add(
        "--data",
        type=Path,
        required=True,
        help="folder with images/, videos/ and labels/ (of videos not to use)",
    )
    add("--pretrained", type=Path, required=True, help="folder with the teacher networks")
    add("--clips", type=int, default=4000, help="how many virtual cameras to render")
    add("--folds", type=int, default=5, help="into how many parts to divide the sources, each held out once")
    add("--processes", type=int, default=2, help="how many processes render")
    add("--seed", type=int, default=1, help="seed of the crops")
    add("--out", type=Path, default=SHIPPED.parent, help="where to write the weights")
    add("--name", default=SHIPPED.stem, help="name of the weights")
    knobs = parser.parse_args(arguments)

    if not (RENDERED / "crops" / "samples.csv").exists():
        render_framings(knobs.data, knobs.pretrained, RENDERED, knobs.seed)
    if not (RENDERED / "cameras" / "samples.csv").exists():
        render_cameras(knobs.data, knobs.pretrained, RENDERED, knobs.clips, knobs.processes)
    experiments = [Experiment.read(ROOT / "recipes" / name) for name in ("scale", "movement")]
    for experiment in experiments:
        train_folds(experiment, knobs.folds)
        train(experiment)
    evaluations = [evaluate(experiment) for experiment in experiments]
    print_table(evaluations)
    print_still(evaluations[1])
    write_report(evaluations, RENDERED / "evaluation")
    meta = export(experiments, knobs.out, knobs.name, averaged={"scale"})
    print(f"{knobs.out / knobs.name}.npz  {meta.sha256}")
    print(f"{knobs.out / knobs.name}.tflite  {meta.tflite_sha256}")


def print_still(evaluation: Evaluation) -> None:
    """Print how often the network calls a still camera static while something large moves in front of it."""
    judged = evaluation.judged["movement"]
    still = [
        label == "static"
        for stored, label in zip(judged.samples, judged.labels("movement"), strict=True)
        if stored.sample.movement == "static" and SUBJECT in stored.sample.name
    ]
    print(f"a still camera with a moving subject, called static: {sum(still) / len(still):.3f} of {len(still)}")


if __name__ == "__main__":
    main()
