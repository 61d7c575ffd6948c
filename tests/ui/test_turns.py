"""A long history that comes in turns."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot
from ui_fakes import metrics

from ganstudio.engine.events import Event, GradientNorms
from ganstudio.ui import turns
from ganstudio.ui.turns import TURN, Turns

HISTORY = [metrics(iteration) for iteration in range(1, 101)]


class Slow:
    """Takes events, each of which costs so many seconds by a clock of its own; norms cost nothing."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
        self._parent = QObject()
        self.now = 0.0
        self.taken: list[Event] = []
        self.ends: list[int] = []  # how many events had come when all was done
        monkeypatch.setattr(turns, "time", SimpleNamespace(monotonic=lambda: self.now))
        self.turns = Turns(self._parent)
        self._seconds = seconds
        self.turns.due.connect(self._take)
        self.turns.done.connect(lambda: self.ends.append(len(self.taken)))

    def _take(self, events: list[Event]) -> None:
        self.taken += events
        self.now += self._seconds * sum(not isinstance(event, GradientNorms) for event in events)


def test_a_short_history_comes_at_once(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Slow(monkeypatch, 0.0)
    slow.turns.put(HISTORY)
    assert slow.taken == HISTORY
    assert slow.ends == [100]
    assert not slow.turns.is_waiting


def test_a_long_history_comes_whole_in_order_and_never_for_long(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow(monkeypatch, 0.01)
    marks = [0.0]
    slow.turns.put(HISTORY[:90])
    while slow.turns.is_waiting:
        marks.append(slow.now)
        with qtbot.waitSignal(slow.turns.due):
            pass
        if len(marks) == 2:
            slow.turns.put(HISTORY[90:])
    assert slow.taken == HISTORY
    assert slow.ends == [100]
    assert max(after - before for before, after in itertools.pairwise(marks)) <= 2 * TURN


def test_thousands_of_cheap_events_do_not_make_costly_ones_come_together(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow(monkeypatch, 0.01)
    cheap = [GradientNorms(0, np.zeros(1, np.float32), 1.0)] * 1000
    slow.turns.put([*cheap, *HISTORY[:50]])
    assert slow.now <= 2 * TURN
    slow.turns.flush()
    slow.turns.put(cheap)
    before = slow.now
    slow.turns.put(HISTORY[50:])
    assert slow.now - before <= 2 * TURN
    slow.turns.flush()
    assert slow.taken == [*cheap, *HISTORY[:50], *cheap, *HISTORY[50:]]


def test_what_is_forgotten_does_not_come_and_what_is_hurried_comes_now(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow(monkeypatch, 1.0)
    slow.turns.put(HISTORY[:50])
    assert slow.taken == HISTORY[:1]
    slow.turns.clear()
    slow.turns.put(HISTORY[50:])
    slow.turns.flush()
    assert slow.taken == [HISTORY[0], *HISTORY[50:]]
    assert slow.ends == [51]
    slow.turns.flush()
    assert slow.ends == [51]


def test_events_that_come_while_others_are_taken_wait_for_their_turn(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow(monkeypatch, 0.0)
    slow.turns.due.connect(lambda events: slow.turns.put(HISTORY[2:3]) if events == HISTORY[:1] else None)
    slow.turns.put(HISTORY[:2])
    assert slow.taken == HISTORY[:3]
    assert slow.ends == [3]
