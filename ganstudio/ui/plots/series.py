"""Long series of numbers: appended in blocks, smoothed, and thinned out to what a screen can show."""

from __future__ import annotations

from math import log

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]

POINTS = 2000  # about as many points as a curve is drawn with


class Growing:
    """A float64 array that grows at its end; appending costs constant time a value."""

    def __init__(self) -> None:
        self._room = np.empty(256)
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def append(self, values: ArrayLike) -> None:
        """Append (K,) values."""
        block = np.asarray(values, dtype=np.float64)
        end = self._size + len(block)
        if end > len(self._room):
            room = np.empty(max(end, 2 * len(self._room)))
            room[: self._size] = self._room[: self._size]
            self._room = room
        self._room[self._size : end] = block
        self._size = end

    def cut(self, size: int) -> None:
        """Forget all but the first ``size`` values."""
        self._size = min(size, self._size)

    @property
    def values(self) -> FloatArray:
        """The values so far, (N,), without a copy."""
        return self._room[: self._size]


class Series:
    """One scalar over iterations and training seconds. What is not finite is left out: it does not apply."""

    def __init__(self) -> None:
        self.iterations = Growing()
        self.seconds = Growing()
        self.raw = Growing()
        self._weight = 0.0
        self._smoothed = Growing()

    def __len__(self) -> int:
        return len(self.raw)

    def append(self, iterations: ArrayLike, seconds: ArrayLike, values: ArrayLike) -> None:
        """Append (K,) rows, iterations rising."""
        block = np.asarray(values, dtype=np.float64)
        finite = np.isfinite(block)
        self.iterations.append(np.asarray(iterations, dtype=np.float64)[finite])
        self.seconds.append(np.asarray(seconds, dtype=np.float64)[finite])
        self.raw.append(block[finite])

    def cut_after(self, iteration: int) -> None:
        """Forget everything after an iteration: training goes on from there."""
        size = int(np.searchsorted(self.iterations.values, iteration, side="right"))
        for column in (self.iterations, self.seconds, self.raw, self._smoothed):
            column.cut(size)

    def smoothed(self, weight: float) -> FloatArray:
        """Return the exponential moving average, (N,); ``weight`` in [0, 1) is the past's in one iteration.

        A value that is measured every ten iterations is therefore smoothed over as many iterations as others.
        Corrected for its start as in Kingma & Ba 2015, section 3, so that the first values are not pulled
        towards 0. Only rows that came since the last call are computed, unless the weight changed.
        """
        if weight != self._weight:
            self._weight = weight
            self._smoothed.cut(0)
        done = len(self._smoothed)
        if done < len(self):
            ages = self.iterations.values - self.iterations.values[0] + 1.0
            steps = np.diff(ages[max(0, done - 1) :], prepend=ages[:0] if done else 0.0)
            last = float(self._smoothed.values[-1]) * (1.0 - weight ** ages[done - 1]) if done else 0.0
            average = moving_average(self.raw.values[done:], steps, weight, last)
            self._smoothed.append(average / (1.0 - weight ** ages[done:]))
        return self._smoothed.values


def moving_average(values: FloatArray, steps: FloatArray, weight: float, start: float) -> FloatArray:
    """Return s_t = w_t s_(t-1) + (1 - w_t) x_t, (N,), with w_t = weight^steps_t and s_0 = ``start``.

    Computed in chunks over which the powers stay within float64, so that a million values take milliseconds.
    """
    if weight <= 0:
        return values.copy()
    reach = 600.0 / -log(weight)  # iterations after which nothing is left of a value
    steps = np.minimum(steps, reach)
    ages = np.cumsum(steps)
    found = np.empty_like(values)
    begin = 0
    while begin < len(values):
        before = ages[begin] - steps[begin]
        end = int(np.searchsorted(ages, before + reach, side="right"))
        powers = weight ** (ages[begin:end] - before)
        fresh = (1.0 - weight ** steps[begin:end]) * values[begin:end]
        found[begin:end] = powers * (start + np.cumsum(fresh / powers))
        start, begin = float(found[end - 1]), end
    return found


def thin_out(
    x: FloatArray, y: FloatArray, low: float, high: float, points: int = POINTS
) -> tuple[FloatArray, FloatArray]:
    """Return at most about that many points that draw the same curve between x = ``low`` and ``high``.

    Of each bucket its least and greatest y are kept, so no spike is lost, and the last point always is.
    Buckets have a power of two of points and begin at a multiple of it, so the picture does not flicker while
    points come in. One point on either side of the range is kept too, for the lines that enter it. ``x``
    rises.
    """
    first = max(0, int(np.searchsorted(x, low, side="left")) - 1)
    last = min(len(x), int(np.searchsorted(x, high, side="right")) + 1)
    if last - first <= points:
        return x[first:last], y[first:last]
    size = 2
    while 2 * (last - first) / size > points:
        size *= 2
    first -= first % size
    starts = np.arange(0, last - first, size)
    part = y[first:last]
    thin_x = np.repeat(x[first:last][starts], 2)
    thin_y = np.empty(len(thin_x))
    thin_y[0::2] = np.minimum.reduceat(part, starts)
    thin_y[1::2] = np.maximum.reduceat(part, starts)
    return np.append(thin_x, x[last - 1]), np.append(thin_y, part[-1])
