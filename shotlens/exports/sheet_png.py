"""A contact sheet as one PNG."""

from collections.abc import Iterator
from io import BytesIO
from math import ceil, sqrt
from threading import Lock

from PIL import Image, ImageDraw, ImageFont

from shotlens.exports.sheet import CELL, LEADING, MARGIN, TEXT, Grid, grid, header, lines, picture
from shotlens.exports.stills import Stills
from shotlens.shots.errors import ShotlensError
from shotlens.shots.result import JobResult

MAX_PIXELS = 16e6  # of the whole sheet: 48 MB while it is drawn
LARGEST, SMALLEST = 2.5, 0.75  # pixels a point: below, nobody could read the text
SHAPE = 1.4  # height by width of a sheet, as far as whole rows allow it
FEWEST_COLUMNS = 4
_drawing = Lock()  # one at a time, as a server may be asked for many


class TooManyShots(ShotlensError):
    """There are more shots than one picture can show."""


def stream(result: JobResult, stills: Stills) -> Iterator[bytes]:
    """Return the sheet in one piece. Raises TooManyShots."""
    count = len(result.shots)
    cell = grid(result, 1)
    columns = max(FEWEST_COLUMNS, ceil(sqrt(count * cell.row / cell.width / SHAPE)))
    layout = grid(result, columns)
    scale = min(LARGEST, sqrt(MAX_PIXELS / (layout.width * layout.page_height(count))))
    if scale < SMALLEST:
        raise TooManyShots(f"One picture cannot show {count} shots: take the PDF, or only the shots with some labels.")
    with _drawing:
        return iter([_png(result, stills, layout, scale)])


def _png(result: JobResult, stills: Stills, layout: Grid, scale: float) -> bytes:
    size = round(layout.width * scale), round(layout.page_height(len(result.shots)) * scale)
    sheet = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(sheet)
    small, large = ImageFont.load_default(TEXT * scale), ImageFont.load_default(1.5 * TEXT * scale)
    draw.text((MARGIN * scale, MARGIN * scale), header(result, "ascii"), "black", large)
    for number, shot in enumerate(result.shots):
        x, y = (scale * part for part in layout.place(number))
        still = picture(stills.middle(shot.index), round(CELL * scale), round(layout.height * scale))
        sheet.paste(still, (round(x), round(y)))
        below = y + (layout.height + 4) * scale
        for line, text in enumerate(lines(shot)):
            draw.text((x, below + line * LEADING * scale), text, "black", small)
    data = BytesIO()
    sheet.save(data, "PNG")
    return data.getvalue()
