"""A session that is looked at from beside it: read off the disk, and followed while it is written."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from ganstudio.engine.events import Event, Trouble
from ganstudio.session.following import Follower
from ganstudio.session.session import Session
from ganstudio.ui.background import Reader
from ganstudio.ui.overlays import reading
from ganstudio.ui.turns import Turns

FOLLOW_MS = 2000


class StoredRun(QObject):
    """Says of a stored session what a Controller says of one that it trains, by the same signals."""

    opened = Signal(object, object)  # its Experiment, twice
    session_changed = Signal(object)  # Session
    received = Signal(object)  # list[Event]

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path = path
        self._follower = Follower(path)
        self._reader = Reader(self)
        self._reader.answered.connect(self._on_read)
        self._history = Turns(self)
        self._history.due.connect(self.received)
        self._is_reading = False
        self._trouble = ""
        self._timer = QTimer(self, interval=FOLLOW_MS)
        self._timer.timeout.connect(self.read)

    def open(self) -> None:
        """Tell of the session, and go on telling. Raises UserError where there is none."""
        session = Session.open(self.path)
        self.opened.emit(session.experiment, session.experiment)
        self.session_changed.emit(session)
        self.read()
        self._timer.start()

    @Slot()
    def read(self) -> None:
        """Look what came."""
        if not self._is_reading:
            self._is_reading = True
            self._reader.ask(self.path, reading(self._follower))

    @Slot(str, str)
    def trouble(self, sentence: str, detail: str = "") -> None:
        """Tell the person about a problem."""
        self.received.emit([Trouble(0, sentence, detail, fatal=False)])

    def close(self) -> None:
        """Tell no more."""
        self._timer.stop()
        self._history.clear()
        self._reader.finish()

    @Slot(object, object)
    def _on_read(self, _path: Path, found: list[Event] | str) -> None:
        self._is_reading = False
        if isinstance(found, str):
            if found != self._trouble:
                self._trouble = found
                self.trouble(found)
        elif found:
            self._history.put(found)
