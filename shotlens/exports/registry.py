"""The export formats by name. To add one, write a module with `write(result) -> bytes` and list it here.

A sheet shows pictures too: its module has `stream(result, stills)`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from shotlens.exports.names import safe_stem

if TYPE_CHECKING:
    from shotlens.exports.stills import Stills
    from shotlens.shots.result import JobResult


@dataclass(frozen=True, slots=True)
class _Format:
    module: str  # in this package; imported on first use
    media_type: str
    suffix: str

    def filename(self, video: str) -> str:
        """Return a safe file name for the export of a video, whatever the video's name is."""
        return safe_stem(video) + self.suffix

    def _load(self) -> ModuleType:
        return import_module(f"{__package__}.{self.module}")


class Export(_Format):
    """One export format."""

    def write(self, result: "JobResult") -> bytes:
        """Write a finished result, with all of its shots or only the selected ones."""
        data: bytes = self._load().write(result)
        return data


class Sheet(_Format):
    """One format of a contact sheet: a picture of each shot with its number, its timecode and its labels."""

    def stream(self, result: "JobResult", stills: "Stills") -> Iterator[bytes]:
        """Yield the sheet piece by piece. Raises TooManyShots before the first one."""
        pieces: Iterator[bytes] = self._load().stream(result, stills)
        return pieces


EXPORTS: dict[str, Export] = {
    "json": Export("result_json", "application/json", ".json"),
    "csv": Export("table", "text/csv; charset=utf-8", ".csv"),
    "otio": Export("otio", "application/json", ".otio"),
    "edl": Export("edl", "text/plain; charset=utf-8", ".edl"),
    "fcpxml": Export("fcpxml", "application/xml", ".fcpxml"),
    "fcp7xml": Export("fcp7xml", "application/xml", ".xml"),
    "vtt": Export("vtt", "text/vtt; charset=utf-8", ".vtt"),
    "eaf": Export("eaf", "application/xml", ".eaf"),
    "movieshots": Export("movieshots", "application/json", ".movieshots.json"),
}
SHEETS: dict[str, Sheet] = {
    "sheet.pdf": Sheet("sheet_pdf", "application/pdf", ".sheet.pdf"),
    "sheet.png": Sheet("sheet_png", "image/png", ".sheet.png"),
}
