"""A session that is looked at from beside it: read off the disk, and followed while it is written."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from ganstudio.engine.events import Trouble
from ganstudio.session.schema import Record
from ganstudio.session.session import Session
from ganstudio.ui.followed import Followed

FOLLOW_MS = 2000


class StoredRun(QObject):
    """Says of a stored session what a Controller says of one that it trains, by the same signals."""

    opened = Signal(object, object)  # its Experiment, twice
    session_changed = Signal(object)  # Session
    received = Signal(object)  # list[Event]

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path = path
        self._followed = Followed(path, FOLLOW_MS, self)
        self._followed.anew.connect(self._begin)
        self._followed.came.connect(self.received)
        self._followed.troubled.connect(self._on_troubled)

    def open(self) -> None:
        """Tell of the session, and go on telling. Raises UserError where there is none."""
        session = Session.open(self.path)
        self._begin(session.record)
        self.session_changed.emit(session)
        self._followed.start()

    @Slot(str, str)
    def trouble(self, sentence: str, detail: str = "") -> None:
        """Tell the person about a problem."""
        self.received.emit([Trouble(0, sentence, detail, fatal=False)])

    def close(self) -> None:
        """Tell no more."""
        self._followed.finish()

    @Slot(object)
    def _begin(self, record: Record) -> None:
        self.opened.emit(record.experiment, record.experiment)

    @Slot(str)
    def _on_troubled(self, sentence: str) -> None:
        if sentence:
            self.trouble(sentence)
