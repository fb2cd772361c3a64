"""`shotlens run`, `keys` and `dead`: the service, which comes with the repository and not with the library."""

import argparse
import sys
from importlib import import_module
from pathlib import Path

from shotlens.shots.errors import ShotlensError

COMMANDS = {
    "run": "start the whole service on this machine",
    "keys": "make, list and revoke the access keys of those who may use the service",
    "dead": "list the work that failed its last attempt, or start it again",
}
HERE = Path(__file__).resolve().parents[2]  # the repository, or where libraries are installed


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the three commands to the parser; `jobs/commands` reads their arguments."""
    for name, text in COMMANDS.items():
        commands.add_parser(name, help=text, add_help=False).set_defaults(command=_run, name=name)


def _run(options: argparse.Namespace) -> int:
    """Call the command of the repository around this package. Raises ShotlensError where there is none."""
    if not (HERE / "jobs" / "commands").is_dir():
        raise ShotlensError(
            f"`shotlens {options.name}` is part of the service, which comes with the repository: call it there. "
            "This is the library alone, which cuts and predicts videos."
        )
    sys.path.insert(0, str(HERE))  # before whatever modules lie in the folder that we happen to be in
    return int(import_module("jobs.__main__").main([options.name, *options.arguments]))
