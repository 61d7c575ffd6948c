"""Looks for garbage in the window's thread only.

Python looks for unreachable cycles of objects in whatever thread happens to make one object too many. Qt's
objects may be destroyed only where they were made: in the thread that trains or reads, that can end in a
deadlock between Qt's locks and Python's, or in a crash.
"""

from __future__ import annotations

import gc
from types import TracebackType

from PySide6.QtCore import QObject, QTimer, Slot

LOOK_MS = 1000


class GarbageHere(QObject):
    """From ``with`` on, nothing but this thread looks for garbage, about as often as Python would."""

    def __init__(self) -> None:
        super().__init__()
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self.look)

    def __enter__(self) -> GarbageHere:
        gc.disable()
        self._timer.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._timer.stop()
        gc.enable()

    @Slot()
    def look(self) -> None:
        """Collect the generations that are due."""
        due = [count > most for count, most in zip(gc.get_count(), gc.get_threshold(), strict=True)]
        if due[0]:
            gc.collect(2 if all(due) else int(due[1]))
