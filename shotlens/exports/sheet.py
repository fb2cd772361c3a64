"""The layout of a contact sheet, in points: a grid of pictures, with the text below each. Knows no file format."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from shotlens.exports.names import one_line
from shotlens.exports.shots import word
from shotlens.shots.heads import heads_by_rank
from shotlens.shots.result import JobResult, ShotResult

CELL, GAP, MARGIN = 123.0, 10.0, 36.0  # points: the width of a picture, the space between two, that around all
TALLEST = 1.8  # of a picture's width: its height at most
HEADER, TEXT, LEADING = 24.0, 7.0, 9.0  # points: the height of the header, the size of the text, from line to line
LINES = 1 + len(heads_by_rank())  # below each picture
GROUND = (230, 230, 230)  # of a picture that is not stored


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the pictures of a video lie, from the top left corner."""

    columns: int
    height: float  # of a picture

    @property
    def width(self) -> float:
        """The width of a page."""
        return 2 * MARGIN + self.columns * (CELL + GAP) - GAP

    @property
    def row(self) -> float:
        """The height of a row with its text, and the space below it."""
        return self.height + LINES * LEADING + GAP + 4

    def place(self, number: int) -> tuple[float, float]:
        """Return the corner of a picture by its number on the page, from 0."""
        row, column = divmod(number, self.columns)
        return MARGIN + column * (CELL + GAP), MARGIN + HEADER + row * self.row

    def page_height(self, pictures: int) -> float:
        """Return the height of a page with so many pictures."""
        return 2 * MARGIN + HEADER + -(-pictures // self.columns) * self.row

    def rows_on(self, page_height: float) -> int:
        """Return how many rows fit on a page."""
        return max(1, int((page_height - 2 * MARGIN - HEADER) // self.row))


def grid(result: JobResult, columns: int) -> Grid:
    """Return the grid for the pictures of a video, which have its shape."""
    assert result.video
    return Grid(columns, CELL * min(TALLEST, result.video.height / result.video.width))


def header(result: JobResult, encoding: str) -> str:
    """Write the line above the pictures: how many shots of which video they show.

    A name that is not of this encoding, which is that of the font, is left out: the file has it in its own name.
    """
    name, count = one_line(result.filename), len(result.shots)
    shots = f"{count} {'shot' if count == 1 else 'shots'}"
    return f"{shots} of {name}" if name == name.encode(encoding, "replace").decode(encoding) else shots


def lines(shot: ShotResult) -> Sequence[str]:
    """Write the text below a picture: the number and the timecode of its shot, and a line for each label."""
    labels = [(head, shot.label_of(head.name)) for head in heads_by_rank()]
    return [f"{shot.index + 1}  {shot.start_timecode}", *(word(head, label) for head, label in labels if label)]


def picture(jpeg: bytes | None, width: int, height: int) -> Image.Image:
    """Fit a frame into so many pixels; a grey one if there is none."""
    ground = Image.new("RGB", (width, height), GROUND)
    if jpeg is None:
        return ground
    image = Image.open(BytesIO(jpeg), formats=["JPEG"])
    image.draft("RGB", (width, height))  # decodes no larger than needed
    image.thumbnail((width, height))
    ground.paste(image, ((width - image.width) // 2, (height - image.height) // 2))
    return ground
