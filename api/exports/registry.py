"""The formats by name. To add one, write a module with `write(result) -> bytes` and name it here and in `Format`."""

from collections.abc import Callable
from dataclasses import dataclass

from api.exports import Format, eaf, edl, fcpxml, movieshots, table, vtt
from api.exports.names import safe_stem
from jobs.result import JobResult


@dataclass(frozen=True, slots=True)
class Export:
    """One format."""

    media_type: str
    suffix: str
    write: Callable[[JobResult], bytes]  # of a finished result, all of it or the shots selected

    def filename(self, video: str) -> str:
        """Name the file of a video, whatever the video's name is."""
        return safe_stem(video) + self.suffix


def _json(result: JobResult) -> bytes:
    return result.model_dump_json(indent=1).encode()


def _otio(result: JobResult) -> bytes:
    from api.exports import otio  # its library loads when it is first needed

    return otio.write(result)


EXPORTS: dict[Format, Export] = {
    "json": Export("application/json", ".json", _json),
    "csv": Export("text/csv; charset=utf-8", ".csv", table.write),
    "otio": Export("application/json", ".otio", _otio),
    "edl": Export("text/plain; charset=utf-8", ".edl", edl.write),
    "fcpxml": Export("application/xml", ".fcpxml", fcpxml.write),
    "vtt": Export("text/vtt; charset=utf-8", ".vtt", vtt.write),
    "eaf": Export("application/xml", ".eaf", eaf.write),
    "movieshots": Export("application/json", ".movieshots.json", movieshots.write),
}
