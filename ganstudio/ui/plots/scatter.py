"""Real and generated points in the plane, with the true modes."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from ganstudio.data.dataset import Modes
from ganstudio.ui.plots.axis import axes
from ganstudio.ui.plots.chart import canvas, dress
from ganstudio.ui.theme import Colours

SHOWN = 2000  # real points drawn at most
CORNERS = 48  # of a circle
REACH = 3.0  # a mode reaches this many standard deviations


class Scatter(QWidget):
    """Points with equal scales on both axes; the view is fixed by the real points, so that it never jumps."""

    def __init__(self, name: str, colours: Colours, second: str = "generated") -> None:
        super().__init__()
        self.setObjectName(name)
        self._real_shown: NDArray[np.float32] | None = None
        self._canvas = canvas(f"{name}:canvas")
        self._canvas.setAccessibleName(f"Real points, {second}")
        layout = pg.QtWidgets.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._canvas)
        self.plot = self._canvas.addPlot(axisItems=axes(), enableMenu=False)
        self.plot.setAspectLocked(lock=True)
        self.plot.getViewBox().disableAutoRange()
        self.real = pg.ScatterPlotItem(pen=None, size=4, name="real")
        self.modes = pg.PlotCurveItem(connect="finite")
        self.generated = pg.ScatterPlotItem(pen=None, size=4, name=second)
        self._legend = self.plot.addLegend(offset=(-8, 8))
        for item in (self.real, self.modes, self.generated):
            self.plot.addItem(item)
        self.recolour(colours)

    def show_points(
        self, real: NDArray[np.float32], generated: NDArray[np.float32], modes: Modes | None
    ) -> None:
        """Show points (N, 2) and the circles of the modes."""
        if real is not self._real_shown:
            self._real_shown = real
            some = real[:SHOWN]
            self.real.setData(x=some[:, 0], y=some[:, 1])
            x, y = circles(modes) if modes is not None else (np.empty(0), np.empty(0))
            self.modes.setData(x, y, connect=edges(len(x)))
            self._frame(real)
        finite = generated[np.isfinite(generated).all(axis=1)]
        self.generated.setData(x=finite[:, 0], y=finite[:, 1])

    def recolour(self, colours: Colours) -> None:
        """Take the theme's colours."""
        self._canvas.setBackground(colours.background)
        dress(self.plot, colours)
        faint = QColor(colours.muted)
        faint.setAlpha(110)
        self.real.setBrush(pg.mkBrush(faint))
        self.generated.setBrush(pg.mkBrush(colours.generated))
        self.modes.setPen(pg.mkPen(colours.foreground, width=1, style=Qt.PenStyle.DotLine))
        self._legend.setLabelTextColor(colours.foreground)
        for _, label in self._legend.items:
            label.setText(label.text)

    def _frame(self, real: NDArray[np.float32]) -> None:
        low, high = real.min(axis=0).astype(float), real.max(axis=0).astype(float)
        margin = 0.15 * max(float((high - low).max()), 1e-6)
        self.plot.setRange(
            xRange=(low[0] - margin, high[0] + margin),
            yRange=(low[1] - margin, high[1] + margin),
            padding=0.0,
        )


def circles(modes: Modes) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return x and y, (M * CORNERS,) each, of a closed circle around each of M modes."""
    angles = np.linspace(0.0, 2.0 * np.pi, CORNERS)
    radius = REACH * modes.std
    x = modes.centres[:, :1] + radius * np.cos(angles)
    y = modes.centres[:, 1:] + radius * np.sin(angles)
    return x.ravel(), y.ravel()


def edges(count: int) -> NDArray[np.int32]:
    """Return for each of ``count`` points of circles whether a line leads to the next one, as 0 or 1."""
    leads_on: NDArray[np.int32] = (np.arange(1, count + 1) % CORNERS != 0).astype(np.int32)
    return leads_on
