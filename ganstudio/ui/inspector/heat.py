"""The history of gradient norms: a histogram for each stretch of iterations, in a bounded memory."""

from __future__ import annotations

from math import ceil

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]

COLUMNS = 2048  # stretches kept; when they are full, neighbours are put together
PER_DECADE = 24  # bins between 1 and 10
LOWEST, HIGHEST = -6, 6  # log10 of the norms at the ends; what lies beyond is counted in the end bins
WAITING = 1000  # batches
BINS = PER_DECADE * (HIGHEST - LOWEST)


class NormHistory:
    """Counts of norms by iteration and by log10 of the norm."""

    def __init__(self, every: int) -> None:
        """Expect norms about once in ``every`` iterations."""
        self.stride = max(1, every)  # iterations in a column
        self._waiting: list[tuple[int, FloatArray]] = []
        self._end = 0
        self._counts = np.zeros((COLUMNS, BINS), np.uint32)
        self._sums = np.zeros(COLUMNS)  # of the norms

    def add(self, iteration: int, norms: ArrayLike) -> None:
        """Count the norms (N,) of one batch, soon: many batches at once are counted far faster."""
        self._waiting.append((iteration, np.asarray(norms, dtype=np.float64)))
        if len(self._waiting) >= WAITING:
            self._count()

    def _count(self) -> None:
        """Count what waits."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        iterations = np.repeat([i for i, _ in waiting], [len(norms) for _, norms in waiting])
        values = np.concatenate([norms for _, norms in waiting])
        finite = np.isfinite(values)
        iterations, values = iterations[finite], values[finite]
        if len(values) == 0:
            return
        while int(iterations.max()) // self.stride >= COLUMNS:
            self._halve()
        columns = iterations // self.stride
        logs = np.log10(np.maximum(values, 10.0**LOWEST))
        rows = np.clip(np.floor((logs - LOWEST) * PER_DECADE), 0, BINS - 1).astype(np.intp)
        first, last = int(columns.min()), int(columns.max()) + 1
        found = np.bincount((columns - first) * BINS + rows, minlength=(last - first) * BINS)
        self._counts[first:last] += found.reshape(-1, BINS).astype(np.uint32)
        self._sums[first:last] += np.bincount(columns - first, values, minlength=last - first)
        self._end = max(self._end, last)

    @property
    def end(self) -> int:
        """Columns in use."""
        self._count()
        return self._end

    def cut_after(self, iteration: int) -> None:
        """Forget what came after an iteration: training goes on from there."""
        end = min(self.end, iteration // self.stride + 1)
        self._counts[end:], self._sums[end:] = 0, 0.0
        held = np.flatnonzero(self._counts[:end].any(axis=1))
        self._end = int(held[-1]) + 1 if len(held) else 0

    def shares(self, first: int, last: int, width: int) -> tuple[FloatArray, int]:
        """Return shares (K, BINS), each row adding up to 1, of columns ``first`` to ``last``.

        K is at most about ``width``; the int says how many columns a row of them holds. A stretch without
        norms has the shares of the one before, or of the first.
        """
        self._count()
        size = max(1, ceil((last - first) / max(1, width)))
        counts = np.add.reduceat(self._counts[first:last], np.arange(0, last - first, size), axis=0)
        totals = counts.sum(axis=1)
        begin = int(np.argmax(totals > 0))
        known = np.maximum.accumulate(np.where(totals > 0, np.arange(len(totals)), begin))
        return counts[known] / np.maximum(1, totals[known])[:, None], size

    def means(self) -> tuple[FloatArray, FloatArray]:
        """Return iterations (K,) and the mean norms (K,) of the columns that hold any."""
        totals = self._counts[: self.end].sum(axis=1)
        held = np.flatnonzero(totals)
        iterations = ((held + 0.5) * self.stride).astype(np.float64)
        means = np.asarray(self._sums[held] / totals[held], dtype=np.float64)
        return iterations, means

    def counts(self) -> NDArray[np.uint32]:
        """Return the counts (columns, BINS), without a copy."""
        return self._counts[: self.end]

    def _halve(self) -> None:
        """Put neighbours together, so that there is room for as many columns more."""
        half = COLUMNS // 2
        for array in (self._counts, self._sums):
            array[:half] = array[0::2] + array[1::2]
            array[half:] = 0
        self.stride *= 2
        self._end = ceil(self._end / 2)
