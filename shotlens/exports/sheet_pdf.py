"""A contact sheet as a PDF of A4 pages. Written by hand: text and JPEGs need no library."""

from collections.abc import Iterator, Sequence
from io import BytesIO

from shotlens.exports.names import one_line
from shotlens.exports.sheet import CELL, LEADING, MARGIN, TEXT, Grid, grid, header, lines, picture
from shotlens.exports.stills import Stills
from shotlens.shots.result import JobResult, ShotResult

WIDTH, HEIGHT = 595, 842  # points of a page
COLUMNS = 4
PIXELS = 2.5  # a point
QUALITY = 80  # of a JPEG
CATALOG, PAGES, FONT, INFO = range(1, 5)  # the numbers of the objects that occur once
ENCODING = "cp1252"  # what PDF calls WinAnsiEncoding
FONT_OBJECT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"


def stream(result: JobResult, stills: Stills) -> Iterator[bytes]:
    """Yield the sheet picture by picture, so that a long film takes no more memory than a short one."""
    pdf, layout = _Pdf(), grid(result, COLUMNS)
    title = header(result, ENCODING)
    yield pdf.start()
    yield pdf.object(FONT, FONT_OBJECT)
    yield pdf.object(INFO, b"<< /Title <%s> /Producer (Shotlens) >>" % _utf16(one_line(result.filename)))
    pages = []
    per_page = COLUMNS * layout.rows_on(HEIGHT)
    for first in range(0, max(1, len(result.shots)), per_page):
        yield from _page(pdf, title, result.shots[first : first + per_page], stills, layout)
        pages.append(pdf.last)
    kids = b" ".join(b"%d 0 R" % page for page in pages)
    yield pdf.object(PAGES, b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages)))
    yield pdf.object(CATALOG, b"<< /Type /Catalog /Pages %d 0 R >>" % PAGES)
    yield pdf.end()


class _Pdf:
    """Numbers the objects of a PDF and remembers where each begins, for the table at the end."""

    def __init__(self) -> None:
        self._offsets: dict[int, int] = {}
        self._position = 0
        self.last = INFO  # the number of the latest object

    def new(self) -> int:
        """Return the number of another object."""
        self.last += 1
        return self.last

    def start(self) -> bytes:
        """Write the first lines."""
        return self._written(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")  # the second line says that the file is binary

    def object(self, number: int, dictionary: bytes, data: bytes | None = None) -> bytes:
        """Write an object; one with data is a stream."""
        self._offsets[number] = self._position
        body = dictionary if data is None else b"%s\nstream\n%s\nendstream" % (dictionary, data)
        return self._written(b"%d 0 obj\n%s\nendobj\n" % (number, body))

    def end(self) -> bytes:
        """Write the table of all objects, and where it is."""
        count = len(self._offsets) + 1
        rows = b"".join(b"%010d 00000 n \n" % self._offsets[number] for number in range(1, count))
        trailer = b"<< /Size %d /Root %d 0 R /Info %d 0 R >>" % (count, CATALOG, INFO)
        table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, rows)
        return b"%strailer\n%s\nstartxref\n%d\n%%%%EOF\n" % (table, trailer, self._position)

    def _written(self, data: bytes) -> bytes:
        self._position += len(data)
        return data


def _page(pdf: _Pdf, title: str, shots: Sequence[ShotResult], stills: Stills, layout: Grid) -> Iterator[bytes]:
    """Yield the objects of a page: its pictures, its content, and itself."""
    names = []
    content = [_text(MARGIN, MARGIN + 1.5 * TEXT, 1.5 * TEXT, title)]
    for number, shot in enumerate(shots):
        names.append(b"/I%d %d 0 R" % (number, pdf.new()))
        yield pdf.object(pdf.last, *_image(stills.middle(shot.index), layout.height))
        content += _cell(number, shot, *layout.place(number), layout.height)
    data = b"\n".join(content)
    yield pdf.object(pdf.new(), b"<< /Length %d >>" % len(data), data)
    resources = b"<< /Font << /F %d 0 R >> /XObject << %s >> >>" % (FONT, b" ".join(names))
    facts = b"/MediaBox [0 0 %d %d] /Resources %s /Contents %d 0 R" % (WIDTH, HEIGHT, resources, pdf.last)
    yield pdf.object(pdf.new(), b"<< /Type /Page /Parent %d 0 R %s >>" % (PAGES, facts))


def _image(jpeg: bytes | None, height: float) -> tuple[bytes, bytes]:
    """Return the dictionary and the data of a frame, reduced to what print can show."""
    data = BytesIO()
    image = picture(jpeg, round(CELL * PIXELS), round(height * PIXELS))
    image.save(data, "JPEG", quality=QUALITY)
    facts = b"/Width %d /Height %d /Length %d" % (*image.size, len(data.getvalue()))
    kind = b"/Type /XObject /Subtype /Image /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode"
    return b"<< %s %s >>" % (kind, facts), data.getvalue()


def _cell(number: int, shot: ShotResult, x: float, y: float, height: float) -> list[bytes]:
    """Draw a picture and the lines below it; `y` counts from the top of the page, in a PDF it does from the bottom."""
    place = b"q %.2f 0 0 %.2f %.2f %.2f cm /I%d Do Q" % (CELL, height, x, HEIGHT - y - height, number)
    below = y + height + 4 + TEXT
    return [place, *(_text(x, below + line * LEADING, TEXT, text) for line, text in enumerate(lines(shot)))]


def _text(x: float, y: float, size: float, text: str) -> bytes:
    escaped = text.encode(ENCODING)
    for special in (b"\\", b"(", b")"):
        escaped = escaped.replace(special, b"\\" + special)
    return b"BT /F %.2f Tf %.2f %.2f Td (%s) Tj ET" % (size, x, HEIGHT - y, escaped)


def _utf16(text: str) -> bytes:
    return (b"\xfe\xff" + text.encode("utf-16-be", "replace")).hex().encode()
