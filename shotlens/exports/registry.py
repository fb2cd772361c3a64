"""The formats by name. To add one, write a module with `write(result) -> bytes` and name it here."""

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Literal

from shotlens.exports.names import safe_stem

if TYPE_CHECKING:
    from shotlens.shots.result import JobResult


@dataclass(frozen=True, slots=True)
class Export:
    """One format."""

    module: str  # in this folder; loaded when it is first needed
    media_type: str
    suffix: str

    def write(self, result: "JobResult") -> bytes:
        """Write a finished result, all of its shots or the selected ones."""
        data: bytes = import_module(f"{__package__}.{self.module}").write(result)
        return data

    def filename(self, video: str) -> str:
        """Name the file of a video, whatever the video's name is."""
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
