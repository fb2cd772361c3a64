"""The export formats by name. To add one, write a module with `write(result) -> bytes` and list it here."""

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Literal

from shotlens.exports.names import safe_stem

if TYPE_CHECKING:
    from shotlens.shots.result import JobResult


@dataclass(frozen=True, slots=True)
class Export:
    """One export format."""

    module: str  # in this package; imported on first use
    media_type: str
    suffix: str

    def write(self, result: "JobResult") -> bytes:
        """Write a finished result, with all of its shots or only the selected ones."""
        data: bytes = import_module(f"{__package__}.{self.module}").write(result)
        return data

    def filename(self, video: str) -> str:
        """Return a safe file name for the export of a video, whatever the video's name is."""
        return safe_stem(video) + self.suffix


EXPORTS: dict[str, Export] = {
    "json": Export("result_json", "application/json", ".json"),
    "csv": Export("table", "text/csv; charset=utf-8", ".csv"),
    "otio": Export("otio", "application/json", ".otio"),
    "edl": Export("edl", "text/plain; charset=utf-8", ".edl"),
    "fcpxml": Export("fcpxml", "application/xml", ".fcpxml"),
    "vtt": Export("vtt", "text/vtt; charset=utf-8", ".vtt"),
    "eaf": Export("eaf", "application/xml", ".eaf"),
    "movieshots": Export("movieshots", "application/json", ".movieshots.json"),
}
if TYPE_CHECKING:
    Format = str
else:
    Format = Literal[tuple(EXPORTS)]
