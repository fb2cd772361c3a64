"""A video in a form: its part goes straight into the upload, not into a temporary file."""

from typing import IO, Any, cast

from flask import Request
from werkzeug.formparser import FormDataParser, MultiPartParser

from api.server.body import PIECE, pieces
from api.uploads.upload import Upload


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
