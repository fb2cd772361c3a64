"""`shotlens prepare`: puts labelled clips into one folder by split and reads each once, as the service would.

    OUT/train/<name>.mp4   the clip itself: a hard link, or a copy if it is on another file system
    OUT/cache/<name>.npz   what training reads of each sample (samples.py)
    OUT/samples.csv        the samples and their labels
    OUT/report.json        what was missing, unreadable, there twice, or labelled with several movements

It makes nothing again that is there already, so an interrupted run goes on where it stopped.
"""

import json
import shutil
import signal
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass, field
from multiprocessing import get_context
from pathlib import Path

from rich.progress import Progress

from shotlens.cutting.errors import VideoError
from shotlens.training.data.gather import gather, link
from shotlens.training.data.labels import Labels, Sample
from shotlens.training.data.samples import content_file, extract, write_content, write_index
from shotlens.training.errors import DataError

KILOBYTES = 250  # of the cache for one sample, until some are there: eight JPEGs of 640 px at most
SPARE = 1_000_000_000  # bytes of the disk that stay free
AT_ONCE = 256  # clips handed to the processes at a time, so that few are tried again when one kills its process
SECONDS = 300  # that one clip may take before its process ends itself


@dataclass(slots=True)
class Report:
    """What became of the labels and the clips."""

    ready: int = 0  # samples that can be trained on
    missing: list[str] = field(default_factory=list)  # labelled samples without a clip: left out
    unlabelled: list[str] = field(default_factory=list)  # clips or lines without a label: left out
    unreadable: dict[str, str] = field(default_factory=dict)  # clips and archives, and what is wrong: left out
    twice: list[str] = field(default_factory=list)  # met more than once: only the first is taken
    multi_movement: list[str] = field(default_factory=list)  # several movements in one: they only teach the scale

    def in_words(self) -> str:
        """Write a line about each kind of sample and clip."""
        groups = [
            (self.missing, "labelled, but there is no clip: left out"),
            (self.unlabelled, "without a label: left out"),
            (self.unreadable, "unreadable: left out"),
            (self.twice, "met twice: the first is taken"),
            (self.multi_movement, "labelled Multi_movement: they teach the scale alone"),
        ]
        lines = [f"{len(names):7} {what} ({_some(names)})" for names, what in groups if names]
        return "\n".join([f"{self.ready:7} samples are ready", *lines])


def prepare(labels: Labels, out: Path, *, sources: Sequence[Path] = (), processes: int = 2) -> Report:
    """Prepare the samples of `labels` in the folder `out`; return what is also written to its `report.json`.

    `sources` are the archives and folders of MovieShots; other labels name their clips themselves.
    Raises DataError if a source does not exist or the disk has no room.
    """
    out.mkdir(parents=True, exist_ok=True)
    places = {sample.name: _place(out, sample, labels) for sample in labels.samples}
    report = Report(unlabelled=labels.unlabelled, twice=labels.twice, multi_movement=labels.multi)
    if sources:
        gathered = gather(sources, places)
        report.unlabelled += gathered.unlabelled
        report.twice += gathered.twice
        report.unreadable |= gathered.unreadable
    else:
        for sample in labels.samples:
            if labels.clips[sample.name].is_file():
                link(labels.clips[sample.name], places[sample.name])
    _read_all(labels.samples, places, out, report, processes)
    ready = [sample for sample in labels.samples if content_file(out, sample).exists()]
    report.ready = len(ready)
    write_index(out, ready)
    (out / "report.json").write_text(json.dumps(asdict(report), indent=2) + "\n")
    return report


def _some(names: Iterable[str]) -> str:
    few = list(names)[:3]
    return ", ".join(few) + (" …" if len(few) == 3 else "")


def _place(out: Path, sample: Sample, labels: Labels) -> Path:
    """Return where the clip of a sample goes; the shots of one video share it."""
    source = labels.clips[sample.name]
    name = sample.name if sample.end is None else sample.group
    return out / sample.split / f"{name}{source.suffix or '.mp4'}"


def _read_all(samples: Iterable[Sample], places: Mapping[str, Path], out: Path, report: Report, processes: int) -> None:
    """Read what is not in the cache yet; note what is missing and what cannot be read."""
    by_clip: dict[Path, list[Sample]] = defaultdict(list)
    for sample in samples:
        if content_file(out, sample).exists():
            continue
        if places[sample.name].exists():
            by_clip[places[sample.name]].append(sample)
        else:
            report.missing.append(sample.name)
    if not by_clip:
        return
    _check_room(out, sum(map(len, by_clip.values())))
    with Progress() as progress:
        bar = progress.add_task("Reading clips", total=len(by_clip))
        for clip, problem in _extract_all(by_clip, out, processes):
            progress.advance(bar)
            if problem:
                report.unreadable |= {sample.name: problem for sample in by_clip[clip]}


def _check_room(out: Path, count: int) -> None:
    """Estimate how much disk the cache will take from what is there already; raises DataError if there is less."""
    there = [file.stat().st_size for file in (out / "cache").glob("*.npz")]
    needed = count * (sum(there) / len(there) if there else KILOBYTES * 1000)
    free = shutil.disk_usage(out).free
    print(f"{count} samples to read: about {needed / 1e9:.1f} GB of {free / 1e9:.0f} GB free.")
    if needed > free - SPARE:
        raise DataError(f"There is too little room in {out}: free {(needed - free + SPARE) / 1e9:.1f} GB first.")


def _extract_all(by_clip: Mapping[Path, list[Sample]], out: Path, processes: int) -> Iterator[tuple[Path, str]]:
    """Read every clip in a pool of processes; give each with what is wrong with it, or an empty string.

    A clip that kills its process takes its neighbours along: all of them are then tried again, each alone.
    """
    waiting = list(by_clip)
    while waiting:
        some, waiting = waiting[:AT_ONCE], waiting[AT_ONCE:]
        again = []
        for clip, problem in _extract_some(some, by_clip, out, processes):
            if problem is None:
                again.append(clip)
            else:
                yield clip, problem
        for clip in again:
            [(_, problem)] = _extract_some([clip], by_clip, out, 1)
            yield clip, f"The decoder crashed on it, or took longer than {SECONDS} s." if problem is None else problem


def _extract_some(
    clips: Sequence[Path], by_clip: Mapping[Path, list[Sample]], out: Path, processes: int
) -> Iterator[tuple[Path, str | None]]:
    """Give each clip with what is wrong with it, or with none if its process died."""
    # Spawned, not forked: a process forked under the threads of OpenCV or Keras hangs.
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        running = {pool.submit(_extract_one, clip, by_clip[clip], out): clip for clip in clips}
        for future in as_completed(running):
            error = future.exception()
            if isinstance(error, BrokenProcessPool):
                yield running[future], None
            else:
                yield running[future], future.result()


def _extract_one(clip: Path, samples: list[Sample], out: Path) -> str:
    """Read one clip into the cache; return what is wrong with it, or an empty string."""
    signal.alarm(SECONDS)
    try:
        contents = extract(clip, [(sample.first, sample.end) for sample in samples])
    except (VideoError, DataError) as error:
        return str(error)
    finally:
        signal.alarm(0)
    for sample, content in zip(samples, contents, strict=True):
        write_content(content_file(out, sample), content)
    return ""
