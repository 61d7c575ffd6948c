"""KL and Jensen-Shannon divergence of 2-D distributions on a grid, without the bias of counting.

To count samples in cells and compare the shares (the naive way) reads far above 0 even where both samples
come from one distribution, and is infinite as soon as a cell is empty on one side. Here both distributions
pass through the same channel first: a Gaussian blur of ``BLUR`` cells, and with probability ``UNIFORM`` a
uniform place on the grid. By the data-processing inequality (Cover & Thomas 2006, theorem 2.8.1) what is left
is a lower bound of the true divergence, 0 where the distributions agree. What chance adds is then subtracted
to second order (the delta method, as in Miller 1955), so a perfect generator reads about 0, from either side.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

CELLS = 96  # of the grid, a side
BLUR = 1.5  # standard deviation of the blur in cells
UNIFORM = 1e-3  # share of the uniform distribution, which bounds the divergences
MARGIN = 0.2  # of the width of the data, on each side of it

FloatArray = NDArray[np.float64]


class Frame(NamedTuple):
    """A square piece of the plane."""

    left: float
    right: float
    bottom: float
    top: float


class Divergences(NamedTuple):
    """In nats: KL(p_r || p_g), KL(p_g || p_r), and JS, which is at most ln 2."""

    forward: float
    reverse: float
    js: float


@dataclass(frozen=True)
class Blurred:
    """A distribution on the grid after the channel: shares (CELLS, CELLS), rows by y, and their variance."""

    shares: FloatArray
    variance: FloatArray


def frame(points: NDArray[np.floating]) -> Frame:
    """A square around points (N, 2) with a margin. Raises ValueError where there are none."""
    low, high = points.min(axis=0).astype(float), points.max(axis=0).astype(float)
    (x, y), half = (low + high) / 2, (0.5 + MARGIN) * max(float((high - low).max()), 1e-6)
    return Frame(float(x - half), float(x + half), float(y - half), float(y + half))


def blur_width(place: Frame) -> float:
    """Standard deviation of the blur in the data's unit."""
    return BLUR * (place.right - place.left) / CELLS


def of_mixture(centres: NDArray[np.floating], std: float, place: Frame) -> Blurred:
    """Equally heavy Gaussians at ``centres`` (M, 2), exactly: the integral over every cell."""
    columns = np.diff(ndtr((_edges(place.left, place.right)[None] - centres[:, :1]) / std))
    rows = np.diff(ndtr((_edges(place.bottom, place.top)[None] - centres[:, 1:]) / std))
    masses = rows.T @ columns / len(centres)
    shares, _ = _through(masses / masses.sum())
    return Blurred(shares, np.zeros_like(shares))


def of_samples(points: NDArray[np.floating], place: Frame) -> Blurred:
    """The distribution that points (N, 2) were drawn from, estimated; those outside count at the border.

    Raises ValueError for fewer than two points, and for points that are not finite.
    """
    if len(points) < 2 or not np.isfinite(points).all():
        raise ValueError("a distribution is estimated from at least two finite points")
    x = _cells(points[:, 0], place.left, place.right)
    y = _cells(points[:, 1], place.bottom, place.top)
    counts = np.bincount(y * CELLS + x, minlength=CELLS * CELLS).reshape(CELLS, CELLS)
    shares, squares = _through(counts / len(points))
    blurred = (shares - UNIFORM / CELLS**2) / (1 - UNIFORM)
    variance = (1 - UNIFORM) ** 2 * (squares - blurred**2) / (len(points) - 1)
    return Blurred(shares, np.maximum(variance, 0.0))


def divergences(real: Blurred, generated: Blurred) -> Divergences:
    """Divergences of the two, less what chance adds to them.

    For f(p, q) with independent estimates that is (f_pp Var p + f_qq Var q) / 2, summed over the cells.
    """
    p, q, vp, vq = real.shares, generated.shares, real.variance, generated.variance
    m = (p + q) / 2
    forward = np.sum(p * np.log(p / q)) - 0.5 * np.sum(vp / p + p * vq / q**2)
    reverse = np.sum(q * np.log(q / p)) - 0.5 * np.sum(vq / q + q * vp / p**2)
    js = 0.5 * np.sum(p * np.log(p / m) + q * np.log(q / m))
    js -= 0.125 * np.sum((vp * q / p + vq * p / q) / m)
    return Divergences(float(forward), float(reverse), float(js))


@cache
def _kernel() -> FloatArray:
    """What of a cell's mass (column) comes to which cell (row) of a line; columns add up to 1."""
    at = np.arange(CELLS)
    kernel = np.exp(-0.5 * ((at[:, None] - at[None]) / BLUR) ** 2)
    return np.asarray(kernel / kernel.sum(axis=0), np.float64)


def _through(masses: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Masses after the channel, and the second moments of what a single sample brings to each cell."""
    kernel = _kernel()
    squared = kernel**2
    return (1 - UNIFORM) * (kernel @ masses @ kernel.T) + UNIFORM / masses.size, squared @ masses @ squared.T


def _edges(low: float, high: float) -> FloatArray:
    return np.linspace(low, high, CELLS + 1)


def _cells(values: NDArray[np.floating], low: float, high: float) -> NDArray[np.int64]:
    places = np.clip((values.astype(np.float64) - low) / (high - low) * CELLS, 0, CELLS - 1)
    return places.astype(np.int64)
