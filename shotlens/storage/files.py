"""Where the files of a job are stored: one folder per job. A user's file name is never part of a path."""

import hashlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from shotlens.storage.frames import FrameFolder

JOB_ID = re.compile(r"[0-9a-f]{24}")
SKETCH_BLOCKS, BLOCK_BYTES = 16, 1 << 16
ORPHAN_SECONDS = 3600  # an upload in progress has no record yet


def new_job_id() -> str:
    """Return 96 random bits in hexadecimal: cannot be guessed, safe as a folder name."""
    return secrets.token_hex(12)


class Files:
    """The data folder: `jobs/<id>/source`, `jobs/<id>/frames/<shot>/<k>.jpg`, and `incoming/<id>` while uploading."""

    def __init__(self, data: Path) -> None:
        self.data = data.absolute()

    def prepare(self) -> None:
        """Create the folders and check that they are writable. Raises OSError if they are not."""
        for folder in (self.data / "jobs", self.data / "incoming"):
            folder.mkdir(parents=True, exist_ok=True)
        probe = self.data / "incoming" / f".probe-{secrets.token_hex(4)}"
        probe.touch()
        probe.unlink()

    def incoming(self, job_id: str) -> Path:
        return self.data / "incoming" / _checked(job_id)

    def folder(self, job_id: str) -> Path:
        return self.data / "jobs" / _checked(job_id)

    def source(self, job_id: str) -> Path:
        return self.folder(job_id) / "source"

    def frames(self, job_id: str) -> FrameFolder:
        return FrameFolder(self.folder(job_id) / "frames")

    def arrived(self, job_id: str) -> int | None:
        """Return how many bytes of an upload have arrived, complete or not; None if there is no such upload."""
        for path in (self.incoming(job_id), self.source(job_id)):  # in the order in which it moves
            with suppress(FileNotFoundError):
                return path.stat().st_size
        return None

    def sketch(self, job_id: str) -> str:
        """Return a digest of the size and some bytes of a video; empty if it is not there. Others may have the same."""
        with suppress(FileNotFoundError), self.source(job_id).open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            sketch = hashlib.sha256(str(size).encode())
            for part in range(SKETCH_BLOCKS):
                file.seek(max(0, size - BLOCK_BYTES) * part // (SKETCH_BLOCKS - 1))
                sketch.update(file.read(BLOCK_BYTES))
            return sketch.hexdigest()
        return ""

    def are_equal(self, first: str, second: str) -> bool:
        """Return whether the videos of two jobs are the same, byte by byte; False if one is not there."""
        with suppress(FileNotFoundError), self.source(first).open("rb") as one, self.source(second).open("rb") as other:
            while block := one.read(BLOCK_BYTES):
                if block != other.read(BLOCK_BYTES):
                    return False
            return not other.read(1)
        return False

    def accept(self, job_id: str) -> None:
        """Move a complete, fsynced upload to where the cutting worker expects it, unless it is already there."""
        self.folder(job_id).mkdir(parents=True, exist_ok=True)
        try:
            self.incoming(job_id).rename(self.source(job_id))
        except FileNotFoundError:
            if not self.source(job_id).exists():
                raise
        for folder in (self.folder(job_id), self.data / "jobs"):  # without this, a power cut could undo the rename
            _sync(folder)

    def erase(self, job_id: str) -> None:
        """Remove all files of a job; it is no error if there are none."""
        shutil.rmtree(self.folder(job_id), ignore_errors=True)
        self.incoming(job_id).unlink(missing_ok=True)

    def sweep(self, exists: Callable[[str], bool]) -> list[str]:
        """Erase jobs without a record, i.e. expired jobs and abandoned uploads. Returns their ids."""
        erased = []
        for path in [*self.data.glob("jobs/*"), *self.data.glob("incoming/*")]:
            if JOB_ID.fullmatch(path.name) and _age(path) > ORPHAN_SECONDS and not exists(path.name):
                self.erase(path.name)
                erased.append(path.name)
        return erased


def _sync(folder: Path) -> None:
    """Flush the entries of a folder to disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _checked(job_id: str) -> str:
    if not JOB_ID.fullmatch(job_id):
        raise ValueError("that is not a job id")
    return job_id


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
