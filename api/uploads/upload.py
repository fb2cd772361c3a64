"""One upload on its way from the socket to the data folder: checked as it arrives, written once, erased if refused."""

import errno
import os
import shutil
from contextlib import suppress
from typing import BinaryIO, cast
from zlib import crc32

from api.http.problems import Problem
from api.settings import ApiSettings
from shotlens.storage.files import Files, new_job_id
from shotlens.storage.media_types import ACCEPTED, HEAD_BYTES, media_type, refusal

ENVELOPE_BYTES = 64 * 1024  # the most that multipart adds to the video
# The most bytes of a raw body that are written at a time: 2 GB took 1.8 s, and 3.0 s in whole chunks, almost all of the
# difference in the kernel's copy into its pages. Chunks of a form start anywhere in a page, and this slows them down.
WRITE_BYTES = 64 * 1024
CHECK_DISK_BYTES = 8 * 1024 * 1024  # after so many bytes, check the free disk space and start writing them to the disk
TOO_LARGE = "The video is too large: at most {} are accepted."
EMPTY = f"The file is empty. Send a video: {ACCEPTED} are accepted."
ERRORS = {  # by status: what the bytes of any upload may lead to
    413: TOO_LARGE.format("2 GB"),
    415: refusal(b""),
    500: "The video could not be stored. The operator can find the reason in the log.",
    507: "There is not enough room on the server for this video. Send a smaller one, or try again later.",
}


class NotAVideo(Problem):
    """The bytes are not those of an accepted video: all of them must be erased."""

    def __init__(self, head: bytes) -> None:
        super().__init__(415, refusal(head))


class Upload:
    """The video of one request: the stream for the multipart parser, and a context that erases what is not kept."""

    def __init__(self, files: Files, settings: ApiSettings, job_id: str | None = None) -> None:
        self.id = job_id or new_job_id()
        self.size = 0  # bytes written
        self._files = files
        self._settings = settings
        self._max_bytes = settings.max_upload_bytes
        self._path = files.incoming(self.id)
        self._file: BinaryIO | None = None  # unbuffered: its size is what has been written
        self._write_bytes = WRITE_BYTES  # written at a time
        self._head = b""
        self._kept = False
        self._checksum: int | None = None  # CRC-32 of what has been written, if enabled

    def __enter__(self) -> "Upload":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
        if not self._kept:
            self._files.erase(self.id)

    def check_length(self, length: int | None, envelope: int = ENVELOPE_BYTES) -> None:
        """Refuse a body of `length` more bytes, if the client announced it, before reading any of it."""
        if length is not None and self.size + length > self._max_bytes + envelope:
            raise self._too_large()
        self._check_disk(length or 0)

    def open(self, write_bytes: int = WRITE_BYTES) -> "Upload":
        """Start the file, which is written `write_bytes` at a time. A second file is refused."""
        if self._file:
            raise Problem(400, "Send one video per request: this one holds several files.")
        self._file, self._write_bytes = cast(BinaryIO, self._path.open("xb", buffering=0)), write_bytes
        return self

    # Called by the multipart parser on its stream.

    def write(self, data: bytes) -> int:
        """Write the next bytes; refuses them at the first sign that they are not a video or too many."""
        if self.size + len(data) > self._max_bytes:
            raise self._too_large()
        if self.size < HEAD_BYTES:
            self._head += data[: HEAD_BYTES - len(self._head)]
            if len(self._head) == HEAD_BYTES:
                self._check_kind()
        if self.size // CHECK_DISK_BYTES != (self.size + len(data)) // CHECK_DISK_BYTES:
            self._check_disk(0)
            self._start_writeback()
        if self._checksum is not None:
            self._checksum = crc32(data, self._checksum)
        self._to_disk(data)
        self.size += len(data)
        return len(data)

    def seek(self, *_: int) -> int:
        """Do nothing: the parser rewinds each file for a reader, and this one has none."""
        return 0

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        if self._file:
            with suppress(OSError):  # a failing disk, which `accept` or `write` has already reported
                self._file.close()

    # Called by the routes.

    def accept(self) -> None:
        """Move the complete video to where the cutting worker finds it. Call `keep` to leave it there."""
        if self.size == 0:
            raise Problem(422, EMPTY)
        self._check_kind()
        try:
            os.fsync(cast(BinaryIO, self._file).fileno())
            self._files.accept(self.id)
        except OSError as error:
            raise _disk_problem(error) from error

    def enable_fingerprint(self) -> None:
        """Compute a checksum of what arrives. Call this before reading the body."""
        self._checksum = 0

    @property
    def fingerprint(self) -> str:
        """A value that other bytes most probably do not have: good enough to detect a reused idempotency key."""
        return f"{self.size} {self._checksum}"

    def keep(self) -> None:
        """Do not erase the files on exit: the job is recorded, and they belong to it now."""
        self._kept = True

    def _to_disk(self, data: bytes) -> None:
        rest = memoryview(data)
        try:
            while rest:  # a disk that fills up accepts only a part
                rest = rest[cast(BinaryIO, self._file).write(rest[: self._write_bytes]) :]
        except OSError as error:
            raise _disk_problem(error) from error

    def _start_writeback(self) -> None:
        """Start writing the last bytes to the disk, so that `accept` need not wait for all of them.

        Linux responds to this advice by writing dirty pages.
        """
        if hasattr(os, "posix_fadvise"):  # not on macOS
            begin = max(0, self.size - CHECK_DISK_BYTES)
            os.posix_fadvise(cast(BinaryIO, self._file).fileno(), begin, CHECK_DISK_BYTES, os.POSIX_FADV_DONTNEED)

    def _check_kind(self) -> None:
        if not media_type(self._head):
            raise NotAVideo(self._head)

    def _check_disk(self, length: int) -> None:
        if shutil.disk_usage(self._path.parent).free < length + self._settings.spare_bytes:
            raise Problem(507, ERRORS[507])

    def _too_large(self) -> Problem:
        return Problem(413, TOO_LARGE.format(format_bytes(self._max_bytes)))


def format_bytes(size: int) -> str:
    """Return a number of bytes in the unit that people would choose."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= factor:
            return f"{size / factor:.3g} {unit}"
    return f"{size} bytes"


def _disk_problem(error: OSError) -> Problem:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Problem(507, "The server ran out of room while the video was uploaded. Try again later.")
    return Problem(500, ERRORS[500])
