"""`cut` in a process of its own, which has the video, a folder and a pipe, and nothing else.

A bomb or a crash of the decoder ends the child and gives a clear error; the worker lives on. The child writes one
JSON object a line: {"video"}, {"progress"}, {"shot"}, and last {"end"}, {"error", "cause"} or {"no_room"}.
"""

import ctypes
import json
import os
import resource
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from jobs.shot import DetectorName, Shot, Video
from process_video.errors import DecoderCrashed, StorageError, VideoError

if TYPE_CHECKING:  # the child does without Pydantic, whose import takes 50 ms
    from jobs.settings import CutSettings

PROGRESS_SECONDS = 0.5  # between two words of progress; also how soon a cancelled job is noticed
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000


@dataclass(frozen=True, slots=True)
class _Orders:
    """What of the settings the child is told, by their names."""

    detector: DetectorName
    min_shot: float  # seconds
    deadline: float  # seconds
    max_pixels: int
    max_fps: float
    max_seconds: float
    max_shots: int
    max_memory: int  # bytes


@dataclass(frozen=True, slots=True)
class Step:
    """What is known after one more line of the child: at least one of these is new."""

    progress: float  # 0 to 1
    video: Video
    shot: Shot | None = None
    ended: bool = False  # `video` and `warning` are final
    warning: str | None = None


def cut_in_child(source: Path, frames: Path, settings: "CutSettings") -> Iterator[Step]:
    """Cut a video in a child process. Raises VideoError or StorageError; closing the iterator kills the child."""
    limits = settings.model_dump_json(include={field.name for field in fields(_Orders)})
    command = [sys.executable, "-m", "process_video.child", str(source), str(frames), limits]
    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        env=_environment(),
        start_new_session=True,  # a Ctrl-C at the terminal is the parent's to handle
    )
    try:
        yield from _steps(child, frames, settings)
    finally:
        child.kill()
        child.wait()
        if child.stdout:
            child.stdout.close()


def _steps(child: "subprocess.Popen[bytes]", frames: Path, settings: "CutSettings") -> Iterator[Step]:
    assert child.stdout
    video: Video | None = None
    progress = 0.0
    for message in _messages(child.stdout, settings.stall, time.monotonic() + settings.deadline):
        if "error" in message:
            raise VideoError(message["error"], message["cause"])
        if "no_room" in message:
            raise StorageError(message["no_room"])
        if "video" in message:
            video = Video(**message["video"])
        progress = message.get("progress", progress)
        assert video
        shot = Shot.from_json(message["shot"], frames) if "shot" in message else None
        yield Step(progress, video, shot, "end" in message, message.get("warning"))
        if "end" in message:
            return
    raise DecoderCrashed(_why_it_died(child.wait()))


def _messages(pipe: IO[bytes], stall: float, deadline: float) -> Iterator[dict[str, Any]]:
    """Read lines until the pipe ends. Raises DecoderCrashed at a stall or at the deadline."""
    rest = b""
    while True:
        ready, _, _ = select.select([pipe], [], [], min(stall, max(0.0, deadline - time.monotonic())))
        if not ready:
            raise DecoderCrashed("Decoding this video made no progress and was given up: the file may be damaged.")
        data = os.read(pipe.fileno(), 1 << 16)
        if not data:
            return
        *lines, rest = (rest + data).split(b"\n")
        yield from (json.loads(line) for line in lines)


def _environment() -> dict[str, str]:
    """Pass on what Python needs to start, and no address or secret."""
    names = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "LANG", "HOME", "TMPDIR", "VIRTUAL_ENV", "COVERAGE_PROCESS_START")
    # A process with threads may not leave its network, and NumPy would start some at its import.
    quiet = {"PYTHONUNBUFFERED": "1", "OPENBLAS_NUM_THREADS": "1"}
    # One heap for all threads, which keeps the memory of one picture for the next: to hand it back and to be given
    # it again, page by page, took 3 % of all time, and a heap for each thread takes 128 MB of the address space.
    heap = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": str(1 << 25), "MALLOC_TRIM_THRESHOLD_": str(1 << 28)}
    return {name: os.environ[name] for name in names if name in os.environ} | quiet | heap


def _why_it_died(code: int) -> str:
    if code == -9:
        return "Decoding this video took too much memory or time and was ended."
    return f"The decoder crashed on this video (exit {code}): the file may be damaged."


def _confine(orders: _Orders) -> None:
    """Take from this process what decoding does not need, before a byte of the video is read."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "unshare"):  # no network; refused inside most containers, which have an internal network instead
        libc.unshare(CLONE_NEWNET if os.geteuid() == 0 else CLONE_NEWUSER | CLONE_NEWNET)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    seconds = int(orders.deadline * (os.cpu_count() or 1))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    if sys.platform == "linux":  # macOS refuses a limit on the address space
        resource.setrlimit(resource.RLIMIT_AS, (orders.max_memory, orders.max_memory))


def _say(**message: object) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def _cut(source: Path, frames: Path, orders: _Orders) -> None:
    import cv2

    from process_video.cut import CutOptions, cut
    from process_video.decode import Limits

    cv2.setNumThreads(1)  # the pictures are too small to be shared among threads; those are the decoder's
    said = 0.0

    def on_progress(share: float) -> None:
        nonlocal said
        if time.monotonic() - said >= PROGRESS_SECONDS:
            said = time.monotonic()
            _say(progress=share)

    limits = Limits(orders.max_pixels, orders.max_fps, orders.max_seconds, orders.max_shots)
    cutting = cut(source, CutOptions(frames, limits, orders.detector, orders.min_shot, on_progress=on_progress))
    _say(video=asdict(cutting.video))
    for shot in cutting:
        _say(shot=shot.to_json(), video=asdict(cutting.video))
    _say(end=True, progress=1.0, video=asdict(cutting.video), warning=cutting.warning)


def main(arguments: list[str]) -> int:
    """Run the child: the video, the folder for its frames, the settings as JSON."""
    source, frames, orders = Path(arguments[0]), Path(arguments[1]), _Orders(**json.loads(arguments[2]))
    _confine(orders)
    try:
        _cut(source, frames, orders)
    except VideoError as error:
        _say(error=str(error), cause=error.cause)
    except OSError as error:
        _say(no_room=f"The frames could not be written ({error.strerror})")
    except MemoryError:
        _say(error="This video needs more memory than is allowed: send a smaller version.", cause=DecoderCrashed.cause)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
