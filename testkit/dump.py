"""Replays a dump of Redis in the format of its append-only file, a list of commands."""

import time
from pathlib import Path
from typing import Any, BinaryIO

from redis import Redis

VERSION_1 = Path(__file__).resolve().parents[1] / "tests" / "jobs" / "records_of_version_1.aof"
DUMPED_AT = 1796075052.0  # Unix time of that dump


def replay(redis: "Redis", path: Path = VERSION_1, dumped_at: float = DUMPED_AT) -> None:
    """Run the commands of a dump, with its expiry times shifted as if it had been made just now."""
    shift = round((time.time() - dumped_at) * 1000)
    execute: Any = redis.execute_command  # without types in redis-py
    with path.open("rb") as file:
        while command := _command(file):
            if command[0] == "SELECT":
                continue
            if command[0] == "PEXPIREAT":
                command[2] = str(int(command[2]) + shift)
            execute(*command)


def _command(file: BinaryIO) -> list[str]:
    """Read one command: `*<count>`, then `$<length>` and the text of each part."""
    count = int(file.readline()[1:] or 0)
    parts = []
    for _ in range(count):
        length = int(file.readline()[1:])
        parts.append(file.read(length).decode())
        file.read(2)
    return parts
