"""An experiment: its config, and the folder that holds everything that comes of it. Knows no network.

experiments/exp_001/config.yml                       what a person writes
                    resolved.yml                     the same with every default, and the git commit
                    log.csv, tensorboard/            how the training went
                    model.{epoch}-{val_loss}.keras   a checkpoint after every epoch, each with its .meta.json
                    evaluation/                      what `shotlens evaluate` writes
"""

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shotlens.shots.errors import reason
from shotlens.training.data.augment import Augmentation
from shotlens.training.errors import ConfigError

RESOLVED = "resolved.yml"
FREE = ("epochs", "workers")  # keys that may change before an interrupted training goes on
FOLD = re.compile(r"fold-\d+")
CHECKPOINT = re.compile(r"model\.(\d+)(?:-(\d+\.\d+))?\.keras$")


class Section(BaseModel):
    """A section of the config: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Backbone(Section):
    """The network that reads the pictures."""

    name: Literal["efficientnet_lite2", "mobilenet_v2", "efficientnet_v2_b0", "efficientnet_v2_s"] = Field(
        "efficientnet_lite2",
        description="Its name: this one, `mobilenet_v2`, or, for a GPU, `efficientnet_v2_b0` or `efficientnet_v2_s`.",
    )
    weights: str | None = Field(
        "imagenet",
        description="What it starts from: `imagenet` (which Keras downloads for the others), the path of a file of "
        "weights without top, or null for random weights.",
    )
    trained_from: str | None = Field(
        "block_14_add", description="The layers after this one are trained; null trains all of them."
    )


class LearningRate(Section):
    """How fast the network learns, over the whole training."""

    peak: float = Field(4e-4, gt=0, description="The highest learning rate.")
    warmup: float = Field(0.1, ge=0, lt=1, description="The share of all steps over which it rises to the peak.")
    schedule: Literal["cosine", "constant"] = Field(
        "cosine", description="`cosine` falls from the peak to 0; `constant` is the peak from first to last."
    )


class HeldOut(Section):
    """Samples held out for judging by their group, in place of the prepared splits."""

    folds: int = Field(5, ge=2, description="How many parts the groups are divided into, by their names.")
    fold: int = Field(0, ge=0, description="Which part is held out, counted from 0.")


class Config(Section):
    """One experiment."""

    data: list[Path] = Field(min_length=1, description="Prepared folders, relative to the config file.")
    extra: list[Path] = Field(default_factory=list, description="Prepared folders to train on, but never to judge by.")
    heads: Literal["both", "scale", "movement"] = Field(
        "both", description="What the network learns: `both`, `scale` or `movement`."
    )
    backbone: Backbone = Field(default_factory=Backbone, description="The network that reads the pictures:")
    input_size: tuple[int, int] = Field((128, 224), description="Height and width of a frame, multiples of 32.")
    frames: Literal[1, 2, 4] = Field(
        4, description="From how many frames of a clip the network tells the scale while it is trained."
    )
    augmentation: Augmentation = Field(default_factory=Augmentation, description="How clips are changed at random:")
    class_balance: float = Field(
        0.5, ge=0, le=1, description="0 counts each sample alike, 1 counts each label alike, 0.5 is halfway."
    )
    class_weights: dict[str, float] = Field(
        default_factory=dict, description="Extra factors for the weights of single labels, such as `static: 2`."
    )
    learning_rate: LearningRate = Field(default_factory=LearningRate, description="How fast the network learns:")
    weight_decay: float = Field(
        0.02, ge=0, description="How strongly the optimizer, AdamW, pulls the weights towards 0."
    )
    label_smoothing: float = Field(
        0.05, ge=0, lt=1, description="The share of each label that is spread over all labels, so that none is certain."
    )
    epochs: int = Field(4, gt=0, description="How often the training passes over all samples.")
    batch: int = Field(64, gt=0, description="How many samples each step takes.")
    precision: Literal["float32", "mixed_float16", "mixed_bfloat16"] = Field(
        "float32", description="The mixed ones take less memory and time on GPUs that compute with 16 bits."
    )
    seed: int = Field(1, ge=0, description="The same seed gives the same random choices.")
    workers: int = Field(2, gt=0, description="How many threads read and change samples.")
    held_out: HeldOut | None = Field(None, description="Samples held out by group; null takes the prepared splits:")

    @property
    def head_names(self) -> tuple[str, ...]:
        """The heads that the network learns."""
        return ("scale", "movement") if self.heads == "both" else (self.heads,)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A network as it was after an epoch."""

    path: Path
    epoch: int  # how many it has been through
    loss: float | None  # on the samples held out, if there are any


@dataclass(frozen=True, slots=True)
class Experiment:
    """A config and its folder."""

    config: Config
    folder: Path

    @classmethod
    def read(cls, path: Path) -> "Experiment":
        """Read a config, or that of a folder; raises ConfigError, which names every key that is wrong."""
        path = path / "config.yml" if path.is_dir() else path
        try:
            values = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path} cannot be read: {reason(error)}.") from error
        except yaml.YAMLError as error:
            raise ConfigError(f"{path} is not YAML: {reason(error)}.") from error
        if not isinstance(values, dict):
            raise ConfigError(f"{path} should be a list of keys and values, as docs/training.md shows.")
        return cls(parse(values, path.name), path.parent)

    def data(self) -> list[Path]:
        """Return the prepared folders, from the working directory."""
        return [self.home / path for path in self.config.data]

    def extra(self) -> list[Path]:
        """Return the prepared folders that nothing is judged by, from the working directory."""
        return [self.home / path for path in self.config.extra]

    @property
    def home(self) -> Path:
        """The folder that the paths of the config start from."""
        return self.folder.parent if self._is_fold else self.folder

    @property
    def _is_fold(self) -> bool:
        return bool(FOLD.fullmatch(self.folder.name))

    def fold(self, held_out: HeldOut) -> "Experiment":
        """Return the same experiment with these samples held out, in a folder below its own."""
        folder = self.folder / f"fold-{held_out.fold}"
        folder.mkdir(exist_ok=True)
        return Experiment(self.config.model_copy(update={"held_out": held_out}), folder)

    def folds(self) -> list["Experiment"]:
        """Return the folds of this experiment that have been trained."""
        folds = []
        for folder in sorted(path for path in self.folder.glob("fold-*") if FOLD.fullmatch(path.name)):
            values = yaml.safe_load((folder / RESOLVED).read_text()) if (folder / RESOLVED).exists() else None
            if values:
                folds.append(self.fold(HeldOut(**values["held_out"])))
        return folds

    def checkpoints(self) -> list[Checkpoint]:
        """Return all checkpoints, by their epochs."""
        checkpoints = []
        for path in self.folder.glob("model.*.keras"):
            if match := CHECKPOINT.fullmatch(path.name):
                checkpoints.append(Checkpoint(path, int(match[1]), float(match[2]) if match[2] else None))
        return sorted(checkpoints, key=lambda checkpoint: checkpoint.epoch)

    def best(self) -> Checkpoint:
        """Return the checkpoint of the least loss, or the last one where there is no loss or in a fold.

        What a fold holds out judges the experiment, so it must not choose the epoch too. Raises ConfigError.
        """
        checkpoints = self.checkpoints()
        if not checkpoints:
            raise ConfigError(f"{self.folder} holds no checkpoint: train it first, with `shotlens train`.")
        judged = [checkpoint for checkpoint in checkpoints if checkpoint.loss is not None and not self._is_fold]
        return min(judged, key=lambda checkpoint: checkpoint.loss or 0.0) if judged else checkpoints[-1]

    def keep_config(self) -> None:
        """Write the config with its defaults and the commit of the code; raises ConfigError if it was another one."""
        file = self.folder / RESOLVED
        values = json.loads(self.config.model_dump_json())
        if file.exists() and self.checkpoints():
            before = yaml.safe_load(file.read_text())
            before.pop("commit", None)
            if changed := [key for key in values if values[key] != before.get(key) and key not in FREE]:
                raise ConfigError(
                    f"{self.folder} holds checkpoints of another config ({', '.join(changed)} differ): "
                    "use another folder, or remove them."
                )
        file.write_text(yaml.safe_dump(values | {"commit": commit()}, sort_keys=False))


def parse(values: dict[str, Any], name: str) -> Config:
    """Check the values of a config; raises ConfigError, which names every key that is wrong."""
    try:
        config = Config.model_validate(values)
    except ValidationError as error:
        wrong = (f"{'.'.join(map(str, item['loc'])) or 'config'}: {item['msg']}" for item in error.errors())
        raise ConfigError(f"{name} is wrong: {'; '.join(wrong)}.") from error
    if any(side % 32 or side < 32 for side in config.input_size):
        raise ConfigError(f"{name} is wrong: input_size: {list(config.input_size)} are not multiples of 32.")
    return config


def commit() -> str:
    """Return the commit of the code, with a + if files differ from it, or `unknown` outside a checkout."""
    folder = Path(__file__).resolve().parent
    try:
        described = subprocess.run(
            ["git", "describe", "--always", "--dirty=+", "--abbrev=40", "--exclude=*"],
            cwd=folder, capture_output=True, text=True, check=True,
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return described.stdout.strip()
