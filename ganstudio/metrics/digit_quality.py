"""Judging generated 8x8 digits against the real ones that scikit-learn ships."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ganstudio.metrics.diversity import mean_pairwise_distance
from ganstudio.metrics.nearest import nearest_ratio

NEIGHBOURS = 3
HELD_OUT = 400
BRIGHTEST = 16.0


@dataclass(frozen=True)
class DigitQuality:
    """Verdict on generated digits.

    ``nearest_ratio``: mean distance to the nearest real digit over that of held-out real digits (1 is as good
    as real). ``class_shares`` (10,): share of samples that a k-NN classifier of the real digits gives to each
    class. ``diversity_ratio``: mean pairwise distance over that of real digits (1 is as varied as real).
    """

    nearest_ratio: float
    class_shares: NDArray[np.float64]
    diversity_ratio: float

    def classes_present(self, share: float = 0.01) -> int:
        """How many of the ten classes have at least ``share`` of the samples."""
        return int((self.class_shares >= share).sum())


def digit_quality(samples: NDArray[np.floating], seed: int = 0) -> DigitQuality:
    """Judge ``samples`` (N, 1, 8, 8) in [-1, 1].

    400 real digits, drawn with ``seed``, are held out; the other 1,397 are the reference of the distances and
    of the classifier. Raises ValueError for another shape, or fewer than two samples.
    """
    if samples.shape[1:] != (1, 8, 8) or len(samples) < 2:
        raise ValueError(f"samples of shape (N, 1, 8, 8) are needed, not {samples.shape}")
    from sklearn.datasets import load_digits
    from sklearn.neighbors import KNeighborsClassifier

    digits = load_digits()
    real = digits.data / (BRIGHTEST / 2) - 1
    order = np.random.default_rng(seed).permutation(len(real))
    held_out, reference = real[order[:HELD_OUT]], real[order[HELD_OUT:]]
    flat = samples.reshape(len(samples), -1).astype(np.float64)

    classifier = KNeighborsClassifier(NEIGHBOURS).fit(reference, digits.target[order[HELD_OUT:]])
    counts = np.bincount(classifier.predict(flat), minlength=10)
    return DigitQuality(
        nearest_ratio(flat, held_out, reference),
        counts / len(flat),
        mean_pairwise_distance(flat) / mean_pairwise_distance(held_out),
    )
