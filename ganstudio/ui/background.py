"""Small readings from the disk beside the window, such as thumbnails: nobody waits, nothing to cancel."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal


class Reader(QObject):
    """Calls functions one after another in a thread; each answer comes back with its key.

    A function may not touch widgets and raises nothing. What is still waiting is forgotten by ``clear``.
    """

    answered = Signal(object, object)  # key, what the function returned

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self.is_finished = False  # then what is read is of no use to anybody

    def ask(self, key: object, function: Callable[[], object], *, soon: bool = False) -> None:
        """Have a function called; ``soon`` puts it before the others."""
        if not self.is_finished:
            self._pool.start(_Call(self, key, function), 1 if soon else 0)

    def clear(self) -> None:
        """Forget what has not begun yet."""
        self._pool.clear()

    def finish(self) -> None:
        """Forget what has not begun, and wait for what has; nothing is asked any more."""
        self.is_finished = True
        self._pool.clear()
        self._pool.waitForDone()


def finish_readers(parent: QObject) -> None:
    """Finish all readers below an object, before it goes: their threads need it."""
    for reader in parent.findChildren(Reader):
        reader.finish()


class _Call(QRunnable):
    def __init__(self, reader: Reader, key: object, function: Callable[[], object]) -> None:
        super().__init__()
        self._reader = reader
        self._key = key
        self._function = function

    def run(self) -> None:
        """Qt asks for it: do it, in the pool's thread."""
        answer = self._function()
        self._reader.answered.emit(self._key, answer)
