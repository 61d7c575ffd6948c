"""What is asked for more often than a person can read."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot


class Seldom(QObject):
    """Does something at once, then at most every so often however often it is asked for, and a last time."""

    def __init__(self, parent: QObject, action: Callable[[], object], *, every_ms: int) -> None:
        super().__init__(parent)
        self._action = action
        self._is_due = False
        self._rest = QTimer(self, interval=every_ms, singleShot=True)
        self._rest.timeout.connect(self._on_rested)

    @Slot()
    def ask(self) -> None:
        """Have it done."""
        if self._rest.isActive():
            self._is_due = True
            return
        self._rest.start()
        self._action()

    @Slot()
    def _on_rested(self) -> None:
        if self._is_due:
            self._is_due = False
            self.ask()
