"""`shotlens run`: Redis, the API and both workers on one machine, started and stopped together."""

import argparse
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import IO

from redis import RedisError

from jobs.commands.reach import LOCK
from jobs.queue import connect
from jobs.redis_server import RedisServer
from jobs.settings import Settings
from shotlens.shots.errors import ShotlensError
from shotlens.storage.files import Files

READY_SECONDS = 120.0
STOP_SECONDS = 15.0
POLL = 0.2
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # Ctrl-C, a service manager, a terminal that is closed
SERVICES = {"the API": "api", "the cutting worker": "process_video", "the model worker": "model"}


class ServiceDied(ShotlensError):
    """A part of the service ended by itself."""


class _Stopped(Exception):
    """SIGINT or SIGTERM came."""


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("run", help="start the whole service on this machine")
    add = parser.add_argument
    add("--host", default=os.environ.get("SHOTLENS_HOST", "127.0.0.1"), help="address to listen on")
    add("--port", type=int, default=os.environ.get("SHOTLENS_PORT", "5000"), help="port to listen on")
    parser.set_defaults(command=lambda options: run(options.host, options.port))


def run(host: str, port: int) -> int:
    """Start everything, print the address, and wait until a signal comes or a part dies."""
    for number in SIGNALS:
        signal.signal(number, _stop)
    settings = Settings()
    with ExitStack() as stack:
        try:
            _check_port(host, port)
            lock = stack.enter_context(_only_one(settings.data))
            _check_room(settings)
            redis_url = stack.enter_context(_redis(settings, lock))
            processes: dict[str, subprocess.Popen[bytes]] = {}
            stack.callback(_end, processes)
            environment = _environment(settings, redis_url, host, port)
            for name, module in SERVICES.items():
                processes[name] = _start(module, environment)
            _wait_until_ready(f"http://{_reachable(host)}:{port}/readyz", processes)
            print(f"Shotlens runs at http://{_shown(host)}:{port} (Ctrl-C stops it)", flush=True)
            while True:
                _check(processes)
                time.sleep(POLL)
        except _Stopped:
            print("\nStopping ...", flush=True)
    print("Stopped.", flush=True)
    return 0


def _stop(*_: int | FrameType | None) -> None:
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)  # one is enough: the stopping itself is not to be broken off
    raise _Stopped


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as error:
            raise ShotlensError(f"Port {port} needs more rights: choose one above 1023 with SHOTLENS_PORT.") from error
        except OSError as error:
            raise ShotlensError(
                f"Port {port} on {host} cannot be used ({error.strerror}): end what uses it, "
                "or choose another with SHOTLENS_PORT."
            ) from error


@contextmanager
def _only_one(data: Path) -> Iterator[IO[str]]:
    """Hold the data folder for this run alone: two Redis servers on the same files would spoil them."""
    try:
        Files(data).prepare()
        lock = (data / LOCK).open("a")
    except OSError as error:
        raise ShotlensError(
            f"The data folder {data.absolute()} cannot be written ({error.strerror}): make room or give the right to "
            "write there, or choose another folder with SHOTLENS_DATA."
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ShotlensError(
                f"Another Shotlens runs on the data folder {data.absolute()}: stop it, or choose another folder "
                "with SHOTLENS_DATA."
            ) from error
        yield lock


def _check_room(settings: Settings) -> None:
    data, spare = settings.data, settings.spare_bytes
    free = shutil.disk_usage(data).free
    if free < spare:
        raise ShotlensError(
            f"There are only {free / 1e6:.0f} MB left on the disk of the data folder {data.absolute()}, and "
            f"{spare / 1e6:.0f} are to stay free (SHOTLENS_SPARE_BYTES): make room, or choose another folder "
            "with SHOTLENS_DATA."
        )


@contextmanager
def _redis(settings: Settings, lock: IO[str]) -> Iterator[str]:
    """Give the address of a Redis server: the one that is set, else one of our own that stops with us."""
    if "redis_url" in settings.model_fields_set:
        try:
            connect(settings.redis_url).ping()
        except (RedisError, ValueError) as error:
            raise ShotlensError(f"No Redis server answers at {settings.redis_url} ({error}).") from error
        yield settings.redis_url
        return
    server = RedisServer(settings.data / "redis")
    server.start(lock)
    _note(lock, server.url)
    try:
        yield server.url
    finally:
        _note(lock, "")
        server.stop()


def _note(lock: IO[str], address: str) -> None:
    """Write the server's address where the operator's commands look for it."""
    lock.truncate(0)
    lock.write(address)
    lock.flush()


def _environment(settings: Settings, redis_url: str, host: str, port: int) -> dict[str, str]:
    here = str(Path(__file__).resolve().parents[2])
    return {
        "SHOTLENS_GRACE": "5",  # at a terminal nobody waits for a video to be finished: it goes on at the next start
        **os.environ,
        "PYTHONSAFEPATH": "1",  # what lies in the folder that we happen to be in is no module of ours
        "PYTHONPATH": os.pathsep.join(filter(None, [here, os.environ.get("PYTHONPATH")])),
        "SHOTLENS_REDIS_URL": redis_url,
        "SHOTLENS_DATA": str(settings.data.absolute()),
        "SHOTLENS_HOST": host,
        "SHOTLENS_PORT": str(port),
    }


def _start(module: str, environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    # A session of its own, so that a Ctrl-C reaches us alone and we decide the order of stopping.
    quiet = ["--access-logfile", "/dev/null", "--log-level", "warning"] if module == "api" else []
    return subprocess.Popen([sys.executable, "-m", module, *quiet], env=environment, start_new_session=True)


def _wait_until_ready(address: str, processes: "dict[str, subprocess.Popen[bytes]]") -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        _check(processes)
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(POLL)
    raise ServiceDied(f"The API did not become ready within {READY_SECONDS:.0f} s; the lines above say why.")


def _check(processes: "dict[str, subprocess.Popen[bytes]]") -> None:
    for name, process in processes.items():
        code = process.poll()
        if code is not None:
            raise ServiceDied(
                f"{name[0].upper()}{name[1:]} ended by itself (exit code {code}), so everything is stopped; "
                "the lines above say why. Nothing is lost: the next start goes on with the waiting videos."
            )


def _end(processes: "dict[str, subprocess.Popen[bytes]]") -> None:
    for process in processes.values():
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    for process in processes.values():
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)


def _shown(host: str) -> str:
    return "localhost" if host in ("127.0.0.1", "0.0.0.0", "::", "::1") else _reachable(host)
