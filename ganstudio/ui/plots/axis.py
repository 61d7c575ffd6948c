"""An axis that costs little to draw."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

ABOVE, BELOW = 0.5, -200.0  # the part of the plot with the curves lies at -100
LEVELS = 1  # of finer lines between those with numbers

# Lines by their pen, and words with their places and flags.
Drawn = tuple[list[tuple[QPen, list[QLineF]]], list[tuple[QRectF, int, str]]]


class Axis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types
    """Draws its lines and words itself, as they were laid out for the range that is in sight.

    pyqtgraph keeps a recorded picture of them, and playing that takes several times as long. Lines of the
    grid are opaque, in a colour mixed with the ground, and lie below the curves: Qt is slow with
    translucent ones. Where there is an image in the plot they have to be above it, and translucent.
    """

    picture: Drawn | None  # None after whatever changes what is to be drawn

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation)
        self._ground: QColor | None = None
        self.enableAutoSIPrefix(enable=False)
        self.setStyle(maxTickLevel=LEVELS)

    def set_ground(self, colour: str | None) -> None:
        """Lie below the curves on a ground of that colour; None: above an image."""
        self._ground = None if colour is None else QColor(colour)
        self.setZValue(ABOVE if colour is None else BELOW)
        self.picture = None
        self.update()

    def paint(self, painter: QPainter, _option: Any, _widget: Any) -> None:
        """Qt asks for it."""
        if self.picture is None:
            self.picture = self._laid_out(painter)
        lines, words = self.picture
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        for pen, some in lines:
            painter.setPen(pen)
            painter.drawLines(some)
        painter.setPen(self.textPen())
        for place, flags, text in words:
            painter.drawText(place, flags, text)

    def _laid_out(self, painter: QPainter) -> Drawn:
        specs = self.generateDrawSpecs(painter)
        if specs is None:  # the axis has no length yet
            return [], []
        (pen, start, end), ticks, words = specs
        lines = [
            (self._on_ground(tick_pen), [QLineF(one, other) for _, one, other in some])
            for tick_pen, some in groupby(ticks, key=lambda tick: tick[0])
        ]
        lines.append((pen, [QLineF(start, end)]))
        return lines, [(place, int(flags), text) for place, flags, text in words]

    def _on_ground(self, pen: QPen) -> QPen:
        """The pen with the opaque colour that its translucent one gives on the ground."""
        if self._ground is None:
            return pen
        opaque = QPen(pen)
        opaque.setColor(mixed(pen.color(), self._ground, pen.color().alphaF()))
        return opaque


def axes(left: Axis | None = None) -> dict[str, Axis]:
    """The axes of a plot, as pyqtgraph takes them."""
    return {"left": left or Axis("left"), "bottom": Axis("bottom")}


def mixed(colour: QColor, ground: QColor, share: float) -> QColor:
    """The opaque colour that a share (0 to 1) of one colour on another looks like."""
    parts = zip(colour.getRgb()[:3], ground.getRgb()[:3], strict=True)  # type: ignore[index]  # not typed
    return QColor(*(round(share * one + (1.0 - share) * other) for one, other in parts))
