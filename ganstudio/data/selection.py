"""Choosing a part of the data."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def chosen(count: int, limit: int, seed: int) -> NDArray[np.int64]:
    """Return ascending indices of what is used: all of ``count``, or a seeded random choice of ``limit``.

    ``limit`` 0, or one beyond ``count``, means all. The order of the data is kept.
    """
    if limit == 0 or limit >= count:
        return np.arange(count, dtype=np.int64)
    picked = np.random.default_rng(seed).choice(count, size=limit, replace=False)
    return np.sort(picked).astype(np.int64)
