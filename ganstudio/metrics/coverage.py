"""Which of a distribution's known modes the samples reach."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

REACH = 3.0  # standard deviations within which a sample belongs to a mode
SHARE = 0.01  # of all samples that a mode needs to count as covered


@dataclass(frozen=True)
class Coverage:
    """How well modes are covered.

    ``counts`` (M,) are the samples within three standard deviations of each mode;
    ``covered`` the modes with at least 1 % of all samples; ``good_share`` the share of samples, 0 to 1, that
    belong to any mode.
    """

    counts: NDArray[np.int64]
    covered: int
    good_share: float


def mode_coverage(samples: NDArray[np.floating], centres: NDArray[np.floating], std: float) -> Coverage:
    """Judge ``samples`` (N, d) against modes at ``centres`` (M, d) of standard deviation ``std``.

    Source: the measure of Srivastava et al. 2017 (VEEGAN), section 4.1, with a threshold of 1 %.
    Raises ValueError where there are no samples.
    """
    if not len(samples):
        raise ValueError("coverage needs samples")
    within = cdist(samples, centres) <= REACH * std
    counts = within.sum(axis=0).astype(np.int64)
    covered = int((counts >= SHARE * len(samples)).sum())
    return Coverage(counts, covered, float(within.any(axis=1).mean()))
