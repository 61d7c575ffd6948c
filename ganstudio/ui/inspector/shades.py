"""The colours of a heat map: from the plot's ground to what stands out most."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from ganstudio.ui.theme import Colours

LEVELS = 256
RARE = 200.0  # with log colours a share of 1/200 of the greatest has a seventh of its strength


class Shades:
    """Colours by strength, 0 to 1: the ground, the critic's colour, then the text's."""

    def __init__(self, theme: Colours) -> None:
        stops = np.array(
            [QColor(c).getRgb() for c in (theme.background, theme.critic, theme.foreground)], np.float64
        )
        at = np.linspace(0, 1, LEVELS)
        self._table = np.stack([np.interp(at, (0.0, 0.6, 1.0), stops[:, i]) for i in range(4)], axis=1)
        self._bytes = self._table.round().astype(np.uint8)

    def paint(self, shares: NDArray[np.float64], *, log: bool) -> tuple[NDArray[np.uint8], float]:
        """Return pixels (..., 4) for shares (...), and the share that has the strongest colour."""
        peaks = shares.max(axis=1) if len(shares) else np.ones(1)
        peak = max(float(np.quantile(peaks, 0.9)), 1e-9)
        strength = np.minimum(1.0, shares / peak)
        if log:
            strength = np.log1p(RARE * strength) / np.log1p(RARE)
        return self._bytes[(strength * (LEVELS - 1)).astype(np.uint8)], peak

    def legend(self, peak: float, *, log: bool) -> str:
        """Return a strip of the colours with its ends in words, as rich text."""
        spaces = "".join(f'<span style="background:{self._css(i / 11)}">&nbsp;</span>' for i in range(12))
        return f"few {spaces} {100 * peak:.2g} % of a batch{' (log)' if log else ''}"

    def _css(self, strength: float) -> str:
        r, g, b, _ = self._bytes[int(strength * (LEVELS - 1))]
        return f"rgb({r},{g},{b})"
