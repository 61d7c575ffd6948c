"""How many processor threads training computes with."""

from __future__ import annotations

import os

from ganstudio import ranks


def default_threads() -> int:
    """All usable cores but one, which stays free for the window; at least 1.

    Where several processes on this machine train together, they share the cores and there is no window.
    """
    return threads_without_window() if ranks.local_size() > 1 else max(1, _cores() - 1)


def threads_without_window() -> int:
    """All usable cores, shared by the processes of this machine that train together; at least 1."""
    return max(1, _cores() // ranks.local_size())


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2
