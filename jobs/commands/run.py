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

from jobs.commands.service_redis import LOCK
from jobs.queue import connect
from jobs.redis_server import RedisServer
from jobs.settings import Settings
from shotlens.shots.errors import ShotlensError
from shotlens.storage.files import Files

READY_SECONDS = 120.0
STOP_SECONDS = 15.0
POLL_SECONDS = 0.2
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # Ctrl-C, a service manager, a closed terminal
SERVICES = {"the API": "api", "the cutting worker": "process_video", "the model worker": "model"}


class ServiceDied(ShotlensError):
    """A part of the service ended by itself."""


class _Stopped(Exception):
    """One of `SIGNALS` arrived."""


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("run", help="start the whole service on this machine")
    add = parser.add_argument
    add("--host", default=os.environ.get("SHOTLENS_HOST", "127.0.0.1"), help="address to listen on")
    add("--port", type=int, default=os.environ.get("SHOTLENS_PORT", "5000"), help="port to listen on")
    parser.set_defaults(command=lambda options: run(options.host, options.port))


def run(host: str, port: int) -> int:
    """Start everything, print the address, and wait until a signal arrives or a part dies."""
    for number in SIGNALS:
        signal.signal(number, _on_signal)
    settings = Settings()
    with ExitStack() as stack:
        try:
            _check_port(host, port)
            lock = stack.enter_context(_locked(settings.data))
            _check_free_space(settings)
            redis_url = stack.enter_context(_redis_server(settings, lock))
            processes: dict[str, subprocess.Popen[bytes]] = {}
            stack.callback(_stop, processes)
            environment = _environment(settings, redis_url, host, port)
            for name, module in SERVICES.items():
                processes[name] = _start(module, environment)
            _wait_until_ready(f"http://{_connect_host(host)}:{port}/readyz", processes)
            print(f"Shotlens runs at http://{_display_host(host)}:{port} (Ctrl-C stops it)", flush=True)
            while True:
                _check_alive(processes)
                time.sleep(POLL_SECONDS)
        except _Stopped:
            print("\nStopping ...", flush=True)
    print("Stopped.", flush=True)
    return 0


def _on_signal(*_: int | FrameType | None) -> None:
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)  # further signals must not interrupt the shutdown
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
                f"Port {port} on {host} cannot be used ({error.strerror}): stop the program that uses it, "
                "or choose another with SHOTLENS_PORT."
            ) from error


@contextmanager
def _locked(data: Path) -> Iterator[IO[str]]:
    """Lock the data folder for this run: two Redis servers on the same files would corrupt them."""
    try:
        Files(data).prepare()
        lock = (data / LOCK).open("a")
    except OSError as error:
        raise ShotlensError(
            f"The data folder {data.absolute()} cannot be written ({error.strerror}): free some space, fix its "
            "permissions, or choose another folder with SHOTLENS_DATA."
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


def _check_free_space(settings: Settings) -> None:
    data, spare = settings.data, settings.spare_bytes
    free = shutil.disk_usage(data).free
    if free < spare:
        raise ShotlensError(
            f"Only {free / 1e6:.0f} MB are left on the disk of the data folder {data.absolute()}, and "
            f"{spare / 1e6:.0f} MB must stay free (SHOTLENS_SPARE_BYTES): free some space, or choose another folder "
            "with SHOTLENS_DATA."
        )


@contextmanager
def _redis_server(settings: Settings, lock: IO[str]) -> Iterator[str]:
    """Yield the address of a Redis server: the one in the settings, else one of our own, which stops with us."""
    if "redis_url" in settings.model_fields_set:
        try:
            connect(settings.redis_url).ping()
        except (RedisError, ValueError) as error:
            raise ShotlensError(f"No Redis server answers at {settings.redis_url} ({error}).") from error
        yield settings.redis_url
        return
    server = RedisServer(settings.data / "redis")
    server.start(lock)
    _write_address(lock, server.url)
    try:
        yield server.url
    finally:
        _write_address(lock, "")
        server.stop()


def _write_address(lock: IO[str], address: str) -> None:
    """Write the server's address to where the other commands look for it."""
    lock.truncate(0)
    lock.write(address)
    lock.flush()


def _environment(settings: Settings, redis_url: str, host: str, port: int) -> dict[str, str]:
    root = str(Path(__file__).resolve().parents[2])
    return {
        "SHOTLENS_GRACE": "5",  # a person waits for it to stop; the next start resumes unfinished videos
        **os.environ,
        "PYTHONSAFEPATH": "1",  # files in the current folder must not be imported as modules
        "PYTHONPATH": os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")])),
        "SHOTLENS_REDIS_URL": redis_url,
        "SHOTLENS_DATA": str(settings.data.absolute()),
        "SHOTLENS_HOST": host,
        "SHOTLENS_PORT": str(port),
    }


def _start(module: str, environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    # A session of its own, so that Ctrl-C reaches only us and we decide the order of stopping.
    quiet = ["--access-logfile", "/dev/null", "--log-level", "warning"] if module == "api" else []
    return subprocess.Popen([sys.executable, "-m", module, *quiet], env=environment, start_new_session=True)


def _wait_until_ready(address: str, processes: "dict[str, subprocess.Popen[bytes]]") -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        _check_alive(processes)
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(POLL_SECONDS)
    raise ServiceDied(f"The API did not become ready within {READY_SECONDS:.0f} s; the lines above say why.")


def _check_alive(processes: "dict[str, subprocess.Popen[bytes]]") -> None:
    for name, process in processes.items():
        code = process.poll()
        if code is not None:
            raise ServiceDied(
                f"{name[0].upper()}{name[1:]} ended by itself (exit code {code}), so everything is stopped; "
                "the lines above say why. Nothing is lost: the next start resumes the waiting videos."
            )


def _stop(processes: "dict[str, subprocess.Popen[bytes]]") -> None:
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


def _connect_host(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)


def _display_host(host: str) -> str:
    return "localhost" if host in ("127.0.0.1", "0.0.0.0", "::", "::1") else _connect_host(host)
