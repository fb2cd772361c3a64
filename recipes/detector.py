"""The shot detector's networks, from nothing: `python -m recipes.detector --data DATA --pretrained PRETRAINED`.

Renders takes, cuts them together into reels whose boundaries are known, and fits the networks on what `Likeness` tells
of them. It looks at no film that is labelled for judging.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import NDArray

from recipes.synthetic.reels import REEL
from recipes.synthetic.screening import Screened, Stock, screen
from shotlens.cutting.detect.boundaries import Boundary, Decision
from shotlens.cutting.detect.judge import CUT, DILATIONS, MAX_SIGMA, WEIGHTS
from shotlens.cutting.detect.likeness import CHANNELS

MEMBERS = 2  # networks whose mean is taken
WIDTH = 64  # units of each layer
BATCH = 16  # reels
HELD_OUT = 300  # reels of photos that are not trained on, to judge by
NEAR = 2  # frames by which a cut may be off; a gradual change must be found within its middle third


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
    add("--pretrained", type=Path, required=True, help="folder with the network that cuts people out")
    add(
        "--cache",
        type=Path,
        default=Path("~/.cache/shotlens-training").expanduser(),
        help="where to store takes",
    )
    add("--takes", type=int, default=6400, help="how many takes to render")
    add("--reels", type=int, default=6000, help=f"how many reels of {REEL} frames to cut them into")
    add("--epochs", type=int, default=24, help="how often to pass over the reels")
    add("--rate", type=float, default=2e-3, help="highest learning rate")
    add("--processes", type=int, default=2, help="how many processes render")
    add("--seed", type=int, default=1, help="seed of the first fit")
    add("--start", type=Path, help="weights to start from, for gradual changes only: their networks still judge cuts")
    add("--out", type=Path, default=WEIGHTS, help="the file to write")
    knobs = parser.parse_args(arguments)

    stock = Stock(knobs.data, knobs.pretrained, knobs.cache, knobs.takes, knobs.processes)
    reels = screen(stock, knobs.reels, held_out=False)
    networks = []
    for member in range(MEMBERS):
        keras.utils.set_random_seed(knobs.seed + member)
        networks.append(build(reels.channels))
        if knobs.start:
            go_on(networks[-1], knobs.start, member)
        fit(networks[-1], reels, knobs.epochs, knobs.rate)
    judge(networks, screen(stock, HELD_OUT, held_out=True))
    save(beside(networks, knobs.start) if knobs.start else weights_of(networks), knobs.out)


def build(channels: NDArray[np.float16]) -> keras.Model:
    """Build the network of `judge.py`: from (R, N, CHANNELS), such as these, to three logits for each frame."""
    some = channels.reshape(-1, CHANNELS)[::37].astype(np.float32)
    scale = layers.Normalization(mean=some.mean(axis=0), variance=some.var(axis=0) + 1e-6, name="scale")
    given = keras.Input((None, CHANNELS))
    # Real films differ from rendered ones: nothing may depend on a small difference or on a single number.
    rows = layers.SpatialDropout1D(0.1)(layers.GaussianNoise(0.2)(ops.clip(scale(given), -MAX_SIGMA, MAX_SIGMA)))
    rows = layers.Dropout(0.1)(layers.Dense(WIDTH, activation="relu", name="enter")(rows))
    for number, dilation in enumerate(DILATIONS):
        look = layers.Conv1D(WIDTH, 3, padding="same", dilation_rate=dilation, activation="relu", name=f"look{number}")
        rows = layers.Add()([rows, look(rows)]) if number else look(rows)
    return keras.Model(given, layers.Dense(3, name="leave")(rows))


def go_on(network: keras.Model, path: Path, member: int) -> None:
    """Give it the weights in a file; the last numbers, if these do not know them, start with next to no weight."""
    with np.load(path) as earlier:
        known = len(earlier["mean"])
        scale = network.get_layer("scale")
        mean, variance = np.array(scale.mean), np.array(scale.variance)
        mean[..., :known], variance[..., :known] = earlier["mean"], earlier["scale"] ** 2
        scale.mean, scale.variance = mean, variance
        for layer in network.layers:
            if layer.name.startswith(("enter", "look", "leave")):
                kernel, bias = (earlier[f"{member}_{layer.name}_{kind}"] for kind in ("kernel", "bias"))
                if layer.name == "enter":
                    kernel = np.concatenate([kernel, layer.get_weights()[0][known:] / 10])
                layer.set_weights([kernel, bias])


def fit(network: keras.Model, reels: Screened, epochs: int, rate: float) -> None:
    """Fit all layers; the learning rate rises over the first tenth of the steps, then falls to a hundredth."""
    steps = epochs * (len(reels.channels) // BATCH)
    schedule = keras.optimizers.schedules.CosineDecay(
        rate / 20, steps, alpha=0.01, warmup_target=rate, warmup_steps=steps // 10
    )
    network.compile(optimizer=keras.optimizers.AdamW(schedule, weight_decay=1e-3), loss=_loss)
    network.fit(reels.channels, reels.labels, batch_size=BATCH, epochs=epochs, verbose=2)


def _loss(labels: keras.KerasTensor, logits: keras.KerasTensor) -> keras.KerasTensor:
    """Add the cross-entropies. Cuts are rare, so they count five times; fades count only where a change is gradual."""
    cut, gradual, fade, weight = (labels[..., k] for k in range(4))
    entropies = [
        ops.binary_crossentropy(truth, logits[..., k], from_logits=True) for k, truth in enumerate((cut, gradual, fade))
    ]
    of_cut, of_gradual, of_fade = entropies
    return ops.mean(weight * (of_cut * (1 + 4 * cut) + of_gradual * (1 + gradual)) + gradual * of_fade)


def judge(networks: Sequence[keras.Model], reels: Screened) -> None:
    """Print how many boundaries the networks find in held-out reels, and how many of them are false."""
    logits = np.mean([net.predict(reels.channels, batch_size=BATCH, verbose=0) for net in networks], axis=0)
    boundaries = [decide(1 / (1 + np.exp(-rows.clip(-30, 30)))) for rows in logits]
    for sort, gradual in (("cuts", False), ("gradual changes", True)):
        counts = [_count(each, labels, gradual) for each, labels in zip(boundaries, reels.labels, strict=True)]
        hits, false, missed = np.sum(counts, axis=0)
        print(f"{sort}: precision {hits / (hits + false):.3f}, recall {hits / (hits + missed):.3f}")


def decide(probabilities: NDArray[np.float32]) -> list[Boundary]:
    """Decide where the boundaries of one reel are, from (N, 3) as `Judge` gives them."""
    decision = Decision()
    return [boundary for row in probabilities for boundary in decision.add(row)] + decision.finish()


def _count(boundaries: list[Boundary], labels: NDArray[np.float32], gradual: bool) -> tuple[int, int, int]:
    """Count hits, false ones and missed ones of this sort; where a person could argue, nothing is false."""
    cut, middle, _, weight = labels.T > 0.3
    truths = _runs(middle if gradual else cut)
    near = [(start - NEAR, end + NEAR) for start, end in truths]
    others = [(start - NEAR, end + NEAR) for start, end in _runs(cut if gradual else middle)]
    hits = sum(any(start <= boundary.frame < end for boundary in boundaries) for start, end in near)
    false = sum(
        (boundary.transition != "cut") == gradual
        and bool(weight[boundary.frame])
        and not any(start <= boundary.frame < end for start, end in near + others)
        for boundary in boundaries
    )
    return hits, false, len(truths) - hits


def _runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the first frame, and the frame after the last, of each row of true flags."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(int), [0]])))
    return [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]


def beside(networks: Sequence[keras.Model], path: Path) -> dict[str, Any]:
    """Join the new networks' weights with those in a file, which go on to judge cuts; the new ones judge the rest.

    The judge takes the mean of all members. Those that abstain give 0, so the outputs of the others are doubled.
    """
    weights = weights_of(networks)
    with np.load(path) as earlier:
        old = {name: earlier[name] for name in earlier.files if name not in ("mean", "scale")}
    of_cuts = np.arange(3) == CUT
    for name, values in old.items():
        member, layer = name.split("_", 1)
        old_name = f"{int(member) + MEMBERS}_{layer}"
        if layer.startswith("leave"):
            weights[old_name], weights[name] = 2 * values * of_cuts, 2 * weights[name] * ~of_cuts
        else:
            unknown = len(weights[name]) - len(values)  # rows of numbers that are new
            weights[old_name] = np.concatenate([values, np.zeros((unknown, *values.shape[1:]))])
    return weights


def weights_of(networks: Sequence[keras.Model]) -> dict[str, Any]:
    """Return their weights by the names that `shotlens.cutting.detect.judge` reads."""
    scale = networks[0].get_layer("scale")
    weights = {"mean": np.ravel(scale.mean), "scale": np.sqrt(np.ravel(scale.variance))}
    for member, network in enumerate(networks):
        for layer in network.layers:
            if layer.name.startswith(("enter", "look", "leave")):
                name = f"{member}_{layer.name}"
                weights[f"{name}_kernel"], weights[f"{name}_bias"] = layer.get_weights()
    return weights


def save(weights: dict[str, Any], path: Path) -> None:
    """Write the weights to a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, **{name: values.astype(np.float32) for name, values in weights.items()})
    print(path)


if __name__ == "__main__":
    main()
