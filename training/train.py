"""From nothing to the weights: `python -m training.train --data DATA --pretrained PRETRAINED --out model/weights`.

Renders virtual clips, fits both heads, first without one fold to say how good they are, then on everything.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np

from model import weights
from model.network import build_network, build_scale
from training.clips import movement_clips
from training.evaluate import movement_held_out, scale_held_out
from training.fit import fit_movement, fit_scale
from training.maps import scale_maps
from training.recipe import add_knobs, pretrained_backbone


def main(arguments: Sequence[str] | None = None) -> None:
    """The whole recipe, top to bottom."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    add_knobs(parser)
    parser.add_argument("--out", type=Path, required=True, help="folder for <name>.npz and <name>.json")
    parser.add_argument("--name", default="shotlens-1", help="name of the weights")
    parser.add_argument("--check", type=int, default=1, help="folds to hold out and judge on before the last fit")
    knobs = parser.parse_args(arguments)

    clips = movement_clips(knobs.data, knobs.pretrained, knobs.cache, knobs.clips, knobs.processes)
    scale = build_scale(pretrained_backbone(knobs.pretrained))
    maps = scale_maps(knobs.data, knobs.pretrained, knobs.cache, scale, variants=knobs.variants, seed=knobs.seed)
    if knobs.check:
        movement_held_out(clips, knobs, range(knobs.check))
        scale_held_out(maps, knobs, range(knobs.check))

    keras.utils.set_random_seed(knobs.seed)
    everything = np.ones(len(clips.fold), bool)
    movement = fit_movement(clips, everything, knobs.movement_epochs, knobs.movement_rate)
    fit_scale(scale, maps, np.ones(len(maps.fold), bool), knobs.scale_epochs, knobs.scale_rate)
    meta = weights.save(build_network(scale, movement), knobs.out, knobs.name)
    print(f"{knobs.out / knobs.name}.npz  {meta.sha256}")


if __name__ == "__main__":
    main()
