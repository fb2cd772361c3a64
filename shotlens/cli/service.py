"""`shotlens run`, `keys` and `dead`: commands of the service, which is in the repository, not in the library."""

import argparse
import os
import sys
from pathlib import Path

from shotlens.shots.errors import ShotlensError

COMMANDS = {
    "run": "start the whole service on this machine",
    "keys": "create, list and revoke access keys to the service",
    "dead": "list work that failed its last attempt, or retry it",
}
ROOT = Path(__file__).resolve().parents[2]  # the repository, or site-packages


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the three commands to the parser; `jobs/commands` parses their arguments."""
    for name, text in COMMANDS.items():
        commands.add_parser(name, help=text, add_help=False).set_defaults(command=_run, name=name)


def _run(options: argparse.Namespace) -> int:
    """Become `python -m jobs` of the repository around this package. Raises ShotlensError if there is none."""
    if not (ROOT / "jobs" / "commands").is_dir():
        raise ShotlensError(
            f"`shotlens {options.name}` is part of the service: run it in a clone of the repository. "
            "Only the library, which cuts and predicts videos, is installed here."
        )
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    # -P keeps the modules of the current folder out.
    command = [sys.executable, "-P", "-m", "jobs", options.name, *options.arguments]
    os.execve(sys.executable, command, {**os.environ, "PYTHONPATH": path})
