"""All figures of quality of 2-D samples, in one place."""

from __future__ import annotations

from statistics import fmean
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganstudio.metrics.coverage import mode_coverage
from ganstudio.metrics.divergence import (
    CELLS,
    UNIFORM,
    blur_width,
    divergences,
    frame,
    of_mixture,
    of_samples,
)
from ganstudio.metrics.transport import wasserstein1

ASSIGNED = 256  # points on either side of the exact W1, whose time grows with the cube
PAIRS = 6  # of real samples, whose mean distance is the floor of W1

Floats = NDArray[np.floating]


class PointFigures:
    """Judges generated points against the same real ones, time and again.

    ``real`` (R, 2) are real points, ``centres`` (M, 2) the true modes and ``std`` their spread. The density
    that KL and JS compare with is exact where the modes are known, and otherwise estimated from ``real``.
    Raises ValueError for fewer than four real points.
    """

    def __init__(self, real: Floats, centres: Floats | None = None, std: float = 0.0) -> None:
        if len(real) < 4:
            raise ValueError(f"figures need at least four real points, not {len(real)}")
        self._centres, self._std = centres, std
        self._frame = frame(real)
        self._density = (
            of_samples(real, self._frame) if centres is None else of_mixture(centres, std, self._frame)
        )
        size = min(ASSIGNED, len(real) // 2)
        groups = min(2 * PAIRS, len(real) // size)
        self._real = [real[i * size : (i + 1) * size] for i in range(groups)]
        pairs = zip(self._real[::2], self._real[1::2], strict=False)
        self.floor = fmean(wasserstein1(one, other) for one, other in pairs)
        self._facts = {
            "samples of W1": len(self._real[0]),
            "real density": "exact" if centres is not None else f"estimated from {len(real):,} samples",
            "grid": f"{CELLS} x {CELLS} cells, blur {blur_width(self._frame):.2g}, {UNIFORM:.1%} uniform",
        }

    def evaluate(self, generated: Floats) -> tuple[dict[str, float], dict[str, Any]]:
        """Figures of generated points (N, 2) by their names in FIGURES, and facts in plain JSON.

        No figures where a point is not finite, or where there are fewer than W1 is taken of.
        """
        count = len(self._real[0])
        facts = {"generated samples": len(generated), **self._facts}
        if len(generated) < count or not np.isfinite(generated).all():
            return {}, facts
        found = divergences(self._density, of_samples(generated, self._frame))
        figures = {
            "w1": wasserstein1(generated[:count], self._real[0]),
            "w1_real": self.floor,
            "js": found.js,
            "kl_forward": found.forward,
            "kl_reverse": found.reverse,
        }
        if self._centres is not None:
            coverage = mode_coverage(generated, self._centres, self._std)
            figures |= {"modes_covered": float(coverage.covered), "good_share": coverage.good_share}
            facts["modes"] = len(self._centres)
        return figures, facts
