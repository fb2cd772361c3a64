"""`cut` in a process of its own, with access to the video, a folder and a pipe only.

If a malicious file or a bug crashes the decoder, only the child dies, with a clear error; the worker survives. The
child writes one JSON object per line: {"video"}, {"progress"}, {"shot"}, and finally {"end"}, {"error", "cause"} or
{"no_room"}.
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
from shotlens.machine.cores import cores
from shotlens.shots.shot import Shot, Video, path_from_json, path_to_json
from shotlens.storage.frames import FrameFolder, FrameStore

PROGRESS_SECONDS = 0.5  # between progress reports; also how soon a cancelled job is noticed
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000


@dataclass(frozen=True, slots=True)
class Step:
    """What is known after another line from the child: at least one of these is new."""

    progress: float  # 0 to 1
    video: Video
    shot: Shot | None = None
    ended: bool = False  # `video` and `warning` are final
    warning: str | None = None


def cut_in_child(source: Path, folder: Path | None, options: CutOptions) -> Iterator[Step]:
    """Cut a video in a child process, which writes the frames below `folder`, if one is given.

    Raises VideoError or StorageError. Closing the iterator kills the child.
    """
    request = {"source": str(source.absolute()), "folder": str(folder.absolute()) if folder else None}
    # -P: do not import modules from the current folder.
    command = [sys.executable, "-P", "-m", "shotlens.cutting.child", json.dumps(request | asdict(options))]
    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        env=_environment(),
        start_new_session=True,  # so that Ctrl-C in the terminal reaches only the parent
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
    raise DecoderCrashed(_crash_message(child.wait()))


def _messages(pipe: IO[bytes], stall: float, deadline: float) -> Iterator[dict[str, Any]]:
    """Yield messages until the pipe ends. Raises DecoderCrashed on a stall or at the deadline."""
    incomplete = b""
    while True:
        ready, _, _ = select.select([pipe], [], [], min(stall, max(0.0, deadline - time.monotonic())))
        if not ready:
            raise DecoderCrashed("Decoding this video made no progress and was aborted: the file may be damaged.")
        data = os.read(pipe.fileno(), 1 << 16)
        if not data:
            return
        *lines, incomplete = (incomplete + data).split(b"\n")
        yield from (json.loads(line) for line in lines)


def _environment() -> dict[str, str]:
    """Return the variables that Python needs to start and to find this package, without addresses or secrets."""
    names = ("PATH", "LD_LIBRARY_PATH", "LANG", "HOME", "TMPDIR", "VIRTUAL_ENV", "COVERAGE_PROCESS_START")
    import_paths = [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
    # A process with threads cannot leave its network namespace, and importing NumPy would start threads.
    python = {
        "PYTHONPATH": os.pathsep.join(filter(None, import_paths)),
        "PYTHONUNBUFFERED": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    # One heap for all threads, which reuses the memory of one frame for the next: returning it to the system and
    # getting it back, page by page, took 3 % of the time, and each per-thread heap takes 128 MB of address space.
    heap = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": str(1 << 25), "MALLOC_TRIM_THRESHOLD_": str(1 << 28)}
    return {name: os.environ[name] for name in names if name in os.environ} | python | heap


def _crash_message(code: int) -> str:
    if code == -9:
        return "Decoding this video took too much memory or time and was stopped: send a smaller or shorter version."
    return f"The decoder crashed on this video (exit {code}): the file may be damaged."


def _sandbox(options: CutOptions) -> None:
    """Drop everything that decoding does not need, before reading the first byte of the video."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "unshare"):  # no network; not permitted in most containers, whose network is internal instead
        libc.unshare(CLONE_NEWNET if os.geteuid() == 0 else CLONE_NEWUSER | CLONE_NEWNET)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    seconds = int(options.deadline * cores())
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    if sys.platform == "linux":  # macOS rejects a limit on the address space
        resource.setrlimit(resource.RLIMIT_AS, (options.max_memory, options.max_memory))


def _send(**message: object) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def _cut(source: Path, store: FrameStore | None, options: CutOptions) -> None:
    import cv2

    from shotlens.cutting.cut import cut

    cv2.setNumThreads(1)  # frames are too small to split among threads, which the decoder needs
    last_report = 0.0

    def on_progress(share: float) -> None:
        nonlocal last_report
        if time.monotonic() - last_report >= PROGRESS_SECONDS:
            last_report = time.monotonic()
            _send(progress=share)

    cutting = cut(source, store, options, on_progress=on_progress)
    _send(video=asdict(cutting.video))
    for shot in cutting:
        _send(shot=shot.to_json(), camera_path=path_to_json(shot.camera_path), video=asdict(cutting.video))
    _send(end=True, progress=1.0, video=asdict(cutting.video), warning=cutting.warning)


def main(request: str) -> int:
    """Run the child. `request` is JSON with the video, the folder for its frames, and the options."""
    arguments = json.loads(request)
    source, folder = Path(arguments.pop("source")), arguments.pop("folder")
    options = CutOptions(**arguments)
    _sandbox(options)
    try:
        _cut(source, FrameFolder(Path(folder)) if folder else None, options)
    except VideoError as error:
        _send(error=str(error), cause=error.cause)
    except OSError as error:
        _send(no_room=f"The frames could not be written ({error.strerror}).")
    except MemoryError:
        _send(error="This video needs more memory than allowed: send a smaller version.", cause=DecoderCrashed.cause)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
