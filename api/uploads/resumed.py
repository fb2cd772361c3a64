"""An upload that goes on where its file ends, its bytes in order though several requests or processes do so at once."""

import fcntl
import os
from typing import BinaryIO, cast

from api.http.problems import Problem
from api.settings import ApiSettings
from api.uploads.upload import Upload
from jobs.uploads import PartialUpload
from shotlens.storage.files import Files
from shotlens.storage.media_types import HEAD_BYTES

NO_SUCH_UPLOAD = "There is no upload with this id: it was never begun, was deleted, or has expired. Begin anew."


class Continued(Upload):
    """The rest of an upload. What was written stays, whatever becomes of the request.

    Each piece is written under a lock of the file, and only where the file still ends where this request left it. So
    a client that comes back need not wait for its earlier request, which may hang until the time-out: the first of
    them that writes goes on, the other one is refused with its next piece.
    """

    def __init__(self, files: Files, settings: ApiSettings, partial: PartialUpload) -> None:
        """Open the file. Raises FileNotFoundError once the upload is complete and has moved, or was deleted."""
        super().__init__(files, settings, partial.id)
        self._most = partial.length
        self._file = cast(BinaryIO, self._path.open("r+b", buffering=0))
        self._head = self._file.read(HEAD_BYTES)
        self.size = self._file.seek(0, os.SEEK_END)
        self.keep()

    def _to_disk(self, data: bytes) -> None:
        file = cast(BinaryIO, self._file)
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            found = os.fstat(file.fileno())
            if found.st_nlink == 0:
                raise no_such_upload()
            if found.st_size != self.size:
                raise Problem(409, f"Another request goes on with this upload: {found.st_size} bytes have come.")
            super()._to_disk(data)
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)

    def _too_large(self) -> Problem:
        return Problem(413, f"More came than the {self._most} bytes of Upload-Length. What came before is kept.")


def no_such_upload() -> Problem:
    return Problem(404, NO_SUCH_UPLOAD)
