"""How close samples lie to real data."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

CHUNK = 1024  # samples compared at a time, which bounds the memory


def nearest(
    samples: NDArray[np.floating], reference: NDArray[np.floating]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return for each sample the Euclidean distance (N,) to its nearest reference, and that one's index (N,).

    ``samples`` (N, ...) and ``reference`` (M, ...) have the same shape per item, which is flattened. Raises
    ValueError where there is no reference.
    """
    if not len(reference):
        raise ValueError("nearest needs references")
    flat = reference.reshape(len(reference), -1)
    distances = np.empty(len(samples), dtype=np.float64)
    indices = np.empty(len(samples), dtype=np.int64)
    for start in range(0, len(samples), CHUNK):
        part = samples[start : start + CHUNK]
        matrix = cdist(part.reshape(len(part), -1), flat)
        indices[start : start + CHUNK] = matrix.argmin(axis=1)
        distances[start : start + CHUNK] = matrix.min(axis=1)
    return distances, indices


def nearest_ratio(
    samples: NDArray[np.floating], held_out: NDArray[np.floating], reference: NDArray[np.floating]
) -> float:
    """Return mean nearest-reference distance of ``samples`` divided by that of ``held_out`` real data.

    About 1 where samples are as close to the data as unseen real data; far above 1 for poor samples; near 0
    where the data are copied. Raises ValueError where held-out data all lie on references.
    """
    real = float(nearest(held_out, reference)[0].mean())
    if real == 0:
        raise ValueError("held-out data coincide with the reference")
    return float(nearest(samples, reference)[0].mean()) / real
