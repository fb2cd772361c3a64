"""`shotlens scenedetect`: PySceneDetect's own command line, in which `detect-shots` is our detector."""

import sys
from collections.abc import Sequence

import click
from scenedetect import __main__ as library
from scenedetect._cli import scenedetect as group  # the library has no other way to add a command

from process_video.detector import ShotDetector


def scenedetect(arguments: Sequence[str]) -> int:
    """Run PySceneDetect with these arguments, as `scenedetect -i film.mp4 detect-adaptive list-scenes` would."""
    group.add_command(_detect_shots)
    sys.argv = ["shotlens scenedetect", *arguments]
    try:
        library.main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    return 0


@click.command("detect-shots")
@click.pass_context
def _detect_shots(context: click.Context) -> None:
    """Find cuts, dissolves and fades with the detector of Shotlens."""
    context.obj.add_detector(ShotDetector, {})
