"""What the probe of the critic's surface saw, as the panel reads it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ganstudio.engine.events import Measured
from ganstudio.ui.surface.contours import between

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Surface:
    """Values (H, W) and gradients (H, W, 2) of the critic over bounds, with the points of that moment."""

    iteration: int
    bounds: tuple[float, float, float, float]  # left, right, bottom, top
    values: FloatArray
    field: FloatArray
    real: FloatArray
    fake: FloatArray
    arrows: FloatArray
    latent: FloatArray
    estimate: float
    slope: float
    label: int | None

    @classmethod
    def of(cls, event: Measured) -> Surface:
        """Read the arrays of ``ganstudio.probes.surface``."""
        arrays = {name: np.asarray(array, np.float64) for name, array in event.arrays.items()}
        left, right, bottom, top = (float(edge) for edge in arrays["bounds"])
        return cls(
            event.iteration,
            (left, right, bottom, top),
            arrays["values"] + arrays["level"],
            arrays["field"],
            arrays["real"],
            arrays["fake"],
            arrays["arrows"],
            arrays["latent"],
            float(arrays["estimate"]),
            float(arrays["slope"]),
            int(arrays["label"]) if "label" in arrays else None,
        )

    @property
    def norms(self) -> FloatArray:
        """||grad D|| (H, W)."""
        return np.asarray(np.hypot(self.field[..., 0], self.field[..., 1]))

    @property
    def middle(self) -> float:
        """Half way between the mean scores of real and of generated points."""
        means = [np.mean([self.value_at(x, y) for x, y in points]) for points in (self.real, self.fake)]
        return float(np.mean(means))

    def value_at(self, x: float, y: float) -> float:
        """D at a place of the plane, between the grid's points."""
        return between(self.values, *self._place(x, y))

    def norm_at(self, x: float, y: float) -> float:
        """||grad D|| at a place of the plane, between the grid's points."""
        return between(self.norms, *self._place(x, y))

    def to_plane(self, places: FloatArray) -> FloatArray:
        """Places (..., 2) of the grid, as (column, row), in the plane."""
        left, right, bottom, top = self.bounds
        height, width = self.values.shape
        scale = np.array([(right - left) / (width - 1), (top - bottom) / (height - 1)])
        return np.asarray(places * scale + np.array([left, bottom]))

    def _place(self, x: float, y: float) -> tuple[float, float]:
        left, right, bottom, top = self.bounds
        height, width = self.values.shape
        return (x - left) / (right - left) * (width - 1), (y - bottom) / (top - bottom) * (height - 1)
