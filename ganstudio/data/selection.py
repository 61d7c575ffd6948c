"""Choosing what is read: the path, and a part of the data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ganstudio.errors import UserError


def chosen(count: int, limit: int, seed: int) -> NDArray[np.int64]:
    """Return ascending indices of what is used: all of ``count``, or a seeded random choice of ``limit``.

    ``limit`` 0, or one beyond ``count``, means all. The order of the data is kept.
    """
    if limit == 0 or limit >= count:
        return np.arange(count, dtype=np.int64)
    picked = np.random.default_rng(seed).choice(count, size=limit, replace=False)
    return np.sort(picked).astype(np.int64)


def expanded(path: str) -> Path:
    """Return the path with a leading ~ as the home folder; one of an unknown user stays as it is.

    Raises UserError for what can be no path.
    """
    if "\0" in path:
        raise UserError("The path holds a character that no path can have.")
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)
