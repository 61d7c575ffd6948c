"""Draws panels one after the other, at the pace that leaves training its time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, QTimer, Slot

from ganstudio.engine.events import Event
from ganstudio.ui.mailbox import ROUTINE
from ganstudio.ui.pace import MOST, Pace
from ganstudio.ui.panel import Panel

SETTLE_MS = 15  # until Qt has painted what a panel changed


class Redraw(QObject):
    """Has panels drawn that can be seen; between any two of them the window answers the person."""

    def __init__(self, parent: QObject, panels: Callable[[], Iterable[Panel]]) -> None:
        super().__init__(parent)
        self._panels = panels
        self._pace: Pace[Panel] = Pace()
        self._waiting: set[Panel] = set()
        self._drawing: tuple[Panel, float] | None = None  # the latest, and this thread's time when it began
        self._turn = QTimer(self, singleShot=True)
        self._turn.timeout.connect(self._on_turn)

    def handle(self, events: Iterable[Event]) -> None:
        """Draw what came of these events, soon."""
        if not all(isinstance(event, ROUTINE) for event in events):
            self._pace.hurry()
            self._wait()
        elif not self._turn.isActive() or not self._waiting.issuperset(self._panels()):
            self._wait()  # else the next turn is set already

    def hurry(self) -> None:
        """Draw everything as soon as the window can, for a person waits to see it."""
        self._pace.hurry()
        self._wait()

    def now(self) -> None:
        """Draw everything before anything else happens."""
        for panel in self._shown():
            self._waiting.discard(panel)
            self._pace.drawn(panel)
            panel.refresh()

    def stop(self) -> None:
        """Draw nothing more: the window closes."""
        self._waiting.clear()
        self._turn.stop()

    def _wait(self) -> None:
        self._waiting.update(self._panels())
        if not self._turn.isActive() or self._turn.remainingTime() > SETTLE_MS:
            self._turn.start(0 if self._drawing is None else SETTLE_MS)

    def _shown(self) -> list[Panel]:
        return [p for p in self._panels() if p.isVisible() and not p.visibleRegion().isEmpty()]

    @Slot()
    def _on_turn(self) -> None:
        if self._drawing is not None:
            panel, begun = self._drawing
            self._pace.took(panel, time.thread_time() - begun)
            self._drawing = None
        shown = self._shown()
        waiting = [panel for panel in shown if panel in self._waiting]
        if not waiting:
            return
        if waiting[0].window().isMinimized():
            self._turn.start(round(1000 * MOST))
            return
        panel, seconds = self._pace.next(waiting, shown)
        if seconds > 0:
            self._turn.start(round(1000 * seconds) + 1)
            return
        self._waiting.discard(panel)
        self._pace.drawn(panel)
        self._drawing = (panel, time.thread_time())
        panel.refresh()
        self._turn.start(SETTLE_MS)
