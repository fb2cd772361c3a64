"""`shotlens scenedetect`: PySceneDetect's command line, with our detector added as `detect-shots`."""

import argparse
import sys
from collections.abc import Sequence

COMMANDS = ("scenedetect",)


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser; PySceneDetect parses its arguments."""
    text = "PySceneDetect's command line, with our detector added as detect-shots"
    commands.add_parser("scenedetect", help=text, add_help=False).set_defaults(
        command=lambda options: scenedetect(options.arguments)
    )


def scenedetect(arguments: Sequence[str]) -> int:
    """Run PySceneDetect with these arguments, such as `-i film.mp4 detect-adaptive list-scenes`."""
    import click
    from scenedetect import __main__ as library
    from scenedetect._cli import scenedetect as group  # the library offers no other way to add a command

    from shotlens.cutting.detect.pyscenedetect import ShotDetector

    @click.command("detect-shots")
    @click.pass_context
    def detect_shots(context: click.Context) -> None:
        """Find cuts, dissolves and fades with Shotlens' detector."""
        context.obj.add_detector(ShotDetector, {})

    group.add_command(detect_shots)
    sys.argv = ["shotlens scenedetect", *arguments]
    try:
        library.main()
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else 1
    return 0
