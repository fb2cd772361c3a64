"""The whole service as a user starts it, for tests that need all of it."""

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
    """Return the ids and command lines of a process's children, from /proc, as a slim image has no ps."""
    commands = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(stat.read_text().rpartition(")")[2].split()[1]) == parent:
                commands[int(stat.parent.name)] = (stat.parent / "cmdline").read_text().replace("\0", " ")
        except OSError:  # the process has just ended
            continue
    return commands


class Service:
    """`shotlens run` on a data folder of its own; records its output."""

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
        """Wait until the output matches the regular expression `text`."""
        deadline = time.monotonic() + seconds
        while not re.search(text, self.output):
            assert self.process.poll() is None, self.output
            assert time.monotonic() < deadline, self.output
            time.sleep(0.05)

    def parts(self) -> dict[str, int]:
        """Return the process ids of the service's parts, by module."""
        ids = {}
        for pid, command in children(self.process.pid).items():
            for name in ("api", "process_video", "model"):
                if f"-m {name}" in command or (name == "api" and "gunicorn" in command):
                    ids[name] = pid
        return ids

    def stop(self, number: signal.Signals = signal.SIGINT, seconds: float = 60.0) -> int:
        """Stop it, by default as Ctrl-C does; return the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(seconds)
        self._reader.join(5)
        return code

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line)
        self.process.stdout.close()
