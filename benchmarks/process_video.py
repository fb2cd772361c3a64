"""Measures how fast cutting is against decoding alone and against PySceneDetect, and the memory that it takes.

`python -m benchmarks.process_video [--json] [--long]`. Each is a whole process, from start to end, as a user would run
it; they take turns, so that a machine that slows down slows all of them.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if not __package__:  # run by its path: import from the root, not from the folder of this file
    sys.path[0] = str(ROOT)

PART_1080P, WHOLE_480P = "agent327_1080p_part.mp4", "agent327_480p.mp4"
LONG = {"minute_mb": 60, "three_hours_mb": 3 * 3600}  # seconds


@dataclass(frozen=True)
class Run:
    """What one process took."""

    wall: float  # seconds
    cpu: float  # seconds of all its threads
    peak: float = 0.0  # MB of memory
    first: float = 0.0  # seconds to the first shot


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--videos", type=Path, default=ROOT / "../shared/data/videos", help="folder of the two videos")
    parser.add_argument("--runs", type=int, default=3, help="how often to run each, for the median (default: 3)")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    parser.add_argument(
        "--long", action="store_true", help="also measure the memory of long videos; takes half an hour"
    )
    options = parser.parse_args()
    part, whole = options.videos / PART_1080P, options.videos / WHOLE_480P
    for video in (part, whole):
        if not video.is_file():
            sys.exit(f"{video} is missing: name the folder that holds it with --videos.")
    with tempfile.TemporaryDirectory() as folder:
        results = measure(part, whole, options.runs, Path(folder), quiet=options.json)
    if options.long:
        results |= measure_long(part)
    lines = (f"{name:32}{value:8.2f}" for name, value in results.items())
    print(json.dumps(results) if options.json else "\n".join(lines))


def measure(part: Path, whole: Path, count: int, folder: Path, quiet: bool) -> dict[str, float]:
    """Run every process in turn; return the figures that have goals.

    What they store stays in `folder` until all have run: ext4 takes 1 ms to make a file if many were just deleted.
    """
    decodes: dict[Path, list[Run]] = {part: [], whole: []}
    cuts: dict[Path, list[Run]] = {part: [], whole: []}
    library = []
    for number in range(count):
        for video in (part, whole):
            decodes[video].append(decode(video))
            cuts[video].append(cut(video, folder / f"{video.stem}_{number}"))
        library.append(scenedetect(part, folder / f"scenedetect_{number}"))
    rows = {
        **{f"ffmpeg, decoding {video.name}": _median(decodes[video]) for video in decodes},
        **{f"shotlens, cutting {video.name}": _median(cuts[video]) for video in cuts},
        f"scenedetect, {part.name}": _median(library),
    }
    if not quiet:
        print(f"{'':48}{'seconds':>9}{'CPU s':>9}{'peak MB':>9}{'first s':>9}")
        for name, run in rows.items():
            print(f"{name:48}" + "".join(f"{value:9.2f}" if value else f"{'':9}" for value in asdict(run).values()))
        print()
    return {
        "ratio_to_decode_1080p": _median(cuts[part]).wall / _median(decodes[part]).wall,
        "ratio_to_decode_480p": _median(cuts[whole]).wall / _median(decodes[whole]).wall,
        "times_faster_than_scenedetect": _median(library).wall / _median(cuts[part]).wall,
        "peak_memory_mb": max(run.peak for runs in cuts.values() for run in runs),
        "first_shot_seconds": _median(cuts[part]).first,
    }


def measure_long(part: Path) -> dict[str, float]:
    """Measure the peak memory of a minute and of three hours of 1080p, and of one still shot of an hour."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        peaks = {name: cut(_looped(part, seconds, folder), folder / name).peak for name, seconds in LONG.items()}
        still = folder / "minute.mp4"
        picture = ["-f", "lavfi", "-i", "mandelbrot=size=1920x1080:rate=24", "-vf", "trim=end_frame=1,loop=1439:1"]
        _ffmpeg(*picture, "-preset", "ultrafast", "-pix_fmt", "yuv420p", str(still))
        return peaks | {"still_hour_mb": cut(_looped(still, 3600, folder), folder / "still").peak}


def decode(video: Path) -> Run:
    """Decode with the machine's own ffmpeg, and throw the pictures away."""
    return _timed(["ffmpeg", "-v", "error", "-i", str(video), "-an", "-f", "null", "-"])


def scenedetect(video: Path, folder: Path) -> Run:
    """Let PySceneDetect find the shots and store eight pictures of each."""
    command = [sys.executable, "-m", "scenedetect", "-q", "-i", str(video), "-o", str(folder)]
    return _timed([*command, "detect-adaptive", "save-images", "-n", "8"])


def cut(video: Path, folder: Path) -> Run:
    """Cut in a child, as the service does, from a process of its own, which knows its children's memory."""
    with ProcessPoolExecutor(1, get_context("spawn")) as alone:
        return alone.submit(_cut, video, folder).result()


def _cut(video: Path, folder: Path) -> Run:
    from shotlens.cutting.child import cut_in_child
    from shotlens.cutting.options import CutOptions

    options = CutOptions(max_seconds=4 * 3600)
    first = 0.0
    started = time.perf_counter()
    for step in cut_in_child(video, folder, options):
        if step.shot and not first:
            first = time.perf_counter() - started
    wall = time.perf_counter() - started
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, first)


def _timed(command: list[str]) -> Run:
    before, started = os.times(), time.perf_counter()
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    wall, after = time.perf_counter() - started, os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Run(wall, cpu)


def _median(runs: list[Run]) -> Run:
    """Return the median of each figure."""
    return Run(*(statistics.median(values) for values in zip(*(asdict(run).values() for run in runs), strict=True)))


def _looped(video: Path, seconds: int, folder: Path) -> Path:
    """Repeat a video up to this length, without encoding it again."""
    target = folder / f"{video.stem}_{seconds}.mp4"
    _ffmpeg("-stream_loop", "-1", "-i", str(video), "-t", str(seconds), "-an", "-c", "copy", str(target))
    return target


def _ffmpeg(*arguments: str) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", *arguments], check=True)


if __name__ == "__main__":
    main()
