"""Which videos a command line names: files, and those in folders and their subfolders, told by their first bytes."""

import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from shotlens.arguments import counted, readable, say
from shotlens.storage.media_types import HEAD_BYTES, media_type

NAMED = 3  # skipped files that are named


@dataclass(frozen=True, slots=True)
class Video:
    """A video, and the path below an output folder at which its outputs are written, with another suffix."""

    path: Path
    name: Path

    def __str__(self) -> str:
        return readable(self.path)


def find_videos(paths: Sequence[Path], outputs: Collection[Path]) -> tuple[list[Video], int]:
    """Return the videos in order, and how many of the paths lead to none; say so, and what is skipped, on stderr.

    `outputs` are folders that are written to: no videos are looked for in them.
    """
    videos: list[Video] = []
    missing = 0
    for path in paths:
        at_path = _in_folder(path, outputs) if path.is_dir() else _file(path)
        missing += not at_path
        videos += at_path
    return videos, missing


def _file(path: Path) -> list[Video]:
    if path.is_file():
        return [Video(path, Path(path.name))]
    say(f"{readable(path)}: {'this is neither a file nor a folder' if path.exists() else 'there is no such file'}.")
    return []


def _in_folder(folder: Path, outputs: Collection[Path]) -> list[Video]:
    videos: list[Video] = []
    skipped: list[str] = []
    for path in _files(folder, {output.resolve() for output in outputs}):
        if path.name.startswith(".") or not _is_video(path):
            skipped.append(readable(path.relative_to(folder)))
        else:
            videos.append(Video(path, path.relative_to(folder)))
    names = ", ".join(skipped[:NAMED]) + (", …" if len(skipped) > NAMED else "")
    others = f"{counted(len(skipped), 'file')}, hidden or not a video ({names})"
    if not videos:
        say(f"{readable(folder)}: there is no video in this folder{f', only {others}' if skipped else ''}.")
    elif skipped:
        say(f"{readable(folder)}: skipped {others}.")
    return videos


def _files(folder: Path, outputs: Collection[Path]) -> Iterator[Path]:
    """Yield the files of a folder and its subfolders in the order of their names, without hidden subfolders."""
    for parent, folders, names in os.walk(folder, onerror=_say_unreadable):
        inner = (name for name in folders if not name.startswith("."))
        folders[:] = sorted(name for name in inner if Path(parent, name).resolve() not in outputs)
        yield from (Path(parent, name) for name in sorted(names))


def _say_unreadable(error: OSError) -> None:
    say(f"{readable(error.filename)}: {error.strerror}.")


def _is_video(path: Path) -> bool:
    """Return whether the first bytes are those of a video; a pipe or a device is none."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return media_type(file.read(HEAD_BYTES)) is not None
    except OSError as error:
        _say_unreadable(error)
        return False
