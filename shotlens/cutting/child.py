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
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from shotlens.cutting.errors import DecoderCrashed, StorageError, VideoError
from shotlens.cutting.options import CutOptions
from shotlens.shots.shot import Shot, Video, path_from_json, path_to_json
from shotlens.storage.frames import FrameFolder, FrameStore

PROGRESS_SECONDS = 0.5  # between two words of progress; also how soon a cancelled job is noticed
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000


@dataclass(frozen=True, slots=True)
class Step:
    """What is known after one more line of the child: at least one of these is new."""

    progress: float  # 0 to 1
    video: Video
    shot: Shot | None = None
    ended: bool = False  # `video` and `warning` are final
    warning: str | None = None


def cut_in_child(source: Path, folder: Path | None, options: CutOptions) -> Iterator[Step]:
    """Cut a video in a child process, which writes the frames below `folder`, where one is given.

    Raises VideoError or StorageError; closing the iterator kills the child.
    """
    orders = {"source": str(source.absolute()), "folder": str(folder.absolute()) if folder else None}
    # -P: what lies in the folder that we happen to be in is no module of ours.
    command = [sys.executable, "-P", "-m", "shotlens.cutting.child", json.dumps(orders | asdict(options))]
    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        env=_environment(),
        start_new_session=True,  # a Ctrl-C at the terminal is the parent's to handle
    )
    try:
        yield from _steps(child, options)
    finally:
        child.kill()
        child.wait()
        if child.stdout:
            child.stdout.close()


def _steps(child: "subprocess.Popen[bytes]", options: CutOptions) -> Iterator[Step]:
    assert child.stdout
    video: Video | None = None
    progress = 0.0
    for message in _messages(child.stdout, options.stall, time.monotonic() + options.deadline):
        if "error" in message:
            raise VideoError(message["error"], message["cause"])
        if "no_room" in message:
            raise StorageError(message["no_room"])
        if "video" in message:
            video = Video(**message["video"])
        progress = message.get("progress", progress)
        assert video
        shot = Shot.from_json(message["shot"], path_from_json(message["camera_path"])) if "shot" in message else None
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
    """Pass on what Python needs to start and to find this package, and no address or secret."""
    names = ("PATH", "LD_LIBRARY_PATH", "LANG", "HOME", "TMPDIR", "VIRTUAL_ENV", "COVERAGE_PROCESS_START")
    ours = [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
    # A process with threads may not leave its network, and NumPy would start some at its import.
    quiet = {"PYTHONPATH": os.pathsep.join(filter(None, ours)), "PYTHONUNBUFFERED": "1", "OPENBLAS_NUM_THREADS": "1"}
    # One heap for all threads, which keeps the memory of one picture for the next: to hand it back and to be given
    # it again, page by page, took 3 % of all time, and a heap for each thread takes 128 MB of the address space.
    heap = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": str(1 << 25), "MALLOC_TRIM_THRESHOLD_": str(1 << 28)}
    return {name: os.environ[name] for name in names if name in os.environ} | quiet | heap


def _why_it_died(code: int) -> str:
    if code == -9:
        return "Decoding this video took too much memory or time and was ended."
    return f"The decoder crashed on this video (exit {code}): the file may be damaged."


def _confine(options: CutOptions) -> None:
    """Take from this process what decoding does not need, before a byte of the video is read."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "unshare"):  # no network; refused inside most containers, which have an internal network instead
        libc.unshare(CLONE_NEWNET if os.geteuid() == 0 else CLONE_NEWUSER | CLONE_NEWNET)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    seconds = int(options.deadline * (os.cpu_count() or 1))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    if sys.platform == "linux":  # macOS refuses a limit on the address space
        resource.setrlimit(resource.RLIMIT_AS, (options.max_memory, options.max_memory))


def _say(**message: object) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def _cut(source: Path, store: FrameStore | None, options: CutOptions) -> None:
    import cv2

    from shotlens.cutting.cut import cut

    cv2.setNumThreads(1)  # the pictures are too small to be shared among threads; those are the decoder's
    told = 0.0

    def on_progress(share: float) -> None:
        nonlocal told
        if time.monotonic() - told >= PROGRESS_SECONDS:
            told = time.monotonic()
            _say(progress=share)

    cutting = cut(source, store, options, on_progress=on_progress)
    _say(video=asdict(cutting.video))
    for shot in cutting:
        _say(shot=shot.to_json(), camera_path=path_to_json(shot.camera_path), video=asdict(cutting.video))
    _say(end=True, progress=1.0, video=asdict(cutting.video), warning=cutting.warning)


def main(orders: str) -> int:
    """Run the child: the video, the folder for its frames, and the options, as JSON."""
    values = json.loads(orders)
    source, folder = Path(values.pop("source")), values.pop("folder")
    options = CutOptions(**values)
    _confine(options)
    try:
        _cut(source, FrameFolder(Path(folder)) if folder else None, options)
    except VideoError as error:
        _say(error=str(error), cause=error.cause)
    except OSError as error:
        _say(no_room=f"The frames could not be written ({error.strerror})")
    except MemoryError:
        _say(error="This video needs more memory than is allowed: send a smaller version.", cause=DecoderCrashed.cause)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
