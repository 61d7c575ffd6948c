"""Scales of an axis: linear, or linear around zero and logarithmic beyond, for values of either sign."""

from __future__ import annotations

from math import asinh, ceil, floor, log, log10, sinh

import numpy as np
from numpy.typing import NDArray

from ganstudio.ui.plots.axis import Axis

FloatArray = NDArray[np.float64]
LN10 = log(10.0)
FEW = 4  # fewer ticks than this say too little


class SymLog:
    """y -> asinh(y / threshold) / ln 10: linear within the threshold, one unit a decade far beyond it."""

    def __init__(self, threshold: float) -> None:
        self.threshold = threshold

    @classmethod
    def fitting(cls, values: FloatArray) -> SymLog:
        """Choose the threshold so that nine tenths of the values (N,) lie in the logarithmic part."""
        sizes = np.abs(values[values != 0])
        small = float(np.quantile(sizes, 0.1, method="lower")) if len(sizes) else 1.0
        return cls(10.0 ** floor(log10(max(small, 1e-12))))

    def apply(self, y: FloatArray) -> FloatArray:
        """Transform values, (N,) to (N,); it keeps their order."""
        return np.arcsinh(y / self.threshold) / LN10

    def _marks(self, low: float, high: float) -> list[float]:
        """Round values between two positions: powers of ten, finer ones where few of those are in sight."""
        least, greatest = (self.threshold * sinh(p * LN10) for p in (low, high))
        top = floor(log10(max(abs(least), abs(greatest), 1e-300)))
        for steps in ((1,), (1, 2, 5)):
            sizes = [s * 10.0**e for e in range(floor(log10(self.threshold)) + 1, top + 1) for s in steps]
            found = [v for v in (0.0, *sizes, *(-s for s in sizes)) if least <= v <= greatest]
            if len(found) >= FEW:
                return found
        step = 10.0 ** floor(log10(max(greatest - least, 1e-300) / 2))
        return [i * step for i in range(ceil(least / step), floor(greatest / step) + 1)]

    def ticks(self, low: float, high: float) -> list[tuple[float, str]]:
        """Return positions and words of ticks between two positions."""
        return sorted((asinh(v / self.threshold) / LN10, f"{v:.6g}") for v in self._marks(low, high))


class ScaledAxis(Axis):
    """An axis that can show the ticks of a ``SymLog``."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation)
        self.values: SymLog | None = None

    def set_scale(self, values: SymLog | None) -> None:
        """Take a scale; None is linear."""
        self.values = values
        self.picture = None
        self.update()

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N802
        """Pyqtgraph asks for it: positions of ticks, by spacing."""
        if self.values is None:
            return list(super().tickValues(low, high, size))
        return [(1.0, [position for position, _ in self.values.ticks(low, high)])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:  # noqa: N802
        """Pyqtgraph asks for it: words of ticks."""
        if self.values is None:
            return list(super().tickStrings(values, scale, spacing))
        words = dict(self.values.ticks(min(values, default=0.0), max(values, default=0.0)))
        return [words.get(value, "") for value in values]


class LogAxis(Axis):
    """An axis over log10 of the values, with ticks at round values."""

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N802
        """Pyqtgraph asks for it: powers of ten, finer values where few of those are in sight."""
        del size
        exponents = range(floor(low) - 1, ceil(high) + 1)
        every = max(1, round(len(exponents) / 8))  # a long axis has no room for every decade
        for steps in ((1,), (1, 2, 5), tuple(range(1, 10))):
            places = [e + log10(s) for e in exponents for s in steps if len(steps) > 1 or e % every == 0]
            found = [p for p in places if low <= p <= high]
            if len(found) >= FEW - 1:
                break
        return [(1.0, found)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:  # noqa: N802
        """Pyqtgraph asks for it: words of ticks."""
        del scale, spacing
        return [f"{10.0**value:.4g}" for value in values]
