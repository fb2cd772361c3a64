"""A video in a form: its part is written directly to the upload, not to a temporary file."""

from typing import IO, Any, cast

from flask import Request
from werkzeug import formparser
from werkzeug.datastructures import Headers
from werkzeug.formparser import FormDataParser, MultiPartParser
from werkzeug.sansio.multipart import MultipartDecoder

from api.server.body import CHUNK_BYTES, body_chunks
from api.uploads.upload import Upload


class _Decoder(MultipartDecoder):
    """Also takes headers of a part that are not UTF-8, as file names on some systems are not."""

    def _parse_headers(self, data: bytes | bytearray) -> Headers:
        return super()._parse_headers(data.decode(errors="replace").encode())


formparser.MultipartDecoder = _Decoder  # type: ignore[attr-defined]  # the parser has no other place for it


class FormParser(FormDataParser):
    """Reads forms in larger chunks than Werkzeug's parser, which copies all it has buffered after every 64 kB."""

    def parse(self, stream: IO[bytes], mimetype: str, content_length: int | None, options: Any = None) -> Any:
        """Return the stream, the fields and the files, as the overridden method does."""
        boundary = (options or {}).get("boundary", "").encode("ascii")
        if mimetype != "multipart/form-data" or not boundary:
            return super().parse(stream, mimetype, content_length, options)
        sizes = {"max_form_memory_size": self.max_form_memory_size, "max_form_parts": self.max_form_parts}
        parser = MultiPartParser(self.stream_factory, cls=self.cls, buffer_size=CHUNK_BYTES, **sizes)
        return stream, *parser.parse(cast(IO[bytes], _BodyStream()), boundary, content_length)


class _BodyStream:
    """The body of this request as a stream for the parser; each read returns one chunk, of whatever size."""

    def __init__(self) -> None:
        self._chunks = body_chunks()

    def read(self, _: int) -> bytes:
        return next(self._chunks, b"")


class UploadRequest(Request):
    """A request whose file part is written directly to its upload, not to a temporary file."""

    form_data_parser_class = FormParser
    upload: Upload | None = None

    def _get_file_stream(self, *args: Any, **kwargs: Any) -> IO[bytes]:
        if self.upload is None:
            return super()._get_file_stream(*args, **kwargs)
        return cast(IO[bytes], self.upload.open(CHUNK_BYTES))

    def make_form_data_parser(self) -> FormDataParser:
        """Parse strictly: a truncated form is an error, not an empty form."""
        parser = super().make_form_data_parser()
        parser.silent = False
        return parser
