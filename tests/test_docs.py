"""The docs say what the code does: settings are listed, links lead somewhere."""

import json
import os
import re
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from api.settings import ApiSettings
from jobs.settings import Settings, WorkerSettings
from model.settings import ModelSettings
from shotlens.cutting.options import CutOptions
from shotlens.predicting.options import PredictOptions
from shotlens.training.experiment import Config, Experiment

ROOT = Path(__file__).resolve().parent.parent
OPERATIONS = ROOT / "docs" / "operations.md"
TRAINING = ROOT / "docs" / "training.md"
Setting = tuple[str, object, str | None]  # name, default, description


def of_settings(settings: type[BaseModel], base: type[BaseModel] | None = None) -> list[Setting]:
    """The settings of a class, without those of its base."""
    known = base.model_fields if base else {}
    fields = settings.model_fields.items()
    return [(name, field.default, field.description) for name, field in fields if name not in known]


def of_options(options: type[CutOptions] | type[PredictOptions]) -> list[Setting]:
    """The fields of a dataclass of options, which are settings too."""
    return [(field.name, field.default, field.metadata["description"]) for field in fields(options)]


GROUPS = {
    "All services": of_settings(Settings),
    "The API": of_settings(ApiSettings, Settings),
    "Both workers": of_settings(WorkerSettings, Settings),
    "The cutting worker, and `shotlens predict`": of_options(CutOptions),
    "The model worker": of_settings(ModelSettings, WorkerSettings),
    "The model worker, and `shotlens predict`": of_options(PredictOptions),
}


def settings_tables() -> str:
    """All settings as tables."""
    parts = []
    for title, group in GROUPS.items():
        rows = [f"| `SHOTLENS_{name.upper()}` | {_shown(default)} | {text} |" for name, default, text in group]
        parts.append("\n".join([f"### {title}", "", "| variable | default | meaning |", "|---|---|---|", *rows]))
    return "\n\n".join(parts)


def _shown(default: object) -> str:
    return "" if default is None else f"`{default}`"


def config_table() -> str:
    """The keys of an experiment's config."""
    return "\n".join(["| key | default | meaning |", "|---|---|---|", *_keys(Config, "")])


def _keys(part: type[BaseModel], before: str) -> list[str]:
    rows = []
    for name, field in part.model_fields.items():
        inner = next((kind for kind in (field.annotation, *get_args(field.annotation)) if _is_part(kind)), None)
        default = (
            "" if inner or field.is_required() else f"`{json.dumps(field.get_default(call_default_factory=True))}`"
        )
        rows.append(f"| `{before}{name}` | {default} | {field.description} |")
        rows += _keys(inner, f"{before}{name}.") if inner else []
    return rows


def _is_part(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def written(page: Path, what: str, table: str) -> tuple[str, str]:
    """The page as it is and as it should be; it is written anew with SHOTLENS_WRITE_DOCS=1."""
    head, _, rest = page.read_text().partition(f"<!-- {what} -->")
    _, _, tail = rest.partition(f"<!-- end of {what} -->")
    wanted = f"{head}<!-- {what} -->\n\n{table}\n\n<!-- end of {what} -->{tail or rest}"
    if os.environ.get("SHOTLENS_WRITE_DOCS"):
        page.write_text(wanted)
    return page.read_text(), wanted


def test_the_settings_are_listed() -> None:
    found, wanted = written(OPERATIONS, "settings", settings_tables())
    assert found == wanted


def test_the_keys_of_a_config_are_listed() -> None:
    found, wanted = written(TRAINING, "keys", config_table())
    assert found == wanted


@pytest.mark.parametrize(
    "config",
    sorted([*ROOT.glob("experiments/*/config.yml"), *ROOT.glob("recipes/*/config.yml")]),
    ids=lambda path: path.parent.name,
)
def test_the_experiments_can_be_read(config: Path) -> None:
    assert Experiment.read(config).config.data


@pytest.mark.parametrize(
    "page", [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/**/*.md")), ROOT / "shotlens/predicting/CARD.md"]
)
def test_links_lead_to_files(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), target
