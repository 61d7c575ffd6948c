"""Where between a generated and a real sample the critic is steep."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from ganstudio.session.moments import Moment
from ganstudio.ui.exports import Table
from ganstudio.ui.inspector.view import Arrays, View, age_words, arrays_of
from ganstudio.ui.plots.histogram import StableRange
from ganstudio.ui.theme import Colours

PROBE = "eps"


class EpsView(View):
    """The mean norm at x^ = eps x + (1 - eps) G(z), and the band that most of the norms lie in."""

    name = "eps"
    title = "Along ε"
    tip = "Gradient norm along the lines between generated and real samples"
    empty_text = (
        "How steep the critic is on the way from generated (ε = 0) to real samples (ε = 1) will appear here "
        "after the first measurement."
    )
    explanation = (
        "<p><b>Along ε.</b> The interpolate is <b>x̂</b> = ε x + (1 - ε) G(z): at ε = 0 it is a generated "
        "sample, at ε = 1 a real one. The line is the mean gradient norm there, the band holds most norms. "
        "The optimal 1-Lipschitz critic has slope 1 all the way; a penalty only at the ends would leave the "
        "middle free.</p>"
    )

    def __init__(self) -> None:
        super().__init__()
        self._arrays: Arrays = {}
        self._range = StableRange()
        self.plot = self.add_plot()
        self.plot.setLabel("bottom", "ε (0: generated sample, 1: real sample)")
        self.plot.setLabel("left", "gradient norm")
        self.low, self.mean, self.high = (pg.PlotCurveItem() for _ in range(3))
        self.band = pg.FillBetweenItem(self.low, self.high)
        self.line = pg.InfiniteLine(
            angle=0, label="", labelOpts={"position": 0.98, "anchors": [(1, 1), (1, 0)]}
        )
        for item in (self.band, self.low, self.high, self.mean):
            self.plot.addItem(item)
        self.plot.addItem(self.line, ignoreBounds=True)
        self.plot.setXRange(0, 1, padding=0.02)
        self.recolour(self.colours)

    def plots(self) -> tuple[pg.PlotItem, ...]:
        """The plot."""
        return (self.plot,)

    def recolour(self, theme: Colours) -> None:
        """Take the theme's colours."""
        super().recolour(theme)
        shade = QColor(theme.critic)
        shade.setAlpha(60)
        self.band.setBrush(pg.mkBrush(shade))
        for edge in (self.low, self.high):
            edge.setPen(pg.mkPen(shade))
        self.mean.setPen(pg.mkPen(theme.critic, width=2))
        self.line.setPen(pg.mkPen(theme.target, width=1, style=Qt.PenStyle.DashLine))
        self.line.label.setColor(theme.target)

    def draw(self, seen: Moment) -> None:
        """Draw the newest measurement of a moment."""
        self._arrays = arrays_of(seen, PROBE) or {}
        if not self._arrays:
            self.show_words(self.empty_text)
            return
        eps, mean, low, high = (self._arrays[n].astype(np.float64) for n in ("eps", "mean", "low", "high"))
        for curve, values in ((self.low, low), (self.mean, mean), (self.high, high)):
            curve.setData(eps, values)
        target, _ = self.limit(seen.norms.target if seen.norms else None)
        self.line.setVisible(target is not None)
        if target is not None:
            self.line.setPos(target)
            self.line.label.setFormat(f"{target:g}")
        self.plot.setYRange(0, self._range.include(1.05 * max(float(high.max()), target or 0.0)), padding=0)
        at = int(np.argmax(mean))
        self.show_plot(
            f"Mean norm {mean[0]:.3g} at generated, {mean[-1]:.3g} at real samples; steepest at ε = "
            f"{eps[at]:.2g} with {mean[at]:.3g}. Measured at {age_words(seen, PROBE)}."
        )

    def table(self) -> Table:
        """Return the curves."""
        return [
            (name, self._arrays[name].tolist()) for name in ("eps", "mean", "low", "high") if self._arrays
        ]
