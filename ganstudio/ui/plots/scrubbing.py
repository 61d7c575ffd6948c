"""Looking back on a plot with a time axis: dragging chooses the moment, a line and a veil show it."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor

from ganstudio.ui.theme import Colours

VEIL_ALPHA = 165  # of what came after the moment


class ScrubBox(pg.ViewBox):  # type: ignore[misc]  # pyqtgraph has no types
    """A view whose left button points at a moment; the middle button, or Shift with the left, moves it."""

    scrubbed = Signal(object)  # x

    def mouseDragEvent(self, ev: Any, axis: int | None = None) -> None:
        """Point at a moment, or let pyqtgraph move the view."""
        if axis is None and _points(ev):
            self._point(ev)
        else:
            super().mouseDragEvent(ev, axis=axis)

    def mouseClickEvent(self, ev: Any) -> None:
        """Point at a moment."""
        if _points(ev):
            self._point(ev)
        else:
            super().mouseClickEvent(ev)

    def _point(self, ev: Any) -> None:
        ev.accept()
        self.scrubbed.emit(float(self.mapSceneToView(ev.scenePos()).x()))


class MomentLine(QObject):
    """A line at the moment, and a veil over all that came after it."""

    def __init__(self, item: pg.PlotItem, parent: QObject) -> None:
        super().__init__(parent)
        self._veil = pg.LinearRegionItem(values=(0, 0), movable=False, pen=pg.mkPen(None))
        self._veil.setZValue(20)
        self._line = pg.InfiniteLine(angle=90)
        self._line.setZValue(21)
        for part in (self._veil, self._line):
            item.addItem(part, ignoreBounds=True)
        self.x: float | None = None
        self._box = item.getViewBox()
        self._box.sigXRangeChanged.connect(self._cover)
        self.show_at(None)

    def show_at(self, x: float | None) -> None:
        """Mark an x, or nothing."""
        self.x = x
        for part in (self._veil, self._line):
            part.setVisible(x is not None)
        if x is not None:
            self._line.setPos(x)
            self._cover()

    @Slot()
    def _cover(self) -> None:
        """Reach with the veil to the right edge of the view."""
        if self.x is not None:
            right = float(self._box.viewRange()[0][1])
            self._veil.setRegion((self.x, max(self.x, right)))

    def recolour(self, colours: Colours) -> None:
        """Take the theme's colours."""
        ground = QColor(colours.background)
        ground.setAlpha(VEIL_ALPHA)
        self._veil.setBrush(pg.mkBrush(ground))
        self._line.setPen(pg.mkPen(colours.accent, width=2))


def _points(ev: Any) -> bool:
    shifted = bool(ev.modifiers() & Qt.KeyboardModifier.ShiftModifier)
    return bool(ev.button() == Qt.MouseButton.LeftButton) and not shifted
