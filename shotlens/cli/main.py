"""The command `shotlens`: assembles its subcommands and reports their errors."""

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import suppress

from shotlens import __version__
from shotlens.arguments import Parser, readable, say
from shotlens.cli import predict, scenedetect, service, training
from shotlens.shots.errors import ShotlensError, reason

INTERRUPTED, BROKEN_PIPE = 130, 141  # as of a program that SIGINT or SIGPIPE ends


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. Expected errors become one sentence on stderr."""
    if sys.stdout is None:  # closed by the caller
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115
    options = _parse(sys.argv[1:] if arguments is None else list(arguments))
    try:
        code = int(options.command(options))
        sys.stdout.flush()
        return code
    except ShotlensError as error:
        say(str(error))
    except BrokenPipeError:  # a reader such as `head` has seen enough
        _abandon_stdout()
        return BROKEN_PIPE
    except OSError as error:
        _abandon_stdout()
        subject = readable(error.filename) if error.filename else "The output cannot be written"
        say(f"{subject}: {reason(error)}.")
    except KeyboardInterrupt:
        return INTERRUPTED
    return 1


def _abandon_stdout() -> None:
    """Let what is still buffered go nowhere: at the end of the process, it would fail again."""
    with suppress(OSError, ValueError):  # under a test it has no descriptor
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parse(arguments: list[str]) -> argparse.Namespace:
    """Parse the command line. What follows the name of another program's command is left to that program."""
    delegated = arguments[:1] if arguments[:1] and arguments[0] in (*scenedetect.COMMANDS, *service.COMMANDS) else []
    parser = _parser()
    try:
        options = parser.parse_args(delegated or arguments)
    except UnicodeDecodeError:
        parser.error("the file after @ holds no text; write ./@… for a video whose name begins with @")
    options.arguments = arguments[1:]
    return options


def _parser() -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = Parser(
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
