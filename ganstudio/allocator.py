"""Memory that is given back and asked for again at every step costs more than many of its computations."""

from __future__ import annotations

import ctypes
import sys

# Numbers of glibc's malloc.h.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
MOST = 2**31 - 1  # bytes; the largest number that mallopt takes


def keep_freed_memory() -> bool:
    """Let this process keep freed memory for its next allocations; whether the C library could be told.

    By default glibc maps each larger tensor anew and gives it back when it is freed, and the kernel fills
    every page with zeros again: a sixth of the time of a DCGAN's step. All threads share one heap, since
    those of other threads are limited to 64 MiB. To be called before threads are started.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):  # another C library, such as musl
        return False
    settings = ((M_ARENA_MAX, 1), (M_MMAP_THRESHOLD, MOST), (M_TRIM_THRESHOLD, MOST))
    told = [mallopt(name, value) == 1 for name, value in settings]
    return all(told)
