"""`shotlens prepare`, `train`, `evaluate`, `export` and `convert`: from labelled clips to weights for the service."""

import argparse
import importlib
from pathlib import Path
from types import ModuleType

from shotlens.shots.errors import ShotlensError


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the five commands to the parser."""
    prepare = commands.add_parser("prepare", help="convert labelled clips to the form that training reads")
    prepare.add_argument(
        "labels", type=Path, help="MovieShots' JSON, a CSV with path,scale,movement, or the JSON of a corrected result"
    )
    prepare.add_argument(
        "--clips", type=Path, nargs="+", default=[], metavar="PATH",
        help="MovieShots' archives or folders; for a corrected result, the folder of its video",
    )  # fmt: skip
    prepare.add_argument("--out", type=Path, default=Path("data_cleaned"), help="output folder (default: %(default)s)")
    prepare.add_argument("--processes", type=int, default=2, help="clips read in parallel (default: %(default)s)")
    prepare.set_defaults(command=_prepare)

    train = commands.add_parser("train", help="train a network with a config; resumes if it was interrupted")
    train.add_argument("config", type=Path, help="an experiment's config.yml, or its folder")
    train.add_argument(
        "--folds", type=int, metavar="N", help="train N times, each with another part of the groups held out"
    )
    train.set_defaults(command=_train)

    evaluate = commands.add_parser("evaluate", help="evaluate experiments on data they were not trained on")
    evaluate.add_argument("experiments", type=Path, nargs="+", metavar="EXPERIMENT")
    evaluate.add_argument(
        "--split", choices=("val", "test", "train"), default="val", help="part of the data set (default: %(default)s)"
    )
    evaluate.add_argument("--limit", type=int, metavar="N", help="evaluate on at most N samples")
    evaluate.add_argument("--out", type=Path, help="report folder (default: evaluation/ in the first experiment)")
    evaluate.set_defaults(command=_evaluate)

    export = commands.add_parser("export", help="write an experiment's weights for the service, with their model card")
    export.add_argument("experiments", type=Path, nargs="+", metavar="EXPERIMENT", help="one, or one for each head")
    export.add_argument("--name", required=True, help="name of the weights, such as mine-1")
    export.add_argument("--out", type=Path, default=Path("weights"), help="output folder (default: %(default)s)")
    export.set_defaults(command=_export)

    convert = commands.add_parser("convert", help="write the .tflite of weights that were exported without one")
    convert.add_argument("weights", type=Path, metavar="WEIGHTS", help="the JSON file of the weights")
    convert.set_defaults(command=_convert)


def _prepare(options: argparse.Namespace) -> int:
    labels, prepare = _training("data.labels"), _training("data.prepare")
    sources: list[Path] = []
    if options.labels.suffix == ".csv":
        samples = labels.read_csv(options.labels)
    elif labels.is_result(options.labels):
        if len(options.clips) != 1:
            raise ShotlensError("A corrected result needs its video: give the folder of the video with --clips.")
        samples = labels.read_result(options.labels, options.clips[0])
    else:
        if not options.clips:
            raise ShotlensError("MovieShots' labels need its clips: give the archives, or their folder, with --clips.")
        samples, sources = labels.read_movieshots(options.labels), options.clips
    report = prepare.prepare(samples, options.out, sources=sources, processes=options.processes)
    print(report.in_words())
    return 0 if report.ready else 1


def _train(options: argparse.Namespace) -> int:
    experiment, train = _training("experiment").Experiment.read(options.config), _training("fit.train")
    if options.folds:
        train.train_folds(experiment, options.folds)
    else:
        print(train.train(experiment))
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    experiments = [_training("experiment").Experiment.read(path) for path in options.experiments]
    evaluate, report = _training("judge.evaluate").evaluate, _training("judge.reports")
    evaluations = [evaluate(experiment, options.split, options.limit) for experiment in experiments]
    report.print_table(evaluations)
    print(report.write_report(evaluations, options.out or experiments[0].folder / "evaluation"))
    return 0


def _export(options: argparse.Namespace) -> int:
    experiments = [_training("experiment").Experiment.read(path) for path in options.experiments]
    meta = _training("export").export(experiments, options.out, options.name)
    print(f"{options.out / options.name}.npz  {meta.sha256}")
    print(f"{options.out / options.name}.tflite  {meta.tflite_sha256}")
    print(f"To serve them: SHOTLENS_WEIGHTS={options.out / options.name}.json")
    return 0


def _convert(options: argparse.Namespace) -> int:
    meta = _training("convert").convert(options.weights)
    print(f"{options.weights.with_suffix('.tflite')}  {meta.tflite_sha256}")
    return 0


def _training(name: str) -> ModuleType:
    """Import a module of `shotlens.training`, late: its dependencies may not be installed."""
    try:
        return importlib.import_module(f"shotlens.training.{name}")
    except ModuleNotFoundError as error:
        raise ShotlensError(
            f"Training needs packages that are not installed ({error.name} is missing): run `make .venv/dev.stamp` "
            "or `pip install shotlens[training]`."
        ) from error
