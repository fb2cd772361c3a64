"""One upload on its way from the socket to the data folder: checked while it comes, written once, or not left there."""

import errno
import os
import shutil
from contextlib import suppress
from typing import BinaryIO, cast
from zlib import crc32

from api.http.problems import Problem
from api.settings import ApiSettings
from shotlens.storage.files import Files, new_job_id
from shotlens.storage.media_types import ACCEPTED, HEAD_BYTES, media_type

ENVELOPE_BYTES = 64 * 1024  # most that multipart adds to the video
# Most bytes of a bare body that are written at a time: 2 GB took 1.8 s, and 3.0 s by whole pieces, nearly all of the
# difference in the kernel's copy into its pages. The pieces of a form begin anywhere in a page, and lose by it.
WRITE = 64 * 1024
CHECK_DISK_BYTES = 8 * 1024 * 1024  # look at the free disk again, and let the last ones be written, after so many bytes
MAX_FILENAME = 255
TOO_LARGE = "The video is too large: at most {} are accepted."
EMPTY = f"The file is empty. Send a video: {ACCEPTED} are accepted."
ERRORS = {  # by status: what may come of the bytes of any upload
    413: TOO_LARGE.format("2 GB"),
    415: f"That is not a video that is accepted here: {ACCEPTED} are.",
    500: "The video could not be stored. The operator finds the reason in the log.",
    507: "There is not enough room on the server for this video. Try a smaller one, or later.",
}


class NotAVideo(Problem):
    """The bytes are none of a video that is accepted: nothing of them may stay."""

    def __init__(self) -> None:
        super().__init__(415, ERRORS[415])


class Upload:
    """The video of one request: what the multipart parser writes to, and a context that erases what is not kept."""

    def __init__(self, files: Files, settings: ApiSettings, job_id: str | None = None) -> None:
        self.id = job_id or new_job_id()
        self.size = 0  # bytes written
        self._files = files
        self._settings = settings
        self._most = settings.max_upload_bytes
        self._path = files.incoming(self.id)
        self._file: BinaryIO | None = None  # unbuffered: its size is what was written
        self._at_once = WRITE
        self._head = b""
        self._kept = False
        self._checksum: int | None = None  # CRC-32 of what was written, where it is wanted

    def __enter__(self) -> "Upload":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
        if not self._kept:
            self._files.erase(self.id)

    def announce(self, length: int | None, envelope: int = ENVELOPE_BYTES) -> None:
        """Refuse a body of `length` bytes more, where the client told it, before any of it is read."""
        if length is not None and self.size + length > self._most + envelope:
            raise self._too_large()
        self._check_disk(length or 0)

    def open(self, at_once: int = WRITE) -> "Upload":
        """Start the file part, to be written by so many bytes at a time. A second one is refused."""
        if self._file:
            raise Problem(400, "Send one video per request: this one holds several files.")
        self._file, self._at_once = cast(BinaryIO, self._path.open("xb", buffering=0)), at_once
        return self

    # What the multipart parser calls on its stream.

    def write(self, data: bytes) -> int:
        """Take the next bytes; refuses at the first sign that they are no video or too many."""
        if self.size + len(data) > self._most:
            raise self._too_large()
        if self.size < HEAD_BYTES:
            self._head += data[: HEAD_BYTES - len(self._head)]
            if len(self._head) == HEAD_BYTES:
                self._check_kind()
        if self.size // CHECK_DISK_BYTES != (self.size + len(data)) // CHECK_DISK_BYTES:
            self._check_disk(0)
            self._start_writing()
        if self._checksum is not None:
            self._checksum = crc32(data, self._checksum)
        self._to_disk(data)
        self.size += len(data)
        return len(data)

    def seek(self, *_: int) -> int:
        """Nothing to do: the parser rewinds a file for a reader, and nobody reads this one here."""
        return 0

    def close(self) -> None:
        """Close the file; nothing happens the second time."""
        if self._file:
            with suppress(OSError):  # a disk that fails, which `accept` or the failed write has reported
                self._file.close()

    # What becomes of it.

    def accept(self) -> None:
        """Put the complete video where the cutting worker finds it; it stays there once `keep` is called."""
        if self.size == 0:
            raise Problem(422, EMPTY)
        self._check_kind()
        try:
            os.fsync(cast(BinaryIO, self._file).fileno())
            self._files.accept(self.id)
        except OSError as error:
            raise _disk_problem(error) from error

    def want_fingerprint(self) -> None:
        """Make a checksum of what comes. Call this before reading the body."""
        self._checksum = 0

    @property
    def fingerprint(self) -> str:
        """What other bytes would most probably not have: enough to tell a client that it has mixed up its keys."""
        return f"{self.size} {self._checksum}"

    def keep(self) -> None:
        """Say that the job is recorded: from now on its files are the job's."""
        self._kept = True

    def _to_disk(self, data: bytes) -> None:
        rest = memoryview(data)
        try:
            while rest:  # a disk that fills up takes a part
                rest = rest[cast(BinaryIO, self._file).write(rest[: self._at_once]) :]
        except OSError as error:
            raise _disk_problem(error) from error

    def _start_writing(self) -> None:
        """Let the disk begin with what came last, so that `accept` need not wait for all of it.

        Linux answers this advice by writing what is not written yet.
        """
        if hasattr(os, "posix_fadvise"):  # not on macOS
            begin = max(0, self.size - CHECK_DISK_BYTES)
            os.posix_fadvise(cast(BinaryIO, self._file).fileno(), begin, CHECK_DISK_BYTES, os.POSIX_FADV_DONTNEED)

    def _check_kind(self) -> None:
        if not media_type(self._head):
            raise NotAVideo

    def _check_disk(self, length: int) -> None:
        if shutil.disk_usage(self._path.parent).free < length + self._settings.spare_bytes:
            raise Problem(507, ERRORS[507])

    def _too_large(self) -> Problem:
        return Problem(413, TOO_LARGE.format(amount(self._most)))


def amount(size: int) -> str:
    """Write a number of bytes as a person reads it."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= factor:
            return f"{size / factor:.3g} {unit}"
    return f"{size} bytes"


def clean_filename(name: str | None) -> str:
    """Return the name as it may be shown: its last part, without control characters, cut to 255 characters."""
    last = (name or "").replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(filter(str.isprintable, last)).strip()[:MAX_FILENAME] or "video"


def _disk_problem(error: OSError) -> Problem:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Problem(507, "The server ran out of room while the video came in. Try again later.")
    return Problem(500, ERRORS[500])
