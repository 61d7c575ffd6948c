"""Curves of other sessions over those of the session that is worked on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from ganstudio.engine.events import Event
from ganstudio.errors import UserError
from ganstudio.session.following import Follower
from ganstudio.ui.background import Reader
from ganstudio.ui.plots.curves import CURVES
from ganstudio.ui.plots.figure_history import FigureHistory
from ganstudio.ui.plots.history import History

MOST = 2  # more lines than that nobody can tell apart
FOLLOW_MS = 3000  # a session may be written while it is shown
STYLES = (Qt.PenStyle.DashLine, Qt.PenStyle.DotLine)


@dataclass
class Overlay:
    """Another session's curves; ``trouble`` says why there are none, or no newer ones."""

    path: Path
    style: Qt.PenStyle
    curves: History = field(default_factory=lambda: History(CURVES))
    figures: FigureHistory = field(default_factory=FigureHistory)
    trouble: str = ""

    @property
    def name(self) -> str:
        """What people call the session."""
        return self.path.name

    def take(self, events: list[Event]) -> None:
        """Remember what came."""
        for event in events:
            self.curves.handle(event)
            self.figures.handle(event)


class Overlays(QObject):
    """The one place that knows which sessions are drawn over the current one, and reads them."""

    changed = Signal(object)  # list[Overlay]
    refused = Signal(str)  # a sentence

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.shown: list[Overlay] = []
        self._followers: dict[Path, Follower] = {}
        self._waiting: set[Path] = set()
        self._reader = Reader(self)
        self._reader.answered.connect(self._on_read)
        self._timer = QTimer(self, interval=FOLLOW_MS)
        self._timer.timeout.connect(self.read)

    @Slot(object, bool)
    def choose(self, path: Path, wanted: bool) -> None:  # noqa: FBT001 - a check box's slot
        """Draw a session's curves, or no longer; of more than ``MOST`` the person is told."""
        there = {overlay.path: overlay for overlay in self.shown}
        if wanted and path not in there:
            if len(there) >= MOST:
                self.refused.emit(f"Curves of {MOST} sessions can lie over these; take one away first.")
                self.changed.emit(self.shown)
                return
            taken = {overlay.style for overlay in self.shown}
            self.shown.append(Overlay(path, next(style for style in STYLES if style not in taken)))
            self._followers[path] = Follower(path, curves_only=True)
        elif not wanted and path in there:
            self.shown.remove(there[path])
            del self._followers[path]
        self.changed.emit(self.shown)
        self.read()

    @Slot()
    def read(self) -> None:
        """Look what came to the sessions that are shown."""
        for path, follower in self._followers.items():
            if path not in self._waiting:
                self._waiting.add(path)
                self._reader.ask(follower, reading(follower))
        if self.shown and not self._timer.isActive():
            self._timer.start()
        elif not self.shown:
            self._timer.stop()

    @Slot(object, object)
    def _on_read(self, follower: Follower, found: list[Event] | str) -> None:
        self._waiting.discard(follower.path)
        if self._followers.get(follower.path) is not follower:
            self.read()
            return
        overlay = next(overlay for overlay in self.shown if overlay.path == follower.path)
        trouble = found if isinstance(found, str) else ""
        if found or trouble != overlay.trouble:
            overlay.trouble = trouble
            overlay.take([] if isinstance(found, str) else found)
            self.changed.emit(self.shown)


def reading(follower: Follower) -> Callable[[], list[Event] | str]:
    """What reads a follower in another thread: events, or a sentence that says why there are none."""

    def read() -> list[Event] | str:
        try:
            return list(follower.look().events)
        except UserError as error:
            return str(error)
        except OSError as error:
            return f"{follower.path} could not be read: {error.strerror}."

    return read
