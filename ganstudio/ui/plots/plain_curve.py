"""A curve whose chart knows what part of it is in sight."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QRectF


class PlainCurve(pg.PlotCurveItem):  # type: ignore[misc]  # pyqtgraph has no types
    """Takes up what its view shows, instead of looking at all of its points after each change."""

    _boundingRect: QRectF | None  # noqa: N815 - pyqtgraph's; it forgets it when the view changes

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        """Qt asks for it: what is in sight; the view cuts off the rest."""
        if self._boundingRect is None:
            self._boundingRect = self.viewRect()  # None where it lies in no view yet
        return QRectF() if self._boundingRect is None else self._boundingRect
