"""Clips of MovieShots, in archives or unpacked, brought to where they are prepared. Knows no video and no labels."""

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
    """What was found of the clips that are wanted."""

    found: set[str] = field(default_factory=set)
    unlabelled: list[str] = field(default_factory=list)  # clips that nobody wants
    twice: list[str] = field(default_factory=list)  # the first is taken
    unreadable: dict[str, str] = field(default_factory=dict)  # archives that break off, and why


def gather(sources: Sequence[Path], wanted: Mapping[str, Path]) -> Gathered:
    """Link or unpack clips to the places that `wanted` gives by name; those that are there already stay.

    `sources` are archives (`tt0012345.tgz`), or folders that hold archives or unpacked clips
    (`<imdb id>/shot_<nnnn>.mp4`). Raises DataError for a source that does not exist.
    """
    gathered = Gathered()
    for path in track(sorted(_files(sources)), "Gathering clips"):
        if not _is_archive(path):
            if target := _target(_name(path), gathered, wanted):
                link(path, target)
        elif there := _unpacked(path, wanted):
            gathered.found |= there
        else:
            _unpack(path, gathered, wanted)
    return gathered


def link(source: Path, target: Path) -> None:
    """Make `target` the same file as `source`, or a copy of it on another file system; leave it if it is there."""
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
    """Return the name of an unpacked clip, `<imdb id>_shot_<nnnn>`; empty where it is none."""
    is_clip = path.suffix == ".mp4" and path.stem.startswith("shot_") and path.parent.name
    return safe_name(f"{path.parent.name}_{path.stem}") if is_clip else ""


def _unpacked(archive: Path, wanted: Mapping[str, Path]) -> set[str]:
    """Return the clips of an archive, if all that are wanted of it are there: it is not read again then."""
    trailer = archive.name.split(".")[0]
    names = {name for name in wanted if name.startswith(f"{trailer}_shot_")}
    return names if all(wanted[name].exists() for name in names) else set()


def _unpack(archive: Path, gathered: Gathered, wanted: Mapping[str, Path]) -> None:
    """Write the wanted members alone, each under our own name: what an archive calls them leads nowhere."""
    try:
        with tarfile.open(archive) as members:
            for member in members:
                target = _target(_name(Path(member.name)), gathered, wanted) if member.isreg() else None
                if target and (content := members.extractfile(member)):
                    _write(content, target)
    except (tarfile.TarError, zlib.error, OSError, EOFError) as error:
        if isinstance(error, OSError) and error.errno:  # of this machine's disk, not of the archive
            raise
        gathered.unreadable[archive.name] = f"The archive breaks off: {error}."


def _target(name: str, gathered: Gathered, wanted: Mapping[str, Path]) -> Path | None:
    """Return where a clip that was met is to go; none where it is not wanted, or was met before."""
    if not name:
        return None
    if name in gathered.found:
        gathered.twice.append(name)
    elif name not in wanted:
        gathered.unlabelled.append(name)
    else:
        gathered.found.add(name)
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
