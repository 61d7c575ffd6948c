"""How much memory there is for data."""

from __future__ import annotations

import os
from pathlib import Path


def available() -> int:
    """Bytes of memory that can be had without swapping, for this machine or the container that it runs in.

    A very large number where the system does not say.
    """
    found = [_of_system(), _of_container()]
    return min((n for n in found if n is not None), default=2**62)


def _of_system() -> int | None:
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    except (OSError, ValueError, AttributeError):
        return None


def _of_container() -> int | None:
    group = Path("/sys/fs/cgroup")
    try:
        limit = int((group / "memory.max").read_text(encoding="ascii"))
        return max(0, limit - int((group / "memory.current").read_text(encoding="ascii")))
    except (OSError, ValueError):  # no container, or one without a limit ("max")
        return None
