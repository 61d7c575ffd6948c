"""Long series of numbers: appended in blocks, smoothed, and thinned out to what a screen can show."""

from __future__ import annotations

from itertools import count
from math import log

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]

POINTS = 2000  # about as many points as a curve is drawn with
NEWEST = 2**17  # rows of a series that are kept as they came, at the most; half of them at the least
OLDER = 2**17  # rows that stand for all before those
BLOCK = 64  # values whose least and greatest are kept
Extremes = tuple[FloatArray, FloatArray]  # least and greatest of each full block

_made = count()


class Growing:
    """A float64 array that grows at its end; appending costs constant time a value."""

    def __init__(self) -> None:
        # Dozens of arrays that grow together must not all be copied at the same moment.
        self._growth = 1.5 + next(_made) % 16 / 16
        self._room = np.empty(256)
        self._size = 0
        self._extremes: tuple[Growing, Growing] | None = None

    def __len__(self) -> int:
        return self._size

    @property
    def room(self) -> int:
        """Bytes that are reserved."""
        return self._room.nbytes

    def append(self, values: ArrayLike) -> None:
        """Append (K,) values."""
        block = np.asarray(values, dtype=np.float64)
        end = self._size + len(block)
        if end > len(self._room):
            room = np.empty(int(self._growth * end))
            room[: self._size] = self._room[: self._size]
            self._room = room
        self._room[self._size : end] = block
        self._size = end

    def cut(self, size: int) -> None:
        """Forget all but the first ``size`` values."""
        self._size = min(size, self._size)
        for known in self._extremes or ():
            known.cut(self._size // BLOCK)

    def extremes(self) -> Extremes:
        """The least and the greatest value of each full block, (K,) each; only new ones are looked at."""
        if self._extremes is None:
            self._extremes = (Growing(), Growing())
        lows, highs = self._extremes
        blocks = self._room[len(lows) * BLOCK : self._size // BLOCK * BLOCK].reshape(-1, BLOCK)
        if len(blocks):
            lows.append(blocks.min(axis=1))
            highs.append(blocks.max(axis=1))
        return lows.values, highs.values

    def keep(self, rows: NDArray[np.intp]) -> None:
        """Forget all but these of the values; ``rows`` rise."""
        self._room[: len(rows)] = self._room[rows]
        self._size = len(rows)
        self._extremes = None

    @property
    def values(self) -> FloatArray:
        """The values so far, (N,), without a copy."""
        return self._room[: self._size]


class Series:
    """One scalar over iterations and training seconds. What is not finite is left out: it does not apply.

    However long training goes on, it takes 25 megabytes at the most: of what is older than the newest rows,
    each bucket of rows is represented by its least and its greatest value, so that no spike is lost, and what
    is drawn of the whole is the same. A session keeps every row.
    """

    def __init__(self) -> None:
        self.iterations = Growing()
        self.seconds = Growing()
        self.raw = Growing()
        self._level = Growing()  # what is smoothed: the value, or the mean of the bucket that a row is of
        self._weight = 0.0
        self._smoothed = Growing()
        self._begin = 0.0  # the first iteration
        self._older = 0  # rows that stand for buckets
        self._bucket = 4  # rows that become two

    def __len__(self) -> int:
        return len(self.raw)

    def append(self, iterations: ArrayLike, seconds: ArrayLike, values: ArrayLike) -> None:
        """Append (K,) rows, iterations rising."""
        block = np.asarray(values, dtype=np.float64)
        finite = np.isfinite(block)
        empty = len(self) == 0
        self.iterations.append(np.asarray(iterations, dtype=np.float64)[finite])
        self.seconds.append(np.asarray(seconds, dtype=np.float64)[finite])
        self.raw.append(block[finite])
        self._level.append(block[finite])
        if empty and len(self):
            self._begin = float(self.iterations.values[0])
        if len(self) - self._older > NEWEST:
            self._gather()

    def cut_after(self, iteration: int) -> None:
        """Forget everything after an iteration: training goes on from there."""
        size = int(np.searchsorted(self.iterations.values, iteration, side="right"))
        for column in (*self._columns(), self._smoothed):
            column.cut(size)
        self._older = min(self._older, size)

    def smoothed(self, weight: float) -> FloatArray:
        """Return the moving average (N,) of ``smooth``."""
        return self.smooth(weight).values

    def smooth(self, weight: float) -> Growing:
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
            ages = self.iterations.values[max(0, done - 1) :] - self._begin + 1.0
            steps = np.diff(ages, prepend=ages[:0] if done else 0.0)
            last = float(self._smoothed.values[-1]) * (1.0 - weight ** ages[0]) if done else 0.0
            average = moving_average(self._level.values[done:], steps, weight, last)
            ages = ages[1 if done else 0 :]
            early = int(np.searchsorted(ages, _reach(weight, 40.0)))  # later float64 knows no difference
            average[:early] /= 1.0 - weight ** ages[:early]
            self._smoothed.append(average)
        return self._smoothed

    def _columns(self) -> tuple[Growing, ...]:
        return self.iterations, self.seconds, self.raw, self._level

    def _gather(self) -> None:
        """Let two rows stand for each bucket of the older half of the newest rows."""
        size = 2 * self._bucket  # two buckets, so that there is always a whole number of pairs to merge
        count = (len(self) - self._older - NEWEST // 2) // size * size
        self._represent(self._older, count, self._bucket)
        self._older += 2 * count // self._bucket
        while self._older > OLDER:  # pairs of buckets become one
            count = self._older // 4 * 4
            self._represent(0, count, 4)
            self._older -= count // 2
            self._bucket *= 2

    def _represent(self, start: int, count: int, bucket: int) -> None:
        """Keep two rows of each bucket of ``count`` rows from ``start`` on."""
        end = start + count
        levels = self._level.values[start:end].reshape(-1, bucket)
        levels[:] = levels.mean(axis=1, keepdims=True)
        rows = start + _extremes(self.raw.values[start:end].reshape(-1, bucket))
        kept = np.concatenate([np.arange(start), rows, np.arange(end, len(self))])
        if len(self._smoothed) >= end:
            self._smoothed.keep(kept[: start + len(rows) + len(self._smoothed) - end])
        else:  # it was not drawn for long
            self._smoothed.cut(0)
        for column in self._columns():
            column.keep(kept)


def _extremes(buckets: FloatArray) -> NDArray[np.intp]:
    """Numbers of the least and the greatest value of each bucket (N, K), rising, (2 N,)."""
    ends = np.sort(np.stack([buckets.argmin(axis=1), buckets.argmax(axis=1)], axis=1), axis=1)
    ends[ends[:, 0] == ends[:, 1]] = 0, buckets.shape[1] - 1  # all values are the same
    ends += buckets.shape[1] * np.arange(len(buckets))[:, None]
    return ends.ravel()


def moving_average(values: FloatArray, steps: FloatArray, weight: float, start: float) -> FloatArray:
    """Return s_t = w_t s_(t-1) + (1 - w_t) x_t, (N,), with w_t = weight^steps_t and s_0 = ``start``.

    Computed in chunks over which the powers stay within float64, so that a million values take milliseconds.
    """
    if weight <= 0:
        return values.copy()
    reach = _reach(weight, 600.0)
    steps = np.minimum(steps, reach)
    ages = np.cumsum(steps)
    found = np.empty_like(values)
    begin = 0
    while begin < len(values):
        before = ages[begin] - steps[begin]
        end = int(np.searchsorted(ages, before + reach, side="right"))
        powers = np.exp(log(weight) * (ages[begin:end] - before))  # some times faster than a power
        fresh = -np.expm1(log(weight) * steps[begin:end]) * values[begin:end]
        found[begin:end] = powers * (start + np.cumsum(fresh / powers))
        start, begin = float(found[end - 1]), end
    return found


def _reach(weight: float, exponent: float) -> float:
    """Iterations after which exp(-``exponent``) is left of a value."""
    return exponent / -log(weight) if weight > 0 else 0.0


def thin_out(
    x: FloatArray,
    y: FloatArray,
    low: float,
    high: float,
    points: int = POINTS,
    extremes: Extremes | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Return at most about that many points that draw the same curve between x = ``low`` and ``high``.

    Of each bucket its least and greatest y are kept, so no spike is lost, and the last point always is.
    Buckets have a power of two of points and begin at a multiple of it, so the picture does not flicker while
    points come in. One point on either side of the range is kept too, for the lines that enter it. ``x``
    rises. With the ``extremes`` of y's blocks this takes no longer for a million points than for some ten
    thousand.
    """
    first = max(0, int(np.searchsorted(x, low, side="left")) - 1)
    last = min(len(x), int(np.searchsorted(x, high, side="right")) + 1)
    if last - first <= points:
        return x[first:last], y[first:last]
    size = 2
    while 2 * (last - first) / size > points:
        size *= 2
    first -= first % size
    starts = np.arange(first, last, size)
    thin_x = np.repeat(x[starts], 2)
    thin_y = np.empty(len(thin_x))
    full = (last - first) // size
    if extremes is not None and size >= BLOCK:
        for at, known in enumerate(extremes):
            blocks = known[first // BLOCK : (first + full * size) // BLOCK].reshape(full, -1)
            thin_y[at : 2 * full : 2] = blocks.max(axis=1) if at else blocks.min(axis=1)
    else:
        full = 0
    if full < len(starts):
        begins, part = starts[full:] - starts[full], y[starts[full] : last]
        thin_y[2 * full :: 2] = np.minimum.reduceat(part, begins)
        thin_y[2 * full + 1 :: 2] = np.maximum.reduceat(part, begins)
    return np.append(thin_x, x[last - 1]), np.append(thin_y, y[last - 1])
