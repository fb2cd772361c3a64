"""Continues an upload at the end of its file: bytes stay in order even if several requests or processes try at once."""

import fcntl
import os
from typing import BinaryIO, cast

from api.http.problems import Problem
from api.settings import ApiSettings
from api.uploads.upload import Upload
from jobs.uploads import PartialUpload
from shotlens.storage.files import Files
from shotlens.storage.media_types import HEAD_BYTES

NO_SUCH_UPLOAD = "There is no upload with this id: it was never begun, was deleted, or has expired. Begin a new one."


class ResumedUpload(Upload):
    """The rest of an upload. What has been written stays, whatever happens to the request.

    Each chunk is written under a lock on the file, and only if the file still ends where this request left it. So a
    client that reconnects need not wait for its earlier request, which may hang until its timeout: the first of the two
    that writes goes on, and the other one is refused at its next chunk.
    """

    def __init__(self, files: Files, settings: ApiSettings, partial: PartialUpload) -> None:
        """Open the file. Raises FileNotFoundError if the upload was completed, which moves the file, or deleted."""
        super().__init__(files, settings, partial.id)
        self._max_bytes = partial.length
        self._file = cast(BinaryIO, self._path.open("r+b", buffering=0))
        self._head = self._file.read(HEAD_BYTES)
        self.size = self._file.seek(0, os.SEEK_END)
        self.keep()

    def _to_disk(self, data: bytes) -> None:
        file = cast(BinaryIO, self._file)
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            status = os.fstat(file.fileno())
            if status.st_nlink == 0:
                raise no_such_upload()
            if status.st_size != self.size:
                raise Problem(409, f"Another request continues this upload: {status.st_size} bytes have arrived.")
            super()._to_disk(data)
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)

    def _too_large(self) -> Problem:
        return Problem(413, f"The upload exceeds the {self._max_bytes} bytes of Upload-Length. Earlier bytes are kept.")


def no_such_upload() -> Problem:
    return Problem(404, NO_SUCH_UPLOAD)
