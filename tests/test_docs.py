"""The docs say what the code does: settings are listed, links lead somewhere."""

import os
import re
from pathlib import Path

import pytest

from jobs.settings import ApiSettings, CutSettings, ModelSettings, Settings, WorkerSettings

ROOT = Path(__file__).resolve().parent.parent
OPERATIONS = ROOT / "docs" / "operations.md"
GROUPS: dict[str, tuple[type[Settings], type[Settings] | None]] = {
    "All services": (Settings, None),
    "The API": (ApiSettings, Settings),
    "Both workers": (WorkerSettings, Settings),
    "The cutting worker": (CutSettings, WorkerSettings),
    "The model worker": (ModelSettings, WorkerSettings),
}


def settings_tables() -> str:
    """The settings of each class as tables, without those of its base."""
    parts = []
    for title, (settings, base) in GROUPS.items():
        known = base.model_fields if base else {}
        rows = [
            f"| `SHOTLENS_{name.upper()}` | {_shown(field.default)} | {field.description} |"
            for name, field in settings.model_fields.items()
            if name not in known
        ]
        parts.append("\n".join([f"### {title}", "", "| variable | default | meaning |", "|---|---|---|", *rows]))
    return "\n\n".join(parts)


def _shown(default: object) -> str:
    return "" if default is None else f"`{default}`"


def test_the_settings_are_listed() -> None:
    """Write them anew with SHOTLENS_WRITE_DOCS=1."""
    text = OPERATIONS.read_text()
    head, _, rest = text.partition("<!-- settings -->")
    _, _, tail = rest.partition("<!-- end of settings -->")
    wanted = f"{head}<!-- settings -->\n\n{settings_tables()}\n\n<!-- end of settings -->{tail or rest}"
    if os.environ.get("SHOTLENS_WRITE_DOCS"):
        OPERATIONS.write_text(wanted)
    assert OPERATIONS.read_text() == wanted


@pytest.mark.parametrize("page", [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "model/CARD.md"])
def test_links_lead_to_files(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), target
