"""The docs match the code: settings are listed, links lead to files, commands and examples run."""

import argparse
import json
import os
import re
import shlex
import subprocess
import sys
from dataclasses import fields
from importlib.util import find_spec
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from api.settings import ApiSettings
from jobs.commands import access_keys, dead, run
from jobs.settings import Settings, WorkerSettings
from model.settings import ModelSettings
from shotlens.cli import main as command
from shotlens.cli import service
from shotlens.cutting.options import CutOptions
from shotlens.exports.registry import EXPORTS
from shotlens.predicting.options import PredictOptions
from shotlens.training.experiment import Config, Experiment
from testkit.videos import shots, write_video

ROOT = Path(__file__).resolve().parent.parent
OPERATIONS = ROOT / "docs" / "operations.md"
TRAINING = ROOT / "docs" / "training.md"
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/**/*.md")), ROOT / "shotlens/predicting/CARD.md"]
CURRENT = [page for page in PAGES if page.name != "CHANGELOG.md"]  # which names former commands
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
    """The page as it is and as it should be; SHOTLENS_WRITE_DOCS=1 rewrites it."""
    head, _, rest = page.read_text().partition(f"<!-- {what} -->")
    _, _, tail = rest.partition(f"<!-- end of {what} -->")
    wanted = f"{head}<!-- {what} -->\n\n{table}\n\n<!-- end of {what} -->{tail or rest}"
    if os.environ.get("SHOTLENS_WRITE_DOCS"):
        page.write_text(wanted)
    return page.read_text(), wanted


def test_the_docs_list_all_settings() -> None:
    page, wanted = written(OPERATIONS, "settings", settings_tables())
    assert page == wanted


def test_the_docs_list_all_keys_of_a_config() -> None:
    page, wanted = written(TRAINING, "keys", config_table())
    assert page == wanted


@pytest.mark.parametrize(
    "config",
    sorted([*ROOT.glob("experiments/*/config.yml"), *ROOT.glob("recipes/*/config.yml")]),
    ids=lambda path: path.parent.name,
)
def test_the_experiments_can_be_read(config: Path) -> None:
    assert Experiment.read(config).config.data


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def blocks(page: Path, language: str) -> list[str]:
    """The examples of a page in one language."""
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(), re.DOTALL)


def called(line: str) -> list[str]:
    """The Python command of a line of shell: `shotlens` or a module, and its arguments. Empty for other programs."""
    words = shlex.split(line, comments=True)
    for at, word in enumerate(words):
        if Path(word).name == "shotlens":
            return ["shotlens", *words[at + 1 :]]
        if Path(word).name == "python" and words[at + 1 : at + 2] == ["-m"]:
            return words[at + 2 :]
    return []


LINES = sorted(
    {line for page in CURRENT for block in blocks(page, "sh") for line in block.splitlines() if called(line)}
)


@pytest.mark.parametrize("line", LINES)
def test_a_command_of_an_example_exists_with_its_options(line: str) -> None:
    name, *arguments = called(line)
    if name == "shotlens":
        parse(arguments)
        return
    source = source_of(name)
    assert source, name
    if source.is_relative_to(ROOT / name.split(".")[0]):
        for option in (word for word in arguments if word.startswith("--")):
            assert f'"{option}"' in source.read_text(), option


def parse(arguments: list[str]) -> None:
    """Parse a command line of `shotlens` without running it; ends the process, as argparse does, if it is wrong."""
    command._parse(arguments)
    if arguments[0] in service.COMMANDS:
        parser = argparse.ArgumentParser()
        commands = parser.add_subparsers(required=True)
        for module in (run, access_keys, dead):
            module.add_commands(commands)
        parser.parse_args(arguments)


def source_of(module: str) -> Path | None:
    """The file that `python -m` runs; None where there is no such module."""
    spec = find_spec(module)
    if spec and spec.submodule_search_locations is not None:
        spec = find_spec(f"{module}.__main__")
    return Path(spec.origin) if spec and spec.origin else None


@pytest.mark.parametrize("page", CURRENT, ids=lambda page: str(page.relative_to(ROOT)))
def test_modules_and_targets_that_a_page_names_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    code = [*blocks(page, "sh"), *re.findall(r"`([^`\n]+)`", page.read_text())]
    for line in (line for text in code for line in text.splitlines()):
        if target := re.match(r"(?:[A-Z_]+=\S+ )*make ([a-z]+)\b", line):
            assert target[1] in targets, line
        if module := re.search(r"\bpython -m ([\w.]+)", line):
            assert source_of(module[1]), line


def test_the_files_and_names_in_contributing_exist() -> None:
    code = re.findall(r"`([^`\n]+)`", (ROOT / "CONTRIBUTING.md").read_text())
    files = [text for text in code if re.fullmatch(r"[\w/]+/\w+\.(py|js|yml|md)", text)]
    for file in files:  # those of the training are named from its folder
        assert (ROOT / file).exists() or (ROOT / "shotlens/training" / file).exists(), file
    files = [*files, "jobs/record.py", "shotlens/shots/errors.py", "shotlens/cutting/detect/boundaries.py"]
    sources = "".join((ROOT / file).read_text() for file in files if (ROOT / file).exists())
    for name in (text.split(".")[-1] for text in code if re.fullmatch(r"[A-Z]\w+(\.\w+)?", text)):
        assert re.search(rf"\b{name}\b", sources), name


def test_the_readme_names_every_export_and_the_limits() -> None:
    readme = " ".join((ROOT / "README.md").read_text().split())
    for name in EXPORTS:
        assert f"`{name}`" in readme, name
    limits = CutOptions()
    assert f"up to {ApiSettings().max_upload_bytes / 1e9:.0f} GB and {limits.max_seconds / 3600:.0f} hours" in readme
    assert f"{Settings().keep_days:.0f} days after it is done" in readme


@pytest.mark.slow
def test_the_library_example_of_the_readme_runs(tmp_path: Path) -> None:
    _, example = blocks(ROOT / "README.md", "python")
    write_video(tmp_path / "ad.mp4", shots([20, 31], 320, 180))
    ended = subprocess.run([sys.executable, "-c", example], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    lines = ended.stdout.splitlines()
    assert lines[:2] == ["0.0 0.8 cut", "0.8 2.04 cut"]
    assert [line.split()[0] for line in lines[2:]] == ["00:00:00:00", "00:00:00:20"]
    assert all(line.endswith("(8, 180, 320, 3)") for line in lines[2:])
