"""The whole service as a person starts it, for the tests that need all of it."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 120.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def children(parent: int) -> dict[int, str]:
    """The child processes of a process: ids and command lines, from /proc, as a slim image has no ps."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(stat.read_text().rpartition(")")[2].split()[1]) == parent:
                found[int(stat.parent.name)] = (stat.parent / "cmdline").read_text().replace("\0", " ")
        except OSError:  # it ended while we looked
            continue
    return found


class Service:
    """`shotlens run` on a data folder of its own; what it prints is kept."""

    def __init__(self, data: Path, **settings: str) -> None:
        self.data = data
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.lines: list[str] = []
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("SHOTLENS_")}
        inherited.pop("REDIS_URL", None)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "shotlens", "run", "--port", str(self.port)],
            cwd=ROOT,
            env={**inherited, "SHOTLENS_DATA": str(data), **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def output(self) -> str:
        return "".join(self.lines)

    def wait_for(self, text: str, seconds: float = START_SECONDS) -> None:
        """Wait until a line that matches is printed."""
        deadline = time.monotonic() + seconds
        while not re.search(text, self.output):
            assert self.process.poll() is None, self.output
            assert time.monotonic() < deadline, self.output
            time.sleep(0.05)

    def parts(self) -> dict[str, int]:
        """The processes of the service by module: their ids."""
        found = {}
        for pid, command in children(self.process.pid).items():
            for name in ("api", "process_video", "model"):
                if f"-m {name}" in command or (name == "api" and "gunicorn" in command):
                    found[name] = pid
        return found

    def stop(self, how: signal.Signals = signal.SIGINT, seconds: float = 60.0) -> int:
        """End it as Ctrl-C does; return the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        code = self.process.wait(seconds)
        self._reader.join(5)
        return code

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line)
        self.process.stdout.close()
