"""How many processor threads training computes with."""

from __future__ import annotations

import os

from ganstudio import ranks


def default_threads() -> int:
    """All usable cores but one, which stays free for the window; at least 1.

    Where several processes on this machine train together, they share the cores and there is no window.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2
    sharing = ranks.local_size()
    return max(1, cores // sharing if sharing > 1 else cores - 1)
