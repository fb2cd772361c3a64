"""A dump of Redis as its append-only file holds it: commands, which any server replays."""

import time
from pathlib import Path
from typing import BinaryIO

from redis import Redis

VERSION_1 = Path(__file__).resolve().parents[1] / "tests" / "jobs" / "records_of_version_1.aof"
WRITTEN = 1796075052.0  # Unix time at which that was


def replay(redis: "Redis", path: Path = VERSION_1, written: float = WRITTEN) -> None:
    """Run the commands of a dump, as if it had been written a moment ago."""
    later = round((time.time() - written) * 1000)
    with path.open("rb") as file:
        while command := _command(file):
            if command[0] == "SELECT":
                continue
            if command[0] == "PEXPIREAT":
                command[2] = str(int(command[2]) + later)
            redis.execute_command(*command)


def _command(file: BinaryIO) -> list[str]:
    """Read one command: `*<count>`, then for each part `$<length>` and the part."""
    count = int(file.readline()[1:] or 0)
    parts = []
    for _ in range(count):
        length = int(file.readline()[1:])
        parts.append(file.read(length).decode())
        file.read(2)
    return parts
