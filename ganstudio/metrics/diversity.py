"""How much samples differ among themselves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import pdist


def mean_pairwise_distance(samples: NDArray[np.floating]) -> float:
    """Return the mean Euclidean distance over all pairs of ``samples`` (N, ...), which are flattened.

    0 where all are equal (complete mode collapse). Time and memory grow with N^2; a thousand samples are
    enough. Raises ValueError with fewer than two samples.
    """
    if len(samples) < 2:
        raise ValueError("pairwise distance needs two samples")
    return float(pdist(samples.reshape(len(samples), -1)).mean())
