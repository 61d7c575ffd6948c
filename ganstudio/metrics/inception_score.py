"""How sure a classifier is of each sample and how many classes it sees: IS where it is Inception."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def inception_score(probabilities: NDArray[np.floating], splits: int = 10) -> tuple[float, float]:
    """Mean and standard deviation, over splits, of exp(E KL(p(y|x) || p(y))).

    ``probabilities`` (N, C) have rows that sum to 1. Between 1 (all samples alike to the classifier) and C
    (each sure, all classes equally frequent). Says nothing of the data: noise can score high.

    Source: Salimans et al. 2016, section 4. Raises ValueError where there are fewer samples than splits.
    """
    if not 1 <= splits <= len(probabilities):
        raise ValueError(f"{len(probabilities)} samples cannot be split into {splits}")
    scores = []
    for part in np.array_split(np.asarray(probabilities, np.float64), splits):
        marginal = part.mean(axis=0, keepdims=True)
        with np.errstate(divide="ignore", invalid="ignore"):
            terms = np.where(part > 0, part * (np.log(part) - np.log(marginal)), 0.0)
        scores.append(np.exp(terms.sum(axis=1).mean()))
    return float(np.mean(scores)), float(np.std(scores))
