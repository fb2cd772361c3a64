"""Brings the clips of MovieShots, packed or unpacked, to where they are prepared. Knows no video and no labels."""

import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from rich.progress import track

from shotlens.training.data.labels import safe_name
from shotlens.training.errors import DataError

ARCHIVES = (".tgz", ".tar.gz", ".tar")


@dataclass(slots=True)
class Gathered:
    """What became of the clips that are wanted, and of others."""

    present: set[str] = field(default_factory=set)  # wanted clips that were met
    unlabelled: list[str] = field(default_factory=list)  # clips that nobody wants
    twice: list[str] = field(default_factory=list)  # only the first one is taken
    unreadable: dict[str, str] = field(default_factory=dict)  # archives that break off, and why


def gather(sources: Sequence[Path], wanted: Mapping[str, Path]) -> Gathered:
    """Link or unpack clips to the places that `wanted` gives by name, and leave those that are there already.

    `sources` are archives (`tt0012345.tgz`), or folders that hold archives or unpacked clips
    (`<imdb id>/shot_<nnnn>.mp4`). Raises DataError if a source does not exist.
    """
    gathered = Gathered()
    for path in track(sorted(_files(sources)), "Gathering clips"):
        if not _is_archive(path):
            if target := _target(_name(path), gathered, wanted):
                link(path, target)
        elif there := _unpacked(path, wanted):
            gathered.present |= there
        else:
            _unpack(path, gathered, wanted)
    return gathered


def link(source: Path, target: Path) -> None:
    """Make `target` the same file as `source`, or a copy of it on another file system, unless it is there."""
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    part.unlink(missing_ok=True)
    try:
        os.link(source, part)
    except OSError:
        shutil.copyfile(source, part)
    part.replace(target)


def _files(sources: Sequence[Path]) -> Iterator[Path]:
    for source in sources:
        if source.is_dir():
            yield from (path for path in source.rglob("*") if _is_archive(path) or _name(path))
        elif source.is_file():
            yield source
        else:
            raise DataError(f"{source} is neither a folder nor a file: name MovieShots' archives, or their folder.")


def _is_archive(path: Path) -> bool:
    return path.name.endswith(ARCHIVES) and path.is_file()


def _name(path: Path) -> str:
    """Return the name of an unpacked clip, `<imdb id>_shot_<nnnn>`, or nothing for another file."""
    is_clip = path.suffix == ".mp4" and path.stem.startswith("shot_") and path.parent.name
    return safe_name(f"{path.parent.name}_{path.stem}") if is_clip else ""


def _unpacked(archive: Path, wanted: Mapping[str, Path]) -> set[str]:
    """Return the clips of an archive if all that are wanted of it are there, so that nobody reads it again."""
    trailer = archive.name.split(".")[0]
    names = {name for name in wanted if name.startswith(f"{trailer}_shot_")}
    return names if all(wanted[name].exists() for name in names) else set()


def _unpack(archive: Path, gathered: Gathered, wanted: Mapping[str, Path]) -> None:
    """Write only the wanted members, each under our own name: the names in an archive lead nowhere."""
    try:
        with tarfile.open(archive) as members:
            for member in members:
                target = _target(_name(Path(member.name)), gathered, wanted) if member.isreg() else None
                if target and (content := members.extractfile(member)):
                    _write(content, target)
    except (tarfile.TarError, zlib.error, OSError, EOFError) as error:
        if isinstance(error, OSError) and error.errno:  # this machine's disk failed, not the archive
            raise
        gathered.unreadable[archive.name] = f"The archive breaks off: {error}."


def _target(name: str, gathered: Gathered, wanted: Mapping[str, Path]) -> Path | None:
    """Return where a clip that was met is to go, if it is wanted and was not met before."""
    if not name:
        return None
    if name in gathered.present:
        gathered.twice.append(name)
    elif name not in wanted:
        gathered.unlabelled.append(name)
    else:
        gathered.present.add(name)
        return wanted[name]
    return None


def _write(content: IO[bytes], target: Path) -> None:
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    with part.open("wb") as file:
        shutil.copyfileobj(content, file, 1 << 20)
    part.replace(target)
