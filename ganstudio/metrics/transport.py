"""Exact optimal transport between two sets of points."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist


def wasserstein1(a: NDArray[np.floating], b: NDArray[np.floating]) -> float:
    """Return the exact W1 between the empirical distributions of ``a`` and ``b``, both (N, d), Euclidean.

    With equal numbers of equally heavy points an optimal plan is an assignment: W1 = min over permutations s
    of mean_i ||a_i - b_s(i)||. Time grows with N^3: 1,000 points take some tens of milliseconds.

    Source: Peyre & Cuturi 2019, "Computational Optimal Transport", proposition 2.1. Raises ValueError where
    the numbers differ or are 0.
    """
    if len(a) != len(b) or not len(a):
        raise ValueError(f"exact W1 needs equally many points, not {len(a)} and {len(b)}")
    cost = cdist(a, b)
    rows, columns = linear_sum_assignment(cost)
    return float(cost[rows, columns].mean())
