"""From nothing to the shipped weights: `python -m recipes.model --data DATA --pretrained PRETRAINED`.

Renders framings and virtual cameras into training_data/, trains experiments/scale and experiments/movement in folds and
on everything, and exports what serves to model/weights/. What is there already is not made again.
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
from shotlens.training.judge.report import print_table, write_report

ROOT = Path(__file__).resolve().parents[1]
RENDERED = ROOT / "training_data"


def main(arguments: Sequence[str] | None = None) -> None:
    """The whole recipe, top to bottom."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    add = parser.add_argument
    add("--data", type=Path, required=True, help="folder with images/, videos/ and labels/ (never trained on)")
    add("--pretrained", type=Path, required=True, help="folder with the teachers")
    add("--clips", type=int, default=4000, help="virtual cameras to render")
    add("--folds", type=int, default=5, help="parts of the sources, each kept out once")
    add("--processes", type=int, default=2, help="processes that render")
    add("--seed", type=int, default=1, help="of the crops")
    add("--out", type=Path, default=SHIPPED.parent, help="folder of the weights")
    add("--name", default=SHIPPED.stem, help="name of the weights")
    knobs = parser.parse_args(arguments)

    if not (RENDERED / "crops" / "samples.csv").exists():
        render_framings(knobs.data, knobs.pretrained, RENDERED, knobs.seed)
    if not (RENDERED / "cameras" / "samples.csv").exists():
        render_cameras(knobs.data, knobs.pretrained, RENDERED, knobs.clips, knobs.processes)
    experiments = [Experiment.read(ROOT / "experiments" / name) for name in ("scale", "movement")]
    for experiment in experiments:
        train_folds(experiment, knobs.folds)
        train(experiment)
    evaluations = [evaluate(experiment) for experiment in experiments]
    print_table(evaluations)
    print_still(evaluations[1])
    write_report(evaluations, RENDERED / "evaluation")
    meta = export(experiments, knobs.out, knobs.name, averaged={"scale"})
    print(f"{knobs.out / knobs.name}.npz  {meta.sha256}")


def print_still(evaluation: Evaluation) -> None:
    """How often a still camera, before which something large moves, is called static."""
    judged = evaluation.judged["movement"]
    still = [
        label == "static"
        for stored, label in zip(judged.samples, judged.said("movement"), strict=True)
        if stored.sample.movement == "static" and SUBJECT in stored.sample.name
    ]
    print(f"a still camera with a moving subject, called static: {sum(still) / len(still):.3f} of {len(still)}")


if __name__ == "__main__":
    main()
