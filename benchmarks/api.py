"""Measures what the API bears while a video is cut: status requests, open event streams, uploads of 2 GB.

`python -m benchmarks.api [--json] [--rate 200] [--streams 64] [--gigabytes 2]`. The whole service runs on a data folder
of its own, and processes other than this one send it requests over the loopback. Goals: p99 of the status under 50 ms,
/healthz under 50 ms beside the streams, uploads at no less than half the speed of a copy, at most 150 MB for the API.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parents[1]
if not __package__:
    sys.path[0] = str(ROOT)

import requests  # noqa: E402

from shotlens.client import RUNNING, Client, read_events  # noqa: E402
from testkit.service import Service, children  # noqa: E402

VIDEO = "agent327_480p.mp4"
CLIENTS = 16  # threads that share the rate, each with a connection
MEGABYTE = 1_000_000
SILENCE = 90.0  # seconds without a byte after which a stream is given up
Row = dict[str, float]
Result = TypeVar("Result")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--videos", type=Path, default=ROOT / "../shared/data/videos", help=f"the folder of {VIDEO}")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    parser.add_argument("--rate", type=int, default=200, help="status requests a second (default: %(default)s)")
    parser.add_argument("--seconds", type=int, default=20, help="how long to send them (default: %(default)s)")
    parser.add_argument("--streams", type=int, default=64, help="event streams open at once (default: %(default)s)")
    parser.add_argument("--gigabytes", type=float, default=2, help="size of the uploads (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="how many uploads of each kind (default: %(default)s)")
    options = parser.parse_args()
    video = options.videos / VIDEO
    if not video.is_file():
        sys.exit(f"{video} is missing: name the folder that holds it with --videos.")
    with tempfile.TemporaryDirectory(prefix="shotlens-bench-") as folder, service(Path(folder)) as started:
        results = status(started.url, video, options.rate, options.seconds)
        results |= streams(started.url, video, options.streams)
        results |= uploads(started.url, Path(folder), int(options.gigabytes * 1000) * MEGABYTE, options.rounds)
        results["api_peak_mb"] = peak_memory(started.parts()["api"])
    lines = (f"{name:36}{value:10.2f}" for name, value in results.items())
    print(json.dumps(results) if options.json else "\n".join(lines))


@contextmanager
def service(folder: Path) -> Iterator[Service]:
    """Start the whole service, without limits on rate and size, which are not what is measured."""
    limits = {"SHOTLENS_MAX_UPLOAD_BYTES": str(10**12), "SHOTLENS_SPARE_BYTES": "0", "SHOTLENS_RATE_LIMIT": "0"}
    started = Service(folder / "data", **limits)
    try:
        started.wait_for("Shotlens runs at")
        yield started
    finally:
        started.stop()


def status(url: str, video: Path, rate: int, seconds: int) -> Row:
    """Ask for a job that is being cut, `rate` times a second."""
    client = Client(url)
    with cutting(client, video, 2) as ids:
        took, late = elsewhere(open_loop, url, f"/jobs/{ids[0]}", rate, seconds).result()
        still = client.job(ids[-1])["state"] in RUNNING
    if not still:
        print("The cutting ended before the status requests did: take fewer --seconds.", file=sys.stderr)
    return {
        "status_per_second": len(took) / max(seconds, 1),
        "status_p50_ms": 1000 * quantile(took, 0.5),
        "status_p99_ms": 1000 * quantile(took, 0.99),
        "status_worst_ms": 1000 * max(took),
        "status_sender_late_worst_ms": 1000 * max(late, default=0.0),
    }


def open_loop(url: str, path: str, rate: int, seconds: int) -> tuple[list[float], list[float]]:
    """Send requests at times fixed beforehand; return seconds since each was due, so that a stall counts in full.

    Also return by how much of that the machine woke the sender late, if it did not wait for an earlier answer.
    """
    late: list[float] = []
    start = time.monotonic() + 0.5
    due = [start + number / rate for number in range(rate * seconds)]

    def work(mine: list[float]) -> list[float]:
        """Send the requests that are due at these moments, over one connection."""
        took = []
        with closing(HTTPConnection(url.removeprefix("http://"))) as connection:
            for at in mine:
                if (early := at - time.monotonic()) > 0:
                    time.sleep(early)
                    late.append(time.monotonic() - at)
                connection.request("GET", path)
                answer = connection.getresponse()
                answer.read()
                assert answer.status == 200, answer.status
                took.append(time.monotonic() - at)
        return took

    with ThreadPoolExecutor(CLIENTS) as pool:
        took = chain.from_iterable(pool.map(work, (due[k::CLIENTS] for k in range(CLIENTS))))
        return sorted(took), sorted(late)


def streams(url: str, video: Path, count: int) -> Row:
    """Open `count` event streams on a job; count those that told its end, and time /healthz meanwhile."""
    client = Client(url)
    with cutting(client, video, 1) as (job,):
        ended = elsewhere(follow, url, job, count)
        took = []
        while not ended.done():
            took += open_loop(url, "/healthz", 20, 1)[0]
        return {
            "streams_that_ended": sum(ended.result()),
            "streams_healthz_p50_ms": 1000 * quantile(sorted(took), 0.5),
            "streams_healthz_worst_ms": 1000 * max(took),
        }


def follow(url: str, job: str, count: int) -> list[bool]:
    """Follow a job through `count` streams at once; tell of each whether it told the end."""
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(lambda _: told_the_end(f"{url}/jobs/{job}/events"), range(count)))


def told_the_end(address: str) -> bool:
    """Read a stream, and the next one if it was closed, until the job's last state."""
    last = None
    while True:
        with requests.get(address, headers={"Last-Event-ID": last}, stream=True, timeout=SILENCE) as response:
            if response.status_code != 200:
                return False
            for event in read_events(response.iter_content(None)):
                last = event.id or last
                if event.name == "state" and event.data["state"] not in RUNNING:
                    return True


def uploads(url: str, folder: Path, size: int, rounds: int) -> Row:
    """Send a large file in each way, by turns with a plain copy; return the medians, in seconds and relative to it."""
    large = folder / "large.mp4"
    write_large(large, size)
    ways: dict[str, Callable[[], object]] = {
        "copy": lambda: copy(large, folder / "copy.mp4"),
        "raw": lambda: send(url, large, multipart=False),
        "multipart": lambda: send(url, large, multipart=True),
        "client": lambda: Client(url).submit(large),
    }
    took: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way, work in ways.items():
            took[way].append(timed(work))
            clear(url, folder)
    large.unlink()
    medians = {way: statistics.median(seconds) for way, seconds in took.items()}
    speeds = {f"upload_{way}_of_copy": medians["copy"] / medians[way] for way in ways if way != "copy"}
    return {f"upload_{way}_seconds": seconds for way, seconds in medians.items()} | speeds


def write_large(path: Path, size: int) -> None:
    """Write `size` bytes that begin like an MP4 and go on with noise."""
    head = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + b"\0\0\0\1mdat" + (size - 24).to_bytes(8, "big")
    left = size - len(head)
    with path.open("wb") as file:
        file.write(head)
        while left:
            left -= file.write(os.urandom(min(left, MEGABYTE)))
        file.flush()
        os.fsync(file.fileno())


def copy(source: Path, target: Path) -> None:
    """Copy a file and wait until the disk has it, as the service does."""
    subprocess.run(["cp", source, target], check=True)
    with target.open("rb") as file:
        os.fsync(file.fileno())


def send(url: str, path: Path, multipart: bool) -> None:
    """Send a file with curl, the program that costs least."""
    body = ["-F", f"file=@{path}"] if multipart else ["-T", str(path), "-X", "POST", "-H", "Content-Type: video/mp4"]
    quiet = ["curl", "-sS", "--fail", "-o", os.devnull, "-H", "Expect:"]
    subprocess.run([*quiet, *body, f"{url}/predict"], check=True)


def clear(url: str, folder: Path) -> None:
    """Remove what the last upload left behind, and let the disk come to rest."""
    (folder / "copy.mp4").unlink(missing_ok=True)
    client = Client(url)
    for job in client.jobs():
        client.delete(job["id"])
    os.sync()


def peak_memory(pid: int) -> float:
    """Return the largest resident memory that any of the API's processes had, in MB."""
    texts = [Path(f"/proc/{number}/status").read_text() for number in (pid, *children(pid))]
    return max(int(text.split("VmHWM:")[1].split()[0]) / 1024 for text in texts)


def quantile(ordered: list[float], share: float) -> float:
    """Return the value below which this share of the values is."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@contextmanager
def cutting(client: Client, video: Path, count: int) -> Iterator[list[str]]:
    """Make jobs of a video, and go on when the first is being cut; delete them in the end."""
    ids = [client.submit(video)["id"] for _ in range(count)]
    while client.job(ids[0])["state"] == "queued":
        time.sleep(0.1)
    yield ids
    for job in ids:
        client.delete(job)


def elsewhere(work: Callable[..., Result], *arguments: object) -> "Future[Result]":
    """Do some work in a process of its own."""
    pool = ProcessPoolExecutor(1, get_context("spawn"))
    future = pool.submit(work, *arguments)
    pool.shutdown(wait=False)
    return future


def timed(work: Callable[[], object]) -> float:
    """Return how many seconds some work takes."""
    started = time.monotonic()
    work()
    return time.monotonic() - started


if __name__ == "__main__":
    main()
