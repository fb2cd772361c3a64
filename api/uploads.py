"""One upload on its way from the socket to the data folder: checked while it comes, written once, or not left there."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from typing import IO, Any, BinaryIO, cast
from zlib import crc32

from flask import Request, request
from gunicorn.http.body import LengthReader  # type: ignore[import-untyped]
from werkzeug.formparser import FormDataParser, MultiPartParser

from api.containers import ACCEPTED, HEAD_BYTES, media_type
from api.problems import Problem
from jobs.files import Files, new_job_id
from jobs.settings import ApiSettings

ENVELOPE_BYTES = 64 * 1024  # most that multipart adds to the video
PIECE = 256 * 1024  # bytes that are read at a time
# Most bytes of a bare body that are written at a time: 2 GB took 1.8 s, and 3.0 s by whole pieces, nearly all of the
# difference in the kernel's copy into its pages. The pieces of a form begin anywhere in a page, and lose by it.
WRITE = 64 * 1024
CHECK_DISK_BYTES = 8 * 1024 * 1024  # look at the free disk again, and let the last ones be written, after so many bytes
STALL_SECONDS = 60.0  # an upload that sends nothing for so long is given up
MAX_FILENAME = 255


class NotAVideo(Problem):
    """The bytes are none of a video that is accepted: nothing of them may stay."""

    def __init__(self) -> None:
        super().__init__(415, f"That is not a video that is accepted here: {ACCEPTED} are.")


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
            raise Problem(422, f"The file is empty. Send a video: {ACCEPTED} are accepted.")
        self._check_kind()
        try:
            os.fsync(cast(BinaryIO, self._file).fileno())
            self._files.accept(self.id)
        except OSError as error:
            raise _disk_problem(error) from error

    def want_fingerprint(self) -> None:
        """Is to be called before the first bytes come."""
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
            raise Problem(507, "There is not enough room on the server for this video. Try a smaller one, or later.")

    def _too_large(self) -> Problem:
        return Problem(413, f"The video is too large: at most {amount(self._most)} are accepted.")


class FormParser(FormDataParser):
    """Werkzeug's parser, which takes a form by 64 kB and copies what it has read ahead each time, by larger pieces."""

    def parse(self, stream: IO[bytes], mimetype: str, content_length: int | None, options: Any = None) -> Any:
        """Return the stream, the fields and the files, as the parser that this one stands for does."""
        boundary = (options or {}).get("boundary", "").encode("ascii")
        if mimetype != "multipart/form-data" or not boundary:
            return super().parse(stream, mimetype, content_length, options)
        sizes = {"max_form_memory_size": self.max_form_memory_size, "max_form_parts": self.max_form_parts}
        parser = MultiPartParser(self.stream_factory, cls=self.cls, buffer_size=PIECE, **sizes)
        return stream, *parser.parse(cast(IO[bytes], _Pieces()), boundary, content_length)


class _Pieces:
    """The body of this request as a stream that the parser reads: each time a piece, of whatever size."""

    def __init__(self) -> None:
        self._pieces = pieces()

    def read(self, _: int) -> bytes:
        return next(self._pieces, b"")


class UploadRequest(Request):
    """A request whose file part goes straight into its upload, not into a temporary file."""

    form_data_parser_class = FormParser
    upload: Upload | None = None

    def _get_file_stream(self, *args: Any, **kwargs: Any) -> IO[bytes]:
        if self.upload is None:
            return super()._get_file_stream(*args, **kwargs)
        return cast(IO[bytes], self.upload.open(PIECE))

    def make_form_data_parser(self) -> FormDataParser:
        """Parse strictly: a form that breaks off is an error, not an empty form."""
        parser = super().make_form_data_parser()
        parser.silent = False
        return parser


def pieces() -> Iterator[bytes]:
    """Read the body of this request as it comes off the socket, at most `PIECE` bytes at a time.

    Gunicorn copies each piece twice on its way, and Werkzeug's stream once more.
    """
    reader = getattr(request.environ["wsgi.input"], "reader", None)
    if not isinstance(reader, LengthReader):
        while piece := request.stream.read(PIECE):
            yield piece
        return
    came = len(reader.unreader.buf.getvalue())  # with the head of the request
    if first := reader.read(min(came, reader.length)):
        yield first
    # By what belongs to this body alone: behind it the next request may have come.
    while reader.length and (piece := request.environ["gunicorn.socket"].recv(min(PIECE, reader.length))):
        reader.length -= len(piece)
        yield piece


def end_stalls() -> None:
    """Let the reading of this request fail once the client sends nothing any more."""
    if socket := request.environ.get("gunicorn.socket"):
        socket.settimeout(STALL_SECONDS)


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
    return Problem(500, "The video could not be stored. The operator finds the reason in the log.")
