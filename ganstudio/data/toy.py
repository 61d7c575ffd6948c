"""Two-dimensional toy distributions on about [-1, 1] x [-1, 1].

Each is a pure function ``(request, seed, progress) -> Dataset`` of float32 points (N, 2): the same request
and seed give the same points. ``request.points`` is N; ``request.std`` scales the noise n ~ N(0, I).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ganstudio.data.dataset import DataRequest, Dataset, Modes, Progress

RING_MODES = 8
GRID_SIDE = 5


def ring_centres() -> NDArray[np.float64]:
    """Return the centres (8, 2) of the ring: c_k = (cos(2 pi k / 8), sin(2 pi k / 8))."""
    angle = 2 * np.pi * np.arange(RING_MODES) / RING_MODES
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def grid_centres() -> NDArray[np.float64]:
    """Return the centres (25, 2) of the grid: every pair of {-1, -1/2, 0, 1/2, 1}."""
    ticks = np.linspace(-1.0, 1.0, GRID_SIDE)
    return np.stack(np.meshgrid(ticks, ticks, indexing="ij"), axis=-1).reshape(-1, 2)


def ring(request: DataRequest, seed: int, progress: Progress) -> Dataset:
    """Draw eight Gaussians on the unit circle: x = c_k + std n, k uniform. Labels are k."""
    return _mixture("ring", ring_centres(), request, seed, progress)


def grid(request: DataRequest, seed: int, progress: Progress) -> Dataset:
    """Draw twenty-five Gaussians on a square grid: x = c_k + std n, k uniform. Labels are k."""
    return _mixture("grid", grid_centres(), request, seed, progress)


def swissroll(request: DataRequest, seed: int, progress: Progress) -> Dataset:
    """Draw a spiral of radius 1/3 to 1.

    t = (3 pi / 2)(1 + 2 u) with u ~ U(0, 1); x = t (cos t, sin t) / (9 pi / 2) + std n.
    """
    random = np.random.default_rng(seed)
    t = 1.5 * np.pi * (1 + 2 * random.random(request.points))
    curve = np.stack([t * np.cos(t), t * np.sin(t)], axis=1) / (4.5 * np.pi)
    return Dataset("swissroll", _noisy(curve, request, random, progress))


def moons(request: DataRequest, seed: int, progress: Progress) -> Dataset:
    """Draw two interleaved half circles with equal chance, centred and scaled to [-1, 1] x [-1/2, 1/2].

    Upper: (cos a, sin a); lower: (1 - cos a, 1/2 - sin a); a ~ U(0, pi).
    x = (moon - (1/2, 1/4)) / (3/2) + std n.
    Labels: 0 upper, 1 lower.
    """
    random = np.random.default_rng(seed)
    lower = random.integers(2, size=request.points)
    a = np.pi * random.random(request.points)
    upper_moon = np.stack([np.cos(a), np.sin(a)], axis=1)
    lower_moon = np.stack([1 - np.cos(a), 0.5 - np.sin(a)], axis=1)
    curve = (np.where(lower[:, None] == 1, lower_moon, upper_moon) - (0.5, 0.25)) / 1.5
    points = _noisy(curve, request, random, progress)
    return Dataset("moons", points, labels=lower.astype(np.int64), class_names=("upper", "lower"))


def _mixture(
    name: str, centres: NDArray[np.float64], request: DataRequest, seed: int, progress: Progress
) -> Dataset:
    random = np.random.default_rng(seed)
    mode = random.integers(len(centres), size=request.points)
    points = _noisy(centres[mode], request, random, progress)
    names = tuple(f"mode {k + 1}" for k in range(len(centres)))
    modes = Modes(centres, request.std)
    return Dataset(name, points, labels=mode.astype(np.int64), class_names=names, modes=modes)


def _noisy(
    curve: NDArray[np.float64], request: DataRequest, random: np.random.Generator, progress: Progress
) -> NDArray[np.float32]:
    points = (curve + request.std * random.standard_normal(curve.shape)).astype(np.float32)
    progress("Drawing points", len(points), len(points))
    return points
