"""A small plot of one figure of quality, with what real samples read and the moment that is looked at."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from ganstudio.ui.overlays import MOST, Overlay
from ganstudio.ui.plots.axis import axes
from ganstudio.ui.plots.chart import AXIS_WIDTH, dress
from ganstudio.ui.plots.figure_history import FigureHistory, Value, title
from ganstudio.ui.theme import Colours

FEW = 50  # values up to which each is marked
LONGEST = 31  # characters of a title


class SmallMultiple:
    """The plot's parts, made once; ``draw`` only changes their data."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.plot = pg.PlotItem(axisItems=axes(), enableMenu=False)
        self.plot.setMouseEnabled(x=False, y=False)
        self.plot.getAxis("left").setWidth(AXIS_WIDTH)
        self.curve, self.floor = pg.PlotDataItem(), pg.PlotDataItem()
        self.others = [pg.PlotDataItem() for _ in range(MOST)]
        for other in self.others:
            self.plot.addItem(other)
        options = {"position": 0.02, "anchors": [(0, 1), (0, 1)]}
        self.level = pg.InfiniteLine(angle=0, label="real", labelOpts=options)
        self.mark = pg.InfiniteLine(angle=90)
        self.asked = pg.PlotDataItem()  # what a person asked for: marks with error bars, not on the line
        self.bars = pg.ErrorBarItem()
        self.plot.addItem(self.curve)
        self.plot.addItem(self.asked)
        self.plot.addItem(self.bars)
        self.plot.addItem(self.floor)
        for line in (self.level, self.mark):
            self.plot.addItem(line, ignoreBounds=True)

    def draw(
        self, history: FigureHistory, moment: int | None, colour: str, overlays: Sequence[Overlay] = ()
    ) -> None:
        """Show all values of the figure, and mark a moment of the past."""
        for at, other in enumerate(self.others):
            overlay = overlays[at] if at < len(overlays) else None
            other.setVisible(overlay is not None)
            if overlay is not None:
                pen = pg.mkPen(colour, width=1, style=overlay.style)
                other.setData(*overlay.figures.points(self.name), pen=pen)
            else:
                other.setData([], [])
        x, y = history.points(self.name)
        marks = {"symbol": "o" if len(x) < FEW else None, "symbolSize": 5, "symbolBrush": colour}
        self.curve.setData(x, y, pen=pg.mkPen(colour, width=2), symbolPen=None, **marks)
        self._draw_asked(history.asked(self.name), colour)
        known = history.floor(self.name)
        newest = history.at(known) if known else None
        self.floor.setData(*history.points(known or ""))
        self.level.setVisible(newest is not None)
        if newest is not None:
            self.level.setPos(newest.value)
        self.mark.setVisible(moment is not None)
        if moment is not None:
            self.mark.setPos(moment)

    def _draw_asked(self, values: list[Value], colour: str) -> None:
        x, y = [v.iteration for v in values], [v.value for v in values]
        self.asked.setData(x, y, pen=None, symbol="d", symbolSize=9, symbolBrush=colour, symbolPen=None)
        certain = [v for v in values if v.spread is not None]
        self.bars.setVisible(bool(certain))
        if certain:
            beam = 0.02 * max(1, max(x) - min(x))
            self.bars.setData(
                x=np.array([v.iteration for v in certain], np.float64),
                y=np.array([v.value for v in certain]),
                height=np.array([2 * (v.spread or 0) for v in certain]),
                beam=beam,
                pen=pg.mkPen(colour, width=1),
            )

    def recolour(self, colours: Colours) -> None:
        """Take the theme's colours."""
        dress(self.plot, colours)
        words = title(self.name)
        words = words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"  # a longer one widens the plot
        self.plot.setTitle(words, color=colours.foreground, size="9pt")
        real = pg.mkPen(colours.real, width=1, style=Qt.PenStyle.DotLine)
        self.floor.setPen(real)
        self.level.setPen(real)
        self.level.label.setColor(colours.real)
        self.mark.setPen(pg.mkPen(colours.muted, width=1))
