"""A stored session that is read beside the window, and followed while somebody writes it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from ganstudio.errors import Cancelled, UserError
from ganstudio.session.following import Follower, Look
from ganstudio.ui.background import Reader
from ganstudio.ui.turns import Turns


class Followed(QObject):
    """Hands on what a session says, and then what comes to it, a few events at a time."""

    anew = Signal(object)  # its Record: what came so far no longer counts, all of the history comes
    came = Signal(object)  # list[Event]
    settled = Signal()  # what was read has come, all of it; not where nothing is new
    troubled = Signal(str)  # why there is nothing newer; "" once that is mended

    def __init__(self, path: Path, every: int, parent: QObject, *, curves_only: bool = False) -> None:
        """Look what came ``every`` so many milliseconds, from ``start`` on."""
        super().__init__(parent)
        self.path = path
        self._follower = Follower(path, curves_only=curves_only)
        self._reader = Reader(self)
        self._reader.answered.connect(self._on_read)
        self._turns = Turns(self)
        self._turns.due.connect(self.came)
        self._turns.done.connect(self.settled)
        self._is_reading = self._is_closed = self._has_come = False
        self._trouble = ""
        self._timer = QTimer(self, interval=every)
        self._timer.timeout.connect(self.read)

    def start(self) -> None:
        """Begin to read."""
        self.read()
        self._timer.start()

    @Slot()
    def read(self) -> None:
        """Look what came, unless that is under way."""
        if not self._is_reading and not self._turns.is_waiting:
            self._is_reading = True
            self._reader.ask(self.path, self._look)

    def close(self) -> None:
        """Tell no more, and vanish as soon as nothing is being read: nobody waits for that."""
        self._end()
        if not self._is_reading:
            self.deleteLater()

    def finish(self) -> None:
        """Tell no more, and wait for what is being read."""
        self._end()
        self._reader.finish()

    def _end(self) -> None:
        self._is_closed = True
        self._timer.stop()
        self._turns.clear()

    def _look(self) -> Look | str | None:
        """Read, in another thread; or a sentence that says why that cannot be; None: it was closed."""
        try:
            return self._follower.look(self._check)
        except Cancelled:
            return None
        except UserError as error:
            return str(error)
        except OSError as error:
            return f"{self.path} could not be read: {error.strerror}."

    def _check(self) -> None:
        if self._is_closed or self._reader.is_finished:
            raise Cancelled

    @Slot(object, object)
    def _on_read(self, _path: Path, found: Look | str | None) -> None:
        self._is_reading = False
        if self._is_closed:
            self.deleteLater()
            return
        trouble = found if isinstance(found, str) else ""
        if trouble != self._trouble:
            self._trouble = trouble
            self.troubled.emit(trouble)
        if not isinstance(found, Look):
            return
        if found.anew and self._has_come:
            self.anew.emit(found.record)
        if not found.events and not self._has_come:
            self.settled.emit()
        self._has_come = True
        self._turns.put(found.events)
