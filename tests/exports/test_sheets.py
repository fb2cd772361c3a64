"""Contact sheets: the PNG is read by Pillow, the PDF by its own table of objects, as PDF readers do."""

import re
from io import BytesIO
from typing import NamedTuple

import pytest
from PIL import Image

from shotlens.exports.registry import SHEETS
from shotlens.exports.sheet_png import TooManyShots
from shotlens.exports.stills import MIDDLE, Stills
from shotlens.shots.result import JobResult
from shotlens.shots.shot import frames_of
from shotlens.storage.frames import FrameMemory
from tests.exports.test_exports import a_result

COLOURS = [(200, 40, 40), (40, 160, 40), (40, 40, 200), (200, 200, 40), (120, 40, 160)]
CUTS = tuple(range(0, 151, 30))


def stills_of(value: JobResult, size: tuple[int, int] = (640, 360)) -> Stills:
    """Store a picture of one colour for each shot, in the place of the frame that stands for it."""
    store = FrameMemory()
    frames = {shot.index: frames_of(shot.start_frame) for shot in value.shots}
    for shot, colour in zip(value.shots, COLOURS, strict=False):
        data = BytesIO()
        Image.new("RGB", size, colour).save(data, "JPEG", quality=95)
        store.write(frames[shot.index][MIDDLE], data.getvalue())
    return Stills(frames, store)


def sheet(form: str, value: JobResult, stills: Stills | None = None) -> bytes:
    return b"".join(SHEETS[form].stream(value, stills or stills_of(value)))


def colours(image: Image.Image) -> list[tuple[int, ...]]:
    """The colours that cover much of a picture, most frequent first."""
    counted = image.convert("RGB").quantize(16).convert("RGB").getcolors() or []
    return [colour for count, colour in sorted(counted, reverse=True) if count > 0.005 * image.width * image.height]  # type: ignore[misc]


def near(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return all(abs(a - b) < 12 for a, b in zip(one, other, strict=True))


class Pdf(NamedTuple):
    """A PDF: its objects by number, and its pages in order."""

    objects: dict[int, bytes]
    pages: list[bytes]

    def follow(self, dictionary: bytes, name: bytes) -> bytes:
        """Return the object to which an entry of a dictionary refers."""
        match = re.search(rb"/%s (\d+) 0 R" % name, dictionary)
        assert match, (name, dictionary)
        return self.objects[int(match[1])]

    def text(self, page: int) -> list[str]:
        """Return all strings that a page shows."""
        content = stream_of(self.follow(self.pages[page], b"Contents"))
        strings = re.findall(rb"\(((?:[^()\\]|\\.)*)\) Tj", content)
        return [re.sub(rb"\\(.)", rb"\1", string).decode("cp1252") for string in strings]

    def images(self, page: int) -> list[Image.Image]:
        """Return the images of a page in the order of their numbers."""
        numbers = re.findall(rb"/I\d+ (\d+) 0 R", self.pages[page])
        return [Image.open(BytesIO(stream_of(self.objects[int(number)]))) for number in numbers]


def stream_of(body: bytes) -> bytes:
    length = re.search(rb"/Length (\d+)", body)
    assert length
    start = body.index(b"stream\n") + len(b"stream\n")
    data = body[start : start + int(length[1])]
    assert body[start + len(data) :].startswith(b"\nendstream")
    return data


def read(data: bytes) -> Pdf:
    """Read a PDF from its end, where the table of objects is."""
    assert data.startswith(b"%PDF-1.4")
    end = re.search(rb"trailer\n<< /Size (\d+) /Root (\d+) 0 R .*>>\nstartxref\n(\d+)\n%%EOF\n$", data)
    assert end
    count, root, table = (int(part) for part in end.groups())
    rows = data[table:].splitlines()
    assert rows[:3] == [b"xref", b"0 %d" % count, b"0000000000 65535 f "]
    objects = {}
    for number, row in enumerate(rows[3 : 2 + count], 1):
        offset = int(row[:10])
        assert len(row) == 19 and data[offset:].startswith(b"%d 0 obj\n" % number)
        objects[number] = data[offset : data.index(b"\nendobj\n", offset)]
    pdf = Pdf(objects, [])
    kids = re.search(rb"/Kids \[(.*)\] /Count (\d+)", pdf.follow(objects[root], b"Pages"))
    assert kids
    pdf.pages.extend(objects[int(number)] for number in re.findall(rb"(\d+) 0 R", kids[1]))
    assert len(pdf.pages) == int(kids[2])
    return pdf


def test_the_pdf_shows_each_shot_with_its_number_timecode_and_labels() -> None:
    pdf = read(sheet("sheet.pdf", a_result(cuts=CUTS, timecode="01:00:00:00")))
    [header, *text] = pdf.text(0)
    assert header == "5 shots of ad.mp4"
    assert text[:3] == ["1  01:00:00:00", "medium shot", "static"]
    assert text[3:5] == ["2  01:00:01:05", "close-up"]
    for image, colour in zip(pdf.images(0), COLOURS, strict=True):
        assert image.width / image.height == pytest.approx(16 / 9, rel=0.02)
        assert near(colours(image)[0], colour)


def test_a_long_film_takes_several_pages_and_each_piece_is_sent_alone() -> None:
    value = a_result(cuts=tuple(range(0, 1501, 30)))
    pdf = read(sheet("sheet.pdf", value))
    assert [len(pdf.images(page)) for page in range(len(pdf.pages))] == [24, 24, 2]
    assert pdf.text(2)[1] == "49  00:00:57:15"
    assert len(list(SHEETS["sheet.pdf"].stream(value, stills_of(value)))) > 50


def test_the_png_shows_each_shot() -> None:
    image = Image.open(BytesIO(sheet("sheet.png", a_result(cuts=CUTS))))
    seen = colours(image)
    assert near(seen[0], (255, 255, 255))
    assert all(any(near(one, colour) for one in seen) for colour in COLOURS)


def test_a_correction_is_what_the_sheet_shows() -> None:
    value = a_result(cuts=CUTS)
    value.shots[1].corrected = {"scale": "FS"}
    assert "full shot" in read(sheet("sheet.pdf", value)).text(0)


@pytest.mark.parametrize("form", SHEETS)
def test_a_frame_that_is_gone_leaves_a_grey_picture(form: str) -> None:
    value = a_result(cuts=CUTS)
    data = sheet(form, value, Stills(stills_of(value).frames, FrameMemory()))
    image = read(data).images(0)[0] if form == "sheet.pdf" else Image.open(BytesIO(data))
    assert any(near(colour, (230, 230, 230)) for colour in colours(image))


@pytest.mark.parametrize("size", [(1080, 1920), (100, 4000)])
def test_upright_films_have_upright_pictures(size: tuple[int, int]) -> None:
    value = a_result(cuts=CUTS)
    assert value.video
    value.video.width, value.video.height = size
    [image, *_] = read(sheet("sheet.pdf", value, stills_of(value, size))).images(0)
    assert image.height / image.width == pytest.approx(min(1.8, size[1] / size[0]), rel=0.02)


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("a (b) \\ c.mp4", "5 shots of a (b) \\ c.mp4"),
        ("Übergröße.mp4", "5 shots of Übergröße.mp4"),
        ("映画.mp4", "5 shots"),
    ],
)
def test_a_name_that_the_font_lacks_is_left_out(name: str, header: str) -> None:
    data = sheet("sheet.pdf", a_result(name=name, cuts=CUTS))
    assert read(data).text(0)[0] == header
    assert name.encode("utf-16-be").hex().encode() in data  # as the title of the document, which has no font


@pytest.mark.parametrize("form", SHEETS)
def test_a_sheet_of_no_shots_is_still_a_file(form: str) -> None:
    value = a_result(cuts=CUTS)
    value.shots.clear()
    data = sheet(form, value)
    assert read(data).text(0) == ["0 shots of ad.mp4"] if form == "sheet.pdf" else Image.open(BytesIO(data)).size


def test_more_shots_than_one_picture_can_show_are_refused() -> None:
    value = a_result(cuts=tuple(range(3001)))
    with pytest.raises(TooManyShots, match="One picture cannot show 3000 shots: take the PDF"):
        SHEETS["sheet.png"].stream(value, Stills({}, FrameMemory()))
