"""A long history, handed on a few events at a time."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from ganstudio.engine.events import Event

TURN = 0.03  # seconds of one turn
BRIEF, LONG = 0.005, 0.015  # seconds for some events, after which more or fewer are handed on together


class Turns(QObject):
    """Events in order: at once as many as fit into a turn, the rest later.

    Between two turns the window answers the person.
    """

    due = Signal(object)  # list[Event]
    done = Signal()  # nothing waits any more

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._waiting: deque[Event] = deque()
        self._kind: type[Event] | None = None
        self._together = 1  # events of that kind
        self._is_in_turn = False
        self._next = QTimer(self, interval=0, singleShot=True)
        self._next.timeout.connect(self._turn)

    @property
    def is_waiting(self) -> bool:
        """Whether there are events that were not handed on yet."""
        return bool(self._waiting)

    def put(self, events: Iterable[Event]) -> None:
        """Hand these on after those that wait."""
        self._waiting.extend(events)
        if self._waiting and not self._next.isActive() and not self._is_in_turn:
            self._turn()

    def flush(self) -> None:
        """Hand on all that waits, now."""
        events = list(self._waiting)
        self.clear()
        if events:
            self.due.emit(events)
            self.done.emit()

    def clear(self) -> None:
        """Forget what waits."""
        self._waiting.clear()
        self._next.stop()

    @Slot()
    def _turn(self) -> None:
        self._is_in_turn = True
        ends = time.monotonic() + TURN
        try:
            while self._waiting and time.monotonic() < ends:
                self._hand_on()
        finally:
            self._is_in_turn = False
            if self._waiting:
                self._next.start()
        if not self._waiting:
            self.done.emit()

    def _hand_on(self) -> None:
        some = self._alike()
        begun = time.monotonic()
        self.due.emit(some)
        took = time.monotonic() - begun
        if took > LONG:
            self._together = max(1, self._together // 2)
        elif took < BRIEF and len(some) == self._together:
            self._together *= 2

    def _alike(self) -> list[Event]:
        """Take the next events, of one kind: what thousands of one cost tells nothing about another."""
        kind = type(self._waiting[0])
        if kind is not self._kind:
            self._kind, self._together = kind, 1
        some: list[Event] = []
        while self._waiting and type(self._waiting[0]) is kind and len(some) < self._together:
            some.append(self._waiting.popleft())
        return some
