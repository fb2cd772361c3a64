"""The command `shotlens`: assembles its subcommands and reports their errors."""

import argparse
import sys
from collections.abc import Sequence

from shotlens import __version__
from shotlens.cli import predict, scenedetect, service, training
from shotlens.shots.errors import ShotlensError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. Expected errors become one sentence on stderr."""
    options = _parse(sys.argv[1:] if arguments is None else list(arguments))
    try:
        return int(options.command(options))
    except ShotlensError as error:
        print(f"shotlens: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parse(arguments: list[str]) -> argparse.Namespace:
    """Parse the command line. What follows the name of another program's command is left to that program."""
    delegated = arguments[:1] if arguments[:1] and arguments[0] in (*scenedetect.COMMANDS, *service.COMMANDS) else []
    options = _parser().parse_args(delegated or arguments)
    options.arguments = arguments[1:]
    return options


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="shotlens",
        description="Find the shots of a video and label their movement and scale.",
        epilog="@FILE is replaced by the arguments in FILE, one per line.",
        fromfile_prefix_chars="@",
    )
    parser.add_argument("--version", action="version", version=f"shotlens {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in (predict, scenedetect, training, service):
        module.add_commands(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
