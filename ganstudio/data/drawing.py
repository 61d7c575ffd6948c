"""A distribution that a person has drawn: a density on a small grid that is part of the experiment."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ganstudio.data.dataset import DataRequest, Dataset, Progress
from ganstudio.data.packing import SIDE, pack, unpack

Density = NDArray[np.uint8]


def encode(density: Density) -> str:
    """A grid (64, 64) of densities, row 0 at the top, as text; "" for an empty one."""
    return pack(density.astype(np.uint8).tobytes())


def decode(text: str) -> Density:
    """The grid. Raises ValueError where the text is of none, or of an empty one."""
    return np.frombuffer(unpack(text), np.uint8).reshape(SIDE, SIDE).copy()


def sample(density: Density, count: int, random: np.random.Generator) -> NDArray[np.float32]:
    """Points (count, 2) in [-1, 1] x [-1, 1], y upwards: a cell by its share, then uniform within it."""
    shares = density.reshape(-1).astype(np.float64)
    cells = random.choice(SIDE * SIDE, size=count, p=shares / shares.sum())
    places = np.stack([cells % SIDE, cells // SIDE], axis=1) + random.random((count, 2))
    return ((places * (2 / SIDE) - 1) * (1, -1)).astype(np.float32)


def load(request: DataRequest, seed: int, progress: Progress) -> Dataset:
    """Draw ``request.points`` points from ``request.drawing``. Raises ValueError where it is none."""
    points = sample(decode(request.drawing), request.points, np.random.default_rng(seed))
    progress("Drawing points", len(points), len(points))
    return Dataset("drawing", points)
