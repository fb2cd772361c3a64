"""The knobs of the recipe, shared by training and evaluation."""

import argparse
from pathlib import Path

BACKBONE = "mobilenet_v2_1.0_224_notop.weights.h5"


def add_knobs(parser: argparse.ArgumentParser) -> None:
    """The options that training and evaluation have in common, with the values the shipped weights were made with."""
    add = parser.add_argument
    add("--data", type=Path, required=True, help="folder with images/, videos/ and labels/ (never trained on)")
    add("--pretrained", type=Path, required=True, help="folder with the backbone's weights and the teachers")
    add("--cache", type=Path, default=Path("~/.cache/shotlens-training").expanduser(), help="where features are kept")
    add("--clips", type=int, default=3000, help="virtual clips for the movement head")
    add("--variants", type=int, default=3, help="variants of each framing for the scale head, the first unchanged")
    add("--processes", type=int, default=2, help="processes that render clips")
    add("--scale-epochs", type=int, default=4, help="passes over the framings")
    add("--scale-rate", type=float, default=4e-4, help="highest learning rate of the scale head and last blocks")
    add("--movement-epochs", type=int, default=16, help="passes over the clips, each in four mirror images")
    add("--movement-rate", type=float, default=2e-3, help="highest learning rate of the movement head")
    add("--seed", type=int, default=1, help="of every random choice")


def pretrained_backbone(pretrained: Path) -> str:
    """The weights that MobileNetV2 starts from."""
    return str(pretrained / BACKBONE)
