"""Arrow keys, Home and End for looking back."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent

from ganstudio.ui.moments.cursor import TimeCursor


class TimeKeys(QObject):
    """Left and right go from one stored picture to the next, Home to the beginning, End to now."""

    chosen = Signal(object)  # an iteration, or None for now

    def __init__(self, watched: QObject, cursor: TimeCursor) -> None:
        super().__init__(watched)
        self._cursor = cursor
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Take those keys, where no modifier gives them another meaning."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return super().eventFilter(watched, event)
        match event.key():
            case Qt.Key.Key_Left:
                self.chosen.emit(self._cursor.stepped(-1))
            case Qt.Key.Key_Right:
                self.chosen.emit(self._cursor.stepped(1))
            case Qt.Key.Key_Home:
                self.chosen.emit(self._cursor.wish(0))
            case Qt.Key.Key_End:
                self.chosen.emit(None)
            case _:
                return super().eventFilter(watched, event)
        return True
