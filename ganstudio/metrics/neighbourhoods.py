"""Precision, recall, density and coverage from nearest neighbours among features."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

CHUNK = 512  # rows of the distance matrix at a time, which bounds the memory

Features = NDArray[np.floating]


@dataclass(frozen=True)
class Neighbourhoods:
    """How the two sets' manifolds, unions of balls around their samples, overlap.

    ``precision``, ``recall`` and ``coverage`` lie in [0, 1]; ``density`` is 1 where both sets are alike and
    may be larger.
    """

    precision: float  # share of generated samples within the real manifold: are they good?
    recall: float  # share of real samples within the generated manifold: is all of the data reached?
    density: float  # as precision, but counting in how many balls a sample lies
    coverage: float  # share of real samples with a generated one nearer than their k-th real neighbour


def neighbourhoods(real: Features, fake: Features, k: int = 5) -> Neighbourhoods:
    """Compare features ``real`` (N, D) and ``fake`` (M, D).

    A ball around a sample reaches to the k-th neighbour in its own set.

    Source: precision and recall of Kynkaanniemi et al. 2019, eq. 1-2 (there k = 3), density and coverage of
    Naeem et al. 2020, eq. 5-6 (k = 5). Raises ValueError where a set has no more than k samples.
    """
    if min(len(real), len(fake)) <= k:
        raise ValueError(f"more than {k} samples of each are needed, not {len(real)} and {len(fake)}")
    real_radius, fake_radius = _radii(real, k), _radii(fake, k)
    in_real = np.zeros(len(fake), np.int64)  # in how many real balls each generated sample lies
    in_fake = np.zeros(len(real), bool)
    covered = np.zeros(len(real), bool)
    for start in range(0, len(real), CHUNK):
        part = slice(start, start + CHUNK)
        distances = cdist(real[part], fake)  # (n, M)
        inside = distances <= real_radius[part, None]
        in_real += inside.sum(axis=0)
        covered[part] = inside.any(axis=1)
        in_fake[part] = (distances <= fake_radius).any(axis=1)
    return Neighbourhoods(
        precision=float((in_real > 0).mean()),
        recall=float(in_fake.mean()),
        density=float(in_real.mean() / k),
        coverage=float(covered.mean()),
    )


def _radii(features: Features, k: int) -> NDArray[np.float64]:
    """Distance (N,) of each sample to its k-th nearest other one."""
    radii = np.empty(len(features))
    for start in range(0, len(features), CHUNK):
        distances = cdist(features[start : start + CHUNK], features)
        # The sample itself is the 0-th: a duplicate of it counts as a neighbour.
        radii[start : start + CHUNK] = np.partition(distances, k, axis=1)[:, k]
    return radii
