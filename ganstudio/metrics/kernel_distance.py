"""Kernel distance between two sets of features: KID where they are Inception's."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

DEGREE = 3


def kernel_distance(
    a: NDArray[np.floating],
    b: NDArray[np.floating],
    random: np.random.Generator,
    *,
    subsets: int = 100,
    subset_size: int = 1000,
) -> tuple[float, float]:
    """Mean and standard deviation, over random subsets, of the unbiased squared MMD of ``a``, ``b`` (N, D).

    The kernel is (x.y / D + 1)^3. Unbiased: about 0 for two sets of one distribution, whatever their size,
    and therefore sometimes negative. A subset holds at most as many as the smaller set.

    Source: Binkowski et al. 2018, section 4 and eq. 4. Raises ValueError with fewer than two samples.
    """
    size = min(subset_size, len(a), len(b))
    if size < 2:
        raise ValueError("a kernel distance needs two samples of each")
    values = [
        squared_mmd(a[random.permutation(len(a))[:size]], b[random.permutation(len(b))[:size]])
        for _ in range(subsets)
    ]
    return float(np.mean(values)), float(np.std(values))


def squared_mmd(a: NDArray[np.floating], b: NDArray[np.floating]) -> float:
    """Unbiased squared maximum mean discrepancy of two sets (N, D); Gretton et al. 2012, eq. 3."""
    x, y = np.asarray(a, np.float64), np.asarray(b, np.float64)
    return float(
        _mean_off_diagonal(_kernel(x, x)) + _mean_off_diagonal(_kernel(y, y)) - 2 * _kernel(x, y).mean()
    )


def _mean_off_diagonal(kernel: NDArray[np.float64]) -> float:
    return float((kernel.sum() - np.trace(kernel)) / (len(kernel) * (len(kernel) - 1)))


def _kernel(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    kernel: NDArray[np.float64] = (x @ y.T / x.shape[1] + 1) ** DEGREE
    return kernel
