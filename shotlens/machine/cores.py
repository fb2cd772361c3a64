"""How many cores this process may use."""

import math
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePosixPath


@cache
def cores(root: Path = Path("/")) -> int:
    """Return the number of cores that this process may use, at least 1.

    Its affinity limits it, and so do the CPU quotas of its control groups (versions 1 and 2), of which a fraction of a
    core counts as a whole one. `root` is where `/proc` and `/sys` are.
    """
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min([allowed, *(math.ceil(quota) for quota in _quotas(root))]))


def _quotas(root: Path) -> Iterator[float]:
    """Yield the quotas, in cores, of the control groups of this process and of all groups around them."""
    try:
        lines = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, group = line.split(":", 2)
        if not controllers:
            yield from _in_groups(root / "sys/fs/cgroup", group, "cpu.max", None)
        elif "cpu" in controllers.split(","):
            for folder in (controllers, "cpu"):
                yield from _in_groups(root / "sys/fs/cgroup" / folder, group, "cpu.cfs_quota_us", "cpu.cfs_period_us")


def _in_groups(mount: Path, group: str, quota_file: str, period_file: str | None) -> Iterator[float]:
    """Read a quota in each folder from the group up to the mount, which in a container may be the group itself."""
    path = PurePosixPath(group.lstrip("/"))
    for folder in {mount / parent for parent in (path, *path.parents)}:
        try:
            values = (folder / quota_file).read_text().split()
            if period_file:
                values.append((folder / period_file).read_text())
            quota, period = int(values[0]), int(values[1])
        except (OSError, ValueError, IndexError):  # there is no such group, or it says `max`
            continue
        if quota > 0 and period > 0:
            yield quota / period
