"""The sheet that a density is drawn on, by mouse or by keys."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganstudio.data.packing import SIDE
from ganstudio.ui.theme import Colours

Tool = Literal["brush", "spray", "eraser"]

FULL = 255.0
STAMP = 0.35  # of the full density, what one touch of the brush adds in its middle
DROPS = 0.06  # share of the cells below the spray that one touch fills
KEYS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
MARGIN = 18  # pixels for the numbers at the edges


class Canvas(QWidget):
    """A square from -1 to 1 in both directions. Arrow keys move a cursor, the space bar draws there."""

    changed = Signal()  # a stroke is done, or all changed at once

    def __init__(self, colours: Colours) -> None:
        super().__init__()
        self.setObjectName("drawing:canvas")
        self.setAccessibleName("Canvas of the density")
        self.setToolTip("Draw with the mouse; or move with the arrow keys and draw with the space bar.")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(256, 256)
        self.tool: Tool = "brush"
        self.radius = 2.5  # cells
        self._colours = colours
        self._density: NDArray[np.float64] = np.zeros((SIDE, SIDE))
        self._before: list[NDArray[np.float64]] = []
        self._last: QPointF | None = None  # in cells, while a button is held
        self._cursor = QPointF(SIDE / 2, SIDE / 2)
        self._random = np.random.default_rng()

    def density(self) -> NDArray[np.uint8]:
        """What is drawn: (64, 64), row 0 at the top."""
        return np.rint(self._density).astype(np.uint8)

    def set_density(self, density: NDArray[np.uint8]) -> None:
        """Show another one; it can be undone."""
        self._remember()
        self._density = density.astype(np.float64)
        self._tell()

    def clear(self) -> None:
        """Empty the sheet; it can be undone."""
        self.set_density(np.zeros((SIDE, SIDE), np.uint8))

    def undo(self) -> None:
        """Take the last stroke back."""
        if self._before:
            self._density = self._before.pop()
            self._tell()

    @property
    def can_undo(self) -> bool:
        """Whether there is a stroke to take back."""
        return bool(self._before)

    def sizeHint(self) -> QSize:
        """Qt asks for it."""
        return QSize(520, 520)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a stroke."""
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            self._remember()
            self._last = self._cell(event.position())
            self._touch(self._last, erases=event.button() == Qt.MouseButton.RightButton)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw on, without gaps where the mouse is fast."""
        self._cursor = self._cell(event.position())
        if self._last is not None:
            way = self._cursor - self._last
            steps = max(1, int(np.hypot(way.x(), way.y()) / max(0.5, self.radius / 2)))
            erases = bool(event.buttons() & Qt.MouseButton.RightButton)
            for k in range(1, steps + 1):
                self._touch(self._last + way * (k / steps), erases=erases)
            self._last = self._cursor
        self.update()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """End the stroke."""
        if self._last is not None:
            self._last = None
            self._tell()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the cursor, or draw."""
        if (step := KEYS.get(Qt.Key(event.key()))) is not None:
            x, y = self._cursor.x() + step[0], self._cursor.y() + step[1]
            self._cursor = QPointF(min(max(x, 0), SIDE - 1), min(max(y, 0), SIDE - 1))
            self.update()
        elif event.key() == Qt.Key.Key_Space:
            self._remember()
            self._touch(self._cursor, erases=False)
            self._tell()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt asks for it."""
        painter = QPainter(self)
        square = self._square()
        painter.fillRect(square, QColor(self._colours.background))
        cells = np.zeros((SIDE, SIDE, 4), np.uint8)
        ink = QColor(self._colours.real)
        cells[..., :3] = ink.red(), ink.green(), ink.blue()
        cells[..., 3] = self.density()
        painter.drawImage(square, QImage(cells.data, SIDE, SIDE, 4 * SIDE, QImage.Format.Format_RGBA8888))
        painter.setPen(QPen(QColor(self._colours.border), 1))
        painter.drawRect(square)
        middle = square.center()
        painter.drawLine(QPointF(square.left(), middle.y()), QPointF(square.right(), middle.y()))
        painter.drawLine(QPointF(middle.x(), square.top()), QPointF(middle.x(), square.bottom()))
        self._write_numbers(painter, square)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._colours.accent), 1.5))
        scale = square.width() / SIDE
        at = square.topLeft() + (self._cursor + QPointF(0.5, 0.5)) * scale
        painter.drawEllipse(at, self.radius * scale, self.radius * scale)
        painter.end()

    def _write_numbers(self, painter: QPainter, square: QRectF) -> None:
        painter.setPen(QColor(self._colours.muted))
        for value in (-1, 0, 1):
            x = square.center().x() + value * square.width() / 2
            y = square.center().y() - value * square.height() / 2
            below = QRectF(x - 20, square.bottom() + 1, 40, MARGIN - 2)
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, str(value))
            left = QRectF(square.left() - MARGIN - 4, y - 9, MARGIN, 18)
            painter.drawText(left, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(value))

    def _square(self) -> QRectF:
        side = max(64, min(self.width(), self.height()) - 2 * MARGIN - 8)
        return QRectF((self.width() - side) // 2, (self.height() - side) // 2, side, side)

    def _cell(self, position: QPointF) -> QPointF:
        square = self._square()
        return (position - square.topLeft()) * (SIDE / square.width()) - QPointF(0.5, 0.5)

    def _touch(self, at: QPointF, *, erases: bool) -> None:
        rows, columns = np.mgrid[0:SIDE, 0:SIDE]
        distance = np.hypot(columns - at.x(), rows - at.y()) / max(self.radius, 0.5)
        if erases or self.tool == "eraser":
            self._density[distance <= 1] = 0
        elif self.tool == "brush":
            self._density += FULL * STAMP * np.clip(1 - distance**2, 0, 1)
        else:
            drops = (distance <= 2) & (self._random.random(distance.shape) < DROPS)
            self._density[drops] += FULL * STAMP
        np.clip(self._density, 0, FULL, out=self._density)
        self.update()

    def _remember(self) -> None:
        self._before = [*self._before[-49:], self._density.copy()]

    def _tell(self) -> None:
        self.update()
        self.changed.emit()
