"""Curves of other sessions over those of the session that is worked on."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot

from ganstudio.engine.events import Event
from ganstudio.session.schema import Record
from ganstudio.ui.followed import Followed
from ganstudio.ui.plots.curves import CURVES
from ganstudio.ui.plots.figure_history import FigureHistory
from ganstudio.ui.plots.history import History

MOST = 2  # more lines than that nobody can tell apart
FOLLOW_MS = 3000  # a session may be written while it is shown
STYLES = (Qt.PenStyle.DashLine, Qt.PenStyle.DotLine)


class Overlay(QObject):
    """Another session's curves; ``trouble`` says why there are none, or no newer ones."""

    changed = Signal()

    def __init__(self, path: Path, style: Qt.PenStyle, parent: QObject) -> None:
        super().__init__(parent)
        self.path = path
        self.style = style
        self.curves = History(CURVES)
        self.figures = FigureHistory()
        self.trouble = ""
        self.is_coming = True  # whether its history is still being read
        self._followed = Followed(path, FOLLOW_MS, parent, curves_only=True)  # may outlive this by a moment
        self._followed.anew.connect(self._forget)
        self._followed.came.connect(self._take)
        self._followed.settled.connect(self._on_settled)
        self._followed.troubled.connect(self._on_troubled)

    @property
    def name(self) -> str:
        """What people call the session."""
        return self.path.name

    def start(self) -> None:
        """Begin to read."""
        self._followed.start()

    def read(self) -> None:
        """Look what came."""
        self._followed.read()

    def close(self) -> None:
        """Take in no more, and vanish."""
        self._followed.close()
        self.deleteLater()

    @Slot(object)
    def _forget(self, _record: Record) -> None:
        self.curves, self.figures = History(CURVES), FigureHistory()
        self.is_coming = True

    @Slot(object)
    def _take(self, events: list[Event]) -> None:
        for event in events:
            self.curves.handle(event)
            self.figures.handle(event)

    @Slot()
    def _on_settled(self) -> None:
        self.is_coming = False
        self.changed.emit()

    @Slot(str)
    def _on_troubled(self, sentence: str) -> None:
        self.trouble, self.is_coming = sentence, False
        self.changed.emit()


class Overlays(QObject):
    """The one place that knows which sessions are drawn over the current one."""

    changed = Signal(object)  # list[Overlay]
    refused = Signal(str)  # a sentence

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.shown: list[Overlay] = []

    @Slot(object, bool)
    def choose(self, path: Path, wanted: bool) -> None:  # noqa: FBT001 - a check box's slot
        """Draw a session's curves, or no longer; of more than ``MOST`` the person is told."""
        there = {overlay.path: overlay for overlay in self.shown}
        if wanted and path not in there:
            if len(there) >= MOST:
                self.refused.emit(f"Curves of {MOST} sessions can lie over these; take one away first.")
                self._tell()
                return
            taken = {overlay.style for overlay in self.shown}
            overlay = Overlay(path, next(style for style in STYLES if style not in taken), self)
            overlay.changed.connect(self._tell)
            self.shown.append(overlay)
            overlay.start()
        elif not wanted and path in there:
            self.shown.remove(there[path])
            there[path].close()
        self._tell()

    def read(self) -> None:
        """Look what came to the sessions that are shown."""
        for overlay in self.shown:
            overlay.read()

    @Slot()
    def _tell(self) -> None:
        self.changed.emit(self.shown)
