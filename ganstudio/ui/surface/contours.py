"""Contour lines of a grid of values, and what lies between its points."""

from __future__ import annotations

from math import ceil, floor, log10

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

LEVELS = 12  # contour lines at most


def contour_pairs(values: FloatArray, levels: FloatArray) -> FloatArray:
    """Line segments (S, 2, 2) of all contours of ``values`` (H, W), as (column, row) of the grid.

    Marching triangles: each cell is cut into two, on which the values are linear, so a level crosses a
    triangle in one segment or not at all, and no case is ambiguous.
    """
    height, width = values.shape
    row, column = np.mgrid[: height - 1, : width - 1].reshape(2, -1)
    corners = np.stack([column, row], axis=1)[:, None]
    places = np.concatenate(
        [
            corners + np.array([[0, 0], [1, 0], [1, 1]]),
            corners + np.array([[0, 0], [1, 1], [0, 1]]),
        ]
    ).astype(np.float64)  # (T, 3, 2)
    known = values[places[..., 1].astype(int), places[..., 0].astype(int)]  # (T, 3)
    ends, end_values = np.roll(places, -1, axis=1), np.roll(known, -1, axis=1)
    above = known[None] > levels[:, None, None]
    crossed = above != (end_values[None] > levels[:, None, None])  # (L, T, 3), two or none a triangle
    level, triangle, edge = np.nonzero(crossed)
    start, end = known[triangle, edge], end_values[triangle, edge]
    share = ((levels[level] - start) / (end - start))[:, None]
    points = places[triangle, edge] * (1 - share) + ends[triangle, edge] * share
    return np.asarray(points.reshape(-1, 2, 2))


def round_levels(low: float, high: float) -> FloatArray:
    """At most ``LEVELS`` round values strictly between two values, equally spaced."""
    if not high > low:
        return np.empty(0)
    rough = (high - low) / LEVELS
    decade = 10.0 ** floor(log10(rough))
    step = next(s * decade for s in (1, 2, 5, 10) if s * decade >= rough * (1 - 1e-9))
    found = step * np.arange(ceil(low / step), floor(high / step) + 1)
    return np.asarray(found[(found > low) & (found < high)], np.float64)


def between(values: FloatArray, column: float, row: float) -> float:
    """The value at a place of the grid (H, W), bilinear; at the edge outside of it."""
    height, width = values.shape
    column, row = min(max(column, 0.0), width - 1.0), min(max(row, 0.0), height - 1.0)
    left, low = min(int(column), width - 2), min(int(row), height - 2)
    x, y = column - left, row - low
    cell = values[low : low + 2, left : left + 2]
    return float(np.array([1 - y, y]) @ cell @ np.array([1 - x, x]))


def enlarged(values: FloatArray, factor: int) -> FloatArray:
    """Values (H, W) at grid points from edge to edge as pixels (factor H, factor W), bilinear."""
    return np.asarray(_weights(len(values), factor) @ values @ _weights(values.shape[1], factor).T)


def _weights(count: int, factor: int) -> FloatArray:
    at = (np.arange(factor * count) + 0.5) / (factor * count) * (count - 1)
    return np.maximum(0.0, 1.0 - np.abs(at[:, None] - np.arange(count)[None]))
