"""How many processor threads training computes with."""

from __future__ import annotations

import os


def default_threads() -> int:
    """All usable cores but one, which stays free for the window; at least 1."""
    return (
        max(1, len(os.sched_getaffinity(0)) - 1)
        if hasattr(os, "sched_getaffinity")
        else max(1, (os.cpu_count() or 2) - 1)
    )
