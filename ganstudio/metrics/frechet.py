"""Frechet distance between two sets of features, each taken as a Gaussian: FID where they are Inception's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Gaussian:
    """Mean (D,) and covariance (D, D) of ``count`` features."""

    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]
    count: int


def gaussian_of(features: NDArray[np.floating]) -> Gaussian:
    """Fit ``features`` (N, D); the covariance divides by N - 1. Raises ValueError with fewer than two."""
    if len(features) < 2:
        raise ValueError("a covariance needs two samples")
    x = np.asarray(features, np.float64)
    mean = x.mean(axis=0)
    centred = x - mean
    return Gaussian(mean, centred.T @ centred / (len(x) - 1), len(x))


def frechet_distance(a: Gaussian, b: Gaussian) -> float:
    """||m_a - m_b||^2 + tr(C_a + C_b - 2 (C_a C_b)^(1/2)), which is never negative.

    The root's trace is the sum of the roots of the eigenvalues of the symmetric C_a^(1/2) C_b C_a^(1/2),
    which is real where the root of the product of two singular matrices would not be. Biased upwards with
    few samples: compare figures of equal counts only.

    Source: Heusel et al. 2017, section 3, eq. 6; Dowson & Landau 1982.
    """
    values, vectors = np.linalg.eigh(a.covariance)
    root = (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T
    product = root @ b.covariance @ root
    shared = np.sqrt(np.clip(np.linalg.eigvalsh((product + product.T) / 2), 0, None)).sum()
    distance = ((a.mean - b.mean) ** 2).sum() + np.trace(a.covariance) + np.trace(b.covariance) - 2 * shared
    return float(max(distance, 0.0))
