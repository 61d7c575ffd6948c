"""Telling training of edits: at most ten times a second while a slider is dragged, always the last value."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

INTERVAL = 100  # milliseconds between two edits of a drag


class LiveEdits(QObject):
    """Passes values on to training while it runs; a value that training has already is not sent again."""

    edited = Signal(str, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.is_running = False
        self._known: dict[str, object] = {}
        self._waiting: dict[str, object] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL)
        self._timer.timeout.connect(self._tick)

    def start(self, values: dict[str, object]) -> None:
        """Training runs with these values."""
        self.is_running = True
        self._known = dict(values)

    def stop(self) -> None:
        """Training has ended."""
        self.is_running = False
        self._waiting.clear()
        self._timer.stop()

    def learn(self, path: str, value: object) -> None:
        """Note that training has this value now."""
        self._known[path] = value

    def send(self, path: str, value: object) -> None:
        """Tell training at once."""
        self._waiting.pop(path, None)
        if self.is_running and self._known.get(path) != value:
            self._known[path] = value
            self.edited.emit(path, value)

    def send_soon(self, path: str, value: object) -> None:
        """Tell training now, or within a tenth of a second where it was told just before."""
        if self._timer.isActive():
            self._waiting[path] = value
        elif self.is_running:
            self.send(path, value)
            self._timer.start()

    def _tick(self) -> None:
        if not self._waiting:
            self._timer.stop()
        for path, value in list(self._waiting.items()):
            self.send(path, value)
