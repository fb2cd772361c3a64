"""Where the files of a job lie: one folder per job. A user's file name is never part of a path."""

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
ORPHAN_SECONDS = 3600  # an upload that is still being written has no record yet


def new_job_id() -> str:
    """Return 96 random bits in hexadecimal: not to be guessed, safe as a folder's name."""
    return secrets.token_hex(12)


class Files:
    """The data folder: `jobs/<id>/source`, `jobs/<id>/frames/<shot>/<k>.jpg`, and `incoming/<id>` while uploading."""

    def __init__(self, data: Path) -> None:
        self.data = data.absolute()

    def prepare(self) -> None:
        """Make the folders and prove that they can be written. Raises OSError when they cannot."""
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
        """Bytes that have come of an upload, be it complete or not; None where nothing of it is here."""
        for path in (self.incoming(job_id), self.source(job_id)):  # in the order in which it moves
            with suppress(FileNotFoundError):
                return path.stat().st_size
        return None

    def accept(self, job_id: str) -> None:
        """Move a complete, fsynced upload to where the cutting worker finds it; one that lies there stays."""
        self.folder(job_id).mkdir(parents=True, exist_ok=True)
        try:
            self.incoming(job_id).rename(self.source(job_id))
        except FileNotFoundError:
            if not self.source(job_id).exists():
                raise
        for folder in (self.folder(job_id), self.data / "jobs"):  # or a power cut takes its name back
            _sync(folder)

    def erase(self, job_id: str) -> None:
        """Remove everything of a job; nothing there is no error."""
        shutil.rmtree(self.folder(job_id), ignore_errors=True)
        self.incoming(job_id).unlink(missing_ok=True)

    def sweep(self, exists: Callable[[str], bool]) -> list[str]:
        """Erase what no record knows: expired jobs, uploads that were broken off. Returns their ids."""
        swept = []
        for path in [*self.data.glob("jobs/*"), *self.data.glob("incoming/*")]:
            if JOB_ID.fullmatch(path.name) and _age(path) > ORPHAN_SECONDS and not exists(path.name):
                self.erase(path.name)
                swept.append(path.name)
        return swept


def _sync(folder: Path) -> None:
    """Let the disk know the names in a folder."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _checked(job_id: str) -> str:
    if not JOB_ID.fullmatch(job_id):
        raise ValueError("that is not a job id")
    return job_id


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
