"""Bins of a histogram that do not jump while values come in."""

from __future__ import annotations

from math import floor, log10

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

BINS = 40
PATIENCE = 15  # updates during which a smaller range would do before the range shrinks


def round_up(value: float) -> float:
    """Return the least of 1, 2, 4, 5, 8, 10 times a power of ten that is not below a positive value."""
    decade = 10.0 ** floor(log10(value))
    return next(
        float(f"{step * decade:.6g}")
        for step in (1, 2, 4, 5, 8, 10, 20)
        if step * decade >= value * (1 - 1e-9)
    )


class StableRange:
    """The upper end of a range that begins at 0: it grows at once, and shrinks only after a while."""

    def __init__(self) -> None:
        self.end = 0.0
        self._calm = 0

    def forget(self) -> None:
        """Begin afresh."""
        self.end, self._calm = 0.0, 0

    def include(self, value: float) -> float:
        """Make room for a value (not negative); returns the end of the range."""
        wanted = round_up(max(value, 1e-12))
        if wanted >= self.end:
            self.end, self._calm = wanted, 0
        else:
            self._calm += 1
            if self._calm >= PATIENCE:
                self.end, self._calm = wanted, 0
        return self.end


def shares(values: FloatArray, end: float) -> tuple[FloatArray, FloatArray]:
    """Return the edges (BINS + 1,) of equal bins from 0 to ``end``, and the % of values (N,) in each (BINS,).

    Values beyond the end are not in any bin, so shares may add up to less than 100.
    """
    counts, edges = np.histogram(values, bins=BINS, range=(0.0, end))
    return edges, 100.0 * counts / max(1, len(values))
