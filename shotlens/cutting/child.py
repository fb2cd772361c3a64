"""`cut` in a process of its own, with access to the video, a folder and a pipe only.

If a malicious file or a bug crashes the decoder, only the child dies, with a clear error; the worker survives. The
child reads one JSON object with the video, the folder and the options. It writes one per line: {"video"}, {"progress"},
{"shot"}, and finally {"end"}, {"error", "cause"} or {"no_room"}. Other work that decodes runs in the same way.
"""

import ctypes
import json
import os
import resource
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from shotlens.cutting.errors import DecoderCrashed, NoPicture, StorageError, VideoError
from shotlens.cutting.options import CutOptions
from shotlens.machine.cores import cores
from shotlens.shots.shot import Shot, Video, path_from_json, path_to_json
from shotlens.storage.frames import FrameFolder, FrameStore

PROGRESS_SECONDS = 0.5  # between progress reports; also how soon a cancelled job is noticed
FULL = 0.9  # of the memory, of which the next frame may take more than the rest
TOO_LITTLE_MEMORY = "This video needs more memory than allowed: send a smaller version."
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000


@dataclass(frozen=True, slots=True)
class Step:
    """What is known after another line from the child: at least one of these is new."""

    progress: float  # 0 to 1
    video: Video
    shot: Shot | None = None
    ended: bool = False  # `video` and `warning` are final
    warning: str | None = None


class Child:
    """A process that imports what decoding takes, and waits for its one video."""

    def __init__(self, module: str = "shotlens.cutting.child") -> None:
        """`module` is what runs in it, by `serve`."""
        # -P: do not import modules from the current folder.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_environment(),
            start_new_session=True,  # so that Ctrl-C in the terminal reaches only the parent
        )

    def __enter__(self) -> "Child":
        return self

    def __exit__(self, *_: object) -> None:
        """Kill the process, if it still runs."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()

    def cut(self, source: Path, folder: Path | None, options: CutOptions) -> Iterator[Step]:
        """Do what `cut_in_child` does, once."""
        video: Video | None = None
        progress = 0.0
        for message in self.run(source, options, folder=str(folder.absolute()) if folder else None):
            if "video" in message:
                video = Video.from_json(message["video"])
            progress = message.get("progress", progress)
            assert video
            path = path_from_json(message["camera_path"]) if "shot" in message else ()
            shot = Shot.from_json(message["shot"], path) if "shot" in message else None
            yield Step(progress, video, shot, "end" in message, message.get("warning"))

    def run(self, source: Path, options: CutOptions, **request: object) -> Iterator[dict[str, Any]]:
        """Send the request; yield the messages that come, up to {"end"}. Raises VideoError or StorageError."""
        with self:
            assert self._process.stdin
            assert self._process.stdout
            request |= {"source": str(source.absolute()), "options": asdict(options)}
            with suppress(BrokenPipeError), self._process.stdin as pipe:  # if it died, its output will end
                pipe.write(json.dumps(request).encode())
            for message in _messages(self._process.stdout, options.stall, time.monotonic() + options.deadline):
                if "error" in message:
                    raise VideoError(message["error"], message["cause"])
                if "no_room" in message:
                    raise StorageError(message["no_room"])
                yield message
                if "end" in message:
                    return
            raise DecoderCrashed(_crash_message(self._process.wait()))


def cut_in_child(source: Path, folder: Path | None, options: CutOptions, child: Child | None = None) -> Iterator[Step]:
    """Cut a video in a child process, which writes the frames below `folder`, if one is given.

    `child` is one that has been started ahead. Raises VideoError or StorageError. Closing the iterator kills the child.
    """
    yield from (child or Child()).cut(source, folder, options)


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


def _leave_the_network() -> None:
    libc = ctypes.CDLL(None)
    if hasattr(libc, "unshare"):  # not permitted in most containers, whose network is internal instead
        libc.unshare(CLONE_NEWNET if os.geteuid() == 0 else CLONE_NEWUSER | CLONE_NEWNET)


def _limit_resources(options: CutOptions) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    seconds = int(options.deadline * cores())
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    if sys.platform == "linux":  # macOS rejects a limit on the address space
        resource.setrlimit(resource.RLIMIT_AS, (options.max_memory, options.max_memory))


def _is_full(options: CutOptions) -> bool:
    """Return whether memory has run out, for which decoders give other reasons: each thread has its own."""
    if sys.platform != "linux":
        return False
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmPeak"))
    return int(peak.split()[1]) * 1024 > FULL * options.max_memory


def send(**message: object) -> None:
    """Write a message to the parent, from the child."""
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


class ProgressReport:
    """Sends the progress to the parent, not too often."""

    def __init__(self) -> None:
        self._last = 0.0

    def __call__(self, share: float) -> None:
        if time.monotonic() - self._last >= PROGRESS_SECONDS:
            self._last = time.monotonic()
            send(progress=share)


def _cut(source: Path, options: CutOptions, request: dict[str, Any]) -> None:
    from shotlens.cutting.cut import cut

    store: FrameStore | None = FrameFolder(Path(request["folder"])) if request["folder"] else None
    cutting = cut(source, store, options, on_progress=ProgressReport())
    send(video=cutting.video.to_json())
    for shot in cutting:
        send(shot=shot.to_json(), camera_path=path_to_json(shot.camera_path), video=cutting.video.to_json())
    if cutting.warning and _is_full(options):
        raise MemoryError
    send(end=True, progress=1.0, video=cutting.video.to_json(), warning=cutting.warning)


def _import_decoder() -> None:
    """Import what `_cut` takes, which is half of the time to the first shot of a short video."""
    import cv2

    import shotlens.cutting.cut  # noqa: F401

    cv2.setNumThreads(1)  # frames are too small to split among threads, which the decoder needs


def serve(work: Callable[[Path, CutOptions, dict[str, Any]], None]) -> int:
    """Run the child. Everything that decoding does not need is dropped before the first byte of the video is read."""
    _leave_the_network()  # first: a process with threads cannot
    _import_decoder()
    line = sys.stdin.buffer.read()
    if not line:
        return 0  # it was started ahead, and is not needed
    request = json.loads(line)
    options = CutOptions(**request["options"])
    _limit_resources(options)
    try:
        work(Path(request["source"]), options, request)
    except VideoError as error:
        if isinstance(error, NoPicture) and _is_full(options):
            send(error=TOO_LITTLE_MEMORY, cause=DecoderCrashed.cause)
        else:
            send(error=str(error), cause=error.cause)
    except OSError as error:
        send(no_room=f"The frames could not be written ({error.strerror}).")
    except MemoryError:
        send(error=TOO_LITTLE_MEMORY, cause=DecoderCrashed.cause)
    return 0


if __name__ == "__main__":
    sys.exit(serve(_cut))
