"""What all commands share: a parser whose refusals are one sentence, and how a sentence is printed."""

import argparse
import re
import sys
from pathlib import Path
from typing import NoReturn

from shotlens.shots.filename import as_text


class Parser(argparse.ArgumentParser):
    """A parser that says in one sentence what is wrong with a command line, without repeating how it is used."""

    def error(self, message: str) -> NoReturn:
        """Print the sentence and end the process with exit code 2."""
        message = re.sub(r"^\[Errno \d+\] ", "", message)  # of a file after @ that cannot be read
        say(f"{message} (see `{self.prog} --help`).")
        sys.exit(2)


def say(sentence: str) -> None:
    """Print a sentence for the user on stderr, apart from any result."""
    print(f"shotlens: {sentence}", file=sys.stderr, flush=True)


def readable(path: Path | str) -> str:
    """Return a path as text that any file or terminal can hold: names on a disk need not be valid UTF-8."""
    return as_text(str(path))


def counted(number: int, noun: str) -> str:
    """Write `1 shot`, `2 shots`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
