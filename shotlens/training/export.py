"""`shotlens export`: writes the weights of experiments as the service loads them, with their checksum and card."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from shotlens.predicting import weights
from shotlens.predicting.confidence import with_temperature
from shotlens.training.convert import convert
from shotlens.training.errors import ConfigError
from shotlens.training.experiment import Experiment
from shotlens.training.judge.evaluate import Evaluation, Judged, evaluate
from shotlens.training.judge.metrics import Metrics, best_temperature, certain_from
from shotlens.training.soup import as_sure_as, mean_weights


def export(experiments: Sequence[Experiment], out: Path, name: str, *, averaged: Collection[str] = ()) -> weights.Meta:
    """Write `<name>.npz`, `.tflite`, `.json` and `.md` into `out`: each head from the experiment that trained it.

    The heads in `averaged` get the mean of the weights of all fits, the folds' and that on everything: see `soup`.
    The samples that each experiment held out give the temperatures, and the confidence from which a label is certain.
    Raises ConfigError if a head is missing, or if two experiments trained it.
    """
    sources = _by_head(experiments)
    config = sources["scale"].config
    meta = weights.Meta(name, "", config.backbone.name, *config.input_size)
    evaluations = {head: evaluate(experiment) for head, experiment in sources.items()}
    judged = {head: evaluation.judged[head] for head, evaluation in evaluations.items()}
    # Never below 1: unseen film is harder than what was held out, and a label that is too sure misleads.
    learnt = {head: max(1.0, best_temperature(some.truth, some.probabilities)) for head, some in judged.items()}
    judged = {
        head: replace(some, probabilities=with_temperature(some.probabilities, learnt[head]))
        for head, some in judged.items()
    }
    sure = {head: certain_from(some.truth, some.probabilities) for head, some in judged.items()}
    fits = {head: [some, *some.folds()] if head in averaged else [some] for head, some in sources.items()}
    arrays = {head: mean_weights(some, head) for head, some in fits.items()}
    sharper = {head: as_sure_as(fits[head], head, arrays[head]) for head in averaged}
    served = {head: round(learnt[head] * sharper.get(head, 1.0), 3) for head in learnt}
    weights.write(arrays, out, replace(meta, temperatures=served, sure=sure))
    meta = convert(out / f"{name}.json")
    notes = {
        head: f"Learnt on the same samples: a temperature of {learnt[head]}. "
        + (f"The served weights are the mean of {len(some)} fits, at {served[head]}." if head in averaged else "")
        for head, some in fits.items()
    }
    (out / f"{name}.md").write_text(_card(meta, evaluations, judged, notes))
    return meta


def _by_head(experiments: Sequence[Experiment]) -> dict[str, Experiment]:
    sources: dict[str, Experiment] = {}
    for experiment in experiments:
        for head in experiment.config.head_names:
            if head in sources:
                raise ConfigError(f"Both {sources[head].folder.name} and {experiment.folder.name} trained the {head}.")
            sources[head] = experiment
    if missing := set(weights.PARTS) - set(sources):
        raise ConfigError(f"No experiment trained the {' and the '.join(sorted(missing))}: name one that did.")
    return sources


def _card(
    meta: weights.Meta, evaluations: dict[str, Evaluation], judged: dict[str, Judged], notes: dict[str, str]
) -> str:
    """Write the model card of these weights in Markdown, with a note on how confident each head is."""
    lines = [f"# Model card: {meta.name}", "", f"`{meta.name}.npz`, SHA-256 `{meta.sha256}`.", ""]
    for head, evaluation in evaluations.items():
        metrics = judged[head].metrics(head)
        lines += [
            f"## {head.capitalize()}",
            "",
            f"From the experiment `{evaluation.experiment.folder.name}`, `{evaluation.checkpoint.path.name}`, data "
            f"{', '.join(f'`{path.name}`' for path in evaluation.experiment.data())}.",
            f"On {metrics.count} held-out samples: accuracy {metrics.accuracy:.3f}, macro-F1 {metrics.macro_f1:.3f}, "
            f"expected calibration error {metrics.calibration_error:.3f}. {notes[head]}",
            f"Labels with a confidence below {meta.sure[head]} are marked as uncertain.",
            "",
            *_matrix(metrics),
            "",
        ]
    return "\n".join(lines)


def _matrix(metrics: Metrics) -> list[str]:
    """Write a confusion matrix in Markdown: rows are the truth."""
    labels = list(metrics.classes)
    lines = ["| truth \\ predicted | " + " | ".join(labels) + " | recall |", "|---" * (len(labels) + 2) + "|"]
    for label, row in zip(labels, metrics.confusion, strict=True):
        lines.append(f"| {label} | " + " | ".join(map(str, row)) + f" | {metrics.classes[label].recall:.2f} |")
    return lines
