"""The exact optimal critic between two sets of points, to hold trained critics against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

Points = NDArray[np.floating]
Values = NDArray[np.float64]
ROUNDING = 1e-9  # improvements below this are rounding errors, not a shorter path


@dataclass(frozen=True)
class Potential:
    """A 1-Lipschitz function f with E f(real) - E f(fake) = W1: what an optimal critic is, up to a constant.

    ``heights`` are f at the ``fake`` points (N, 2); everywhere else f is the mean of the greatest and the
    least 1-Lipschitz function with the values on both sets.
    """

    real: Points
    fake: Points
    heights: Values
    w1: float

    def __call__(self, points: Points) -> Values:
        """The values f (P,) at ``points`` (P, 2)."""
        on_real = (self.heights + cdist(self.real, self.fake)).min(axis=1)
        greatest = (self.heights + cdist(points, self.fake)).min(axis=1)
        least = (on_real - cdist(points, self.real)).max(axis=1)
        return np.asarray((greatest + least) / 2)


def optimal_potential(real: Points, fake: Points) -> Potential:
    """Solve the Kantorovich dual between ``real`` and ``fake``, both (N, 2).

    An optimal assignment s of real to fake points makes f steep by exactly 1 along each pair, so f(y_s(i)) <=
    f(y_j) + |x_i - y_j| - |x_i - y_s(i)| for all i, j: shortest paths from f = 0, found by Bellman and Ford's
    repetition. The mean of the greatest and the least solution is taken, for f is not unique.
    Source: Peyre & Cuturi 2019, "Computational Optimal Transport", proposition 3.3.
    """
    cost = cdist(real, fake)
    _, partner = linear_sum_assignment(cost)
    paired = cost[np.arange(len(real)), partner]
    edges = (cost - paired[:, None])[np.argsort(partner)]  # from column j to the fake point of that row
    highest = _shortest(edges)
    lowest = -_shortest(edges.T.copy())
    return Potential(
        real, fake, (highest + lowest - lowest.mean() - highest.mean()) / 2, float(paired.mean())
    )


def _shortest(edges: Values) -> Values:
    """Solve h_k = min_j (h_j + edges_kj), from 0 downwards; at most N rounds, as no cycle is negative."""
    heights = np.zeros(len(edges))
    for _ in range(len(edges)):
        shorter = (heights + edges).min(axis=1)
        if (heights - shorter).max() < ROUNDING:
            break
        heights = np.minimum(heights, shorter)
    return heights
