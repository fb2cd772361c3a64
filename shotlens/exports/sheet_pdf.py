"""A contact sheet as a PDF of A4 pages, written by hand: a PDF of text and JPEGs needs no library."""

from collections.abc import Iterator
from io import BytesIO

from shotlens.exports.sheet import CELL, LEADING, MARGIN, TEXT, grid, header, latin, lines, picture
from shotlens.exports.stills import Stills
from shotlens.shots.result import JobResult, ShotResult

WIDTH, HEIGHT = 595, 842  # points of a page
COLUMNS = 4
PIXELS = 2.5  # a point
QUALITY = 80  # of a JPEG
CATALOG, PAGES, FONT, INFO = range(1, 5)  # the numbers of the objects that occur once
FONT_OBJECT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"


def stream(result: JobResult, stills: Stills) -> Iterator[bytes]:
    """Yield the sheet page by page, so that a long film takes no more memory than a short one."""
    pdf, layout = _Pdf(), grid(result, COLUMNS)
    per_page = COLUMNS * layout.rows_on(HEIGHT)
    yield pdf.start()
    yield pdf.object(FONT, FONT_OBJECT)
    yield pdf.object(INFO, b"<< /Title <%s> /Producer (Shotlens) >>" % _utf16(header(result)))
    pages = []
    for first in range(0, max(1, len(result.shots)), per_page):
        shots = result.shots[first : first + per_page]
        images = {}
        content = [_text(MARGIN, MARGIN + 1.5 * TEXT, 1.5 * TEXT, header(result))]
        for number, shot in enumerate(shots):
            images[number] = pdf.new()
            yield pdf.object(images[number], *_image(stills.middle(shot.index), layout.height))
            content += _cell(number, shot, *layout.place(number), layout.height)
        text, page = pdf.new(), pdf.new()
        yield pdf.object(text, b"<< /Length %d >>" % len(b"\n".join(content)), b"\n".join(content))
        yield pdf.object(page, _page(text, images))
        pages.append(page)
    kids = b" ".join(b"%d 0 R" % page for page in pages)
    yield pdf.object(PAGES, b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages)))
    yield pdf.object(CATALOG, b"<< /Type /Catalog /Pages %d 0 R >>" % PAGES)
    yield pdf.end()


class _Pdf:
    """Numbers the objects of a PDF and remembers where each begins, for the table at the end."""

    def __init__(self) -> None:
        self._offsets: dict[int, int] = {}
        self._position = 0
        self._last = INFO

    def new(self) -> int:
        """Return the number of another object."""
        self._last += 1
        return self._last

    def start(self) -> bytes:
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
    escaped = latin(text).encode("cp1252").translate(None, b"\r\n")
    for special in (b"\\", b"(", b")"):
        escaped = escaped.replace(special, b"\\" + special)
    return b"BT /F %.2f Tf %.2f %.2f Td (%s) Tj ET" % (size, x, HEIGHT - y, escaped)


def _page(text: int, images: dict[int, int]) -> bytes:
    names = b" ".join(b"/I%d %d 0 R" % (name, image) for name, image in images.items())
    resources = b"<< /Font << /F %d 0 R >> /XObject << %s >> >>" % (FONT, names)
    size = b"/MediaBox [0 0 %d %d]" % (WIDTH, HEIGHT)
    return b"<< /Type /Page /Parent %d 0 R %s /Resources %s /Contents %d 0 R >>" % (PAGES, size, resources, text)


def _utf16(text: str) -> bytes:
    return (b"\xfe\xff" + text.encode("utf-16-be", "replace")).hex().encode()
