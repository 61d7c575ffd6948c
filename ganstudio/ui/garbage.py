"""Looks for garbage in the window's thread only.

Python looks for unreachable cycles of objects in whatever thread happens to make one object too many. Qt's
objects may be destroyed only where they were made: in the thread that trains or reads, that can end in a
deadlock between Qt's locks and Python's, or in a crash.

Nor may a search begin while Qt destroys an object: it holds a lock then, and asks Python whether it wants to
know. What the search finds may need the same lock, and that is never given back.
"""

from __future__ import annotations

import gc
from types import TracebackType
from typing import Self

from PySide6.QtCore import QTimer, Slot

LOOK_MS = 1000


class GarbageHere:
    """From ``with`` on, nothing but this thread looks for garbage, about as often as Python would.

    Qt's objects that are made within have to be gone at the end.
    """

    def __init__(self) -> None:
        self._clock: _Clock | None = None
        self._was_enabled = False

    def __enter__(self) -> Self:
        self._was_enabled = gc.isenabled()
        gc.disable()
        self._clock = _Clock()
        self._clock.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._clock = None  # it goes before anything looks again
        if self._was_enabled:
            gc.enable()


class _Clock(QTimer):
    def __init__(self) -> None:
        super().__init__(interval=LOOK_MS)
        self.timeout.connect(self.look)

    @Slot()
    def look(self) -> None:
        """Collect the generations that are due."""
        due = [count > most for count, most in zip(gc.get_count(), gc.get_threshold(), strict=True)]
        if due[0]:
            gc.collect(2 if all(due) else int(due[1]))
