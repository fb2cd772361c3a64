"""Measures how soon and how fast the model labels shots, and the memory that it takes.

`python -m benchmarks.model [--against tensorflow] [--install]`. Each figure comes from processes of its own, as a
person would start them; both runtimes take turns. `--install` measures `make run` in a fresh clone.
"""

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from jobs.redis_server import RedisServer
from shotlens.cutting.cut import cut
from shotlens.predicting.options import RuntimeName
from shotlens.shots.shot import Predictions, Shot
from shotlens.storage.frames import FrameFolder, StoredShot
from testkit.film import scene_of_two, write_film
from testkit.service import free_port

ROOT = Path(__file__).resolve().parents[1]
RUNTIMES: dict[str, RuntimeName] = {"litert": "litert", "tensorflow": "keras"}
COUNT = 16  # shots at a time
RUNS = 9  # of each shot or batch within a process, of which the median is taken
READY = "the model is ready"


@dataclass(frozen=True)
class Speed:
    """What a process gave that labelled shots."""

    first: float  # seconds from its start to its first answer
    alone: float  # seconds for one shot
    together: float  # seconds a shot, of `COUNT` at a time
    resident: float  # MB
    predictions: list[Predictions]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--against", choices=("tensorflow",), help="measure this runtime as well, in turns")
    parser.add_argument("--runs", type=int, default=3, help="processes of each kind, for the median (default: 3)")
    parser.add_argument("--install", action="store_true", help="also measure `make run` in a fresh clone")
    options = parser.parse_args()
    names = ["litert", *([options.against] if options.against else [])]
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(names, options.runs, Path(folder))
    if options.install:
        print_rows(installed(options.runs), ["litert"])
    print_rows(figures, names)


def measure(names: Sequence[str], runs: int, folder: Path) -> dict[str, dict[str, float]]:
    """Measure each runtime `runs` times, in turns; return the medians by figure and runtime."""
    advert = write_film(folder / "advert.mp4")
    store = FrameFolder(folder / "frames")
    shots = list(cut(write_film(folder / "film.mp4", scene_of_two()), store))[:COUNT]
    speeds: dict[str, list[Speed]] = {name: [] for name in names}
    commands: dict[str, list[float]] = {name: [] for name in names}
    workers: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    with _redis(folder / "redis") as redis_url:
        for _ in range(runs):
            for name in names:
                speeds[name].append(speed(RUNTIMES[name], shots, store.folder))
                commands[name].append(command(RUNTIMES[name], advert))
                workers[name].append(worker(RUNTIMES[name], redis_url, folder))
    rows: dict[str, Callable[[str], float]] = {
        "shotlens predict, 12.6 s advert, s": lambda name: statistics.median(commands[name]),
        "model worker, start to ready, s": lambda name: statistics.median(ready for ready, _ in workers[name]),
        "model worker, resident, MB": lambda name: statistics.median(resident for _, resident in workers[name]),
        "process, start to first answer, s": lambda name: statistics.median(one.first for one in speeds[name]),
        "one shot, ms": lambda name: 1000 * statistics.median(one.alone for one in speeds[name]),
        f"a shot of {COUNT}, ms": lambda name: 1000 * statistics.median(one.together for one in speeds[name]),
        "resident after that, MB": lambda name: statistics.median(one.resident for one in speeds[name]),
        "largest difference of a probability": lambda name: difference(speeds[names[0]][0], speeds[name][0]),
    }
    return {row: {name: figure(name) for name in names} for row, figure in rows.items()}


def speed(runtime: RuntimeName, shots: Sequence[Shot], folder: Path) -> Speed:
    """Label shots in a process of its own."""
    with ProcessPoolExecutor(1, get_context("spawn")) as alone:
        return alone.submit(_speed, runtime, shots, folder, time.time()).result()


def _speed(runtime: RuntimeName, shots: Sequence[Shot], folder: Path, started: float) -> Speed:
    from shotlens.predicting.predictor import Predictor

    store = FrameFolder(folder)
    stored = [StoredShot(shot, store) for shot in shots]
    predictor = Predictor(runtime=runtime)
    predictor.predict(stored[:1])
    first = time.time() - started
    predictor.warm_up()
    alone = _median(lambda: predictor.predict(stored[:1]))
    together = _median(lambda: predictor.predict(stored)) / len(stored)
    return Speed(first, alone, together, _resident(os.getpid()), predictor.predict(stored))


def command(runtime: RuntimeName, video: Path) -> float:
    """Return the seconds that `shotlens predict` takes until its table is there."""
    return _seconds(
        lambda: subprocess.run(
            [sys.executable, "-m", "shotlens", "predict", str(video)],
            env=os.environ | {"SHOTLENS_RUNTIME": runtime},
            stdout=subprocess.DEVNULL,
            check=True,
        )
    )


def worker(runtime: RuntimeName, redis_url: str, data: Path) -> tuple[float, float]:
    """Start a model worker; return the seconds until it is ready, and the MB that it then takes."""
    settings = {"SHOTLENS_RUNTIME": runtime, "SHOTLENS_REDIS_URL": redis_url, "SHOTLENS_DATA": str(data)}
    started = time.perf_counter()
    with _started([sys.executable, "-m", "model"], ROOT, settings) as process:
        _wait_for(process, READY)
        return time.perf_counter() - started, _resident(process.pid)


def installed(runs: int) -> dict[str, dict[str, float]]:
    """Call `make run` in fresh clones: the seconds until the model is ready and the API answers, and the disk taken."""
    seconds, disk = [], []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            clone = Path(folder) / "clone"
            subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
            started = time.perf_counter()
            with _started(["make", "run"], clone, {"SHOTLENS_PORT": str(free_port())}) as process:
                _wait_for(process, READY, "Shotlens runs at")
                seconds.append(time.perf_counter() - started)
            disk.append(sum(path.lstat().st_size for path in (clone / ".venv").rglob("*")) / 1e6)
    return {
        "make run in a fresh clone, to ready, s": {"litert": statistics.median(seconds)},
        "disk of its environment, MB": {"litert": statistics.median(disk)},
    }


def difference(one: Speed, other: Speed) -> float:
    """Return the largest difference of a probability."""
    return max(
        abs(value - there[head].probabilities[label])
        for here, there in zip(one.predictions, other.predictions, strict=True)
        for head, prediction in here.items()
        for label, value in prediction.probabilities.items()
    )


def print_rows(figures: dict[str, dict[str, float]], names: Sequence[str]) -> None:
    """Print a line for each figure, with the ratio of the first runtime to the second if there are two."""
    print(f"{'':42}" + "".join(f"{name:>12}" for name in names) + ("       ratio" if len(names) == 2 else ""))
    for row, by_name in figures.items():
        values = [by_name[name] for name in names]
        ratio = f"{values[0] / values[1]:12.2f}" if len(values) == 2 and values[0] and values[1] else ""
        print(f"{row:42}" + "".join(f"{value:12.7f}" if value < 1e-3 else f"{value:12.2f}" for value in values) + ratio)


@contextmanager
def _redis(folder: Path) -> Iterator[str]:
    folder.mkdir()
    server = RedisServer(folder)
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


@contextmanager
def _started(arguments: list[str], folder: Path, settings: dict[str, str]) -> "Iterator[subprocess.Popen[str]]":
    """Run a program until the end of the block, with its output in a pipe."""
    process = subprocess.Popen(
        arguments, cwd=folder, env=os.environ | settings, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGINT if arguments[0] == "make" else signal.SIGTERM)
        process.communicate()


def _wait_for(process: "subprocess.Popen[str]", *texts: str) -> None:
    """Read the output until each of these texts has appeared."""
    missing, lines = set(texts), []
    for line in process.stdout or ():
        lines.append(line)
        missing -= {text for text in missing if text in line}
        if not missing:
            return
    sys.exit("".join(lines))


def _median(work: Callable[[], object]) -> float:
    return statistics.median(_seconds(work) for _ in range(RUNS))


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _resident(process: int) -> float:
    """Return the memory of a process now, in megabytes."""
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines())
    return int(lines["VmRSS"].split()[0]) / 1024


if __name__ == "__main__":
    main()
