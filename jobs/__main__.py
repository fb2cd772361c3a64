"""`python -m jobs`: the commands for operators, which `shotlens` calls too."""

import argparse
import sys
from collections.abc import Sequence

from pydantic import ValidationError

from jobs.commands import access_keys, dead, run
from shotlens.arguments import Parser, say
from shotlens.settings import explain
from shotlens.shots.errors import ShotlensError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code. An expected error is one sentence on stderr."""
    parser: argparse.ArgumentParser = Parser(prog="shotlens")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in (run, access_keys, dead):
        module.add_commands(commands)
    options = parser.parse_args(arguments)
    try:
        return int(options.command(options))
    except ShotlensError as error:
        say(str(error))
        return 1
    except ValidationError as error:
        say(explain(error))
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
