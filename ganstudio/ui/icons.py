"""Icons of actions: drawings in one colour, which the theme chooses, sharp at every size."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from ganstudio.paths import resource

FILLED = 0.875  # share of an icon's height that the drawing takes


class Drawing(QIconEngine):
    """Draws one file of ``resources/icons/actions`` in one colour, disabled in another."""

    def __init__(self, name: str, colour: str, disabled: str) -> None:
        super().__init__()
        self._name, self._colour, self._disabled = name, colour, disabled

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, _state: QIcon.State) -> None:
        """Draw it in the middle of ``rect``."""
        room = QRectF(0, 0, FILLED * rect.height(), FILLED * rect.height())
        room.moveCenter(QRectF(rect).center())
        colour = self._disabled if mode is QIcon.Mode.Disabled else self._colour
        QSvgRenderer(_svg(self._name).replace(b"currentColor", colour.encode())).render(painter, room)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Draw it on nothing."""
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return made


@cache
def _svg(name: str) -> bytes:
    return resource("icons", "actions", f"{name}.svg").read_bytes()


def icon(name: str, colour: str, disabled: str) -> QIcon:
    """Return an icon in these colours; each is ``#rrggbb``. Raises FileNotFoundError for a wrong name."""
    resource("icons", "actions", f"{name}.svg")
    return QIcon(Drawing(name, colour, disabled))
