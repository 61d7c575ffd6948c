"""Panels that are drawn one after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import pytest
from PySide6.QtWidgets import QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from ui_fakes import metrics

from ganstudio.engine.events import Evaluated, Event, StateChanged
from ganstudio.ui.pace import HASTE_SHARE
from ganstudio.ui.panel import Panel
from ganstudio.ui.redraw import Redraw

PAUSED = StateChanged(3, "paused", "critic", 0)


class Counting(Panel):
    """Counts how often it is drawn."""

    name = "counting"
    title = "Counting"
    area = "centre"
    explanation = "A panel of this test."
    drawn: ClassVar[list[Counting]] = []

    def handle(self, event: Event) -> None:
        """Nothing is remembered."""

    def refresh(self) -> None:
        """Note it."""
        Counting.drawn.append(self)


@pytest.fixture
def page(show_in_frame: Callable[[QWidget, int, int], None]) -> QWidget:
    """Three panels beside each other, the last of which is hidden."""
    Counting.drawn.clear()
    frame = QWidget()
    line = QHBoxLayout(frame)
    for _ in range(3):
        line.addWidget(Counting())
    show_in_frame(frame, 600, 300)
    frame.findChildren(Counting)[2].hide()
    return frame


@pytest.fixture
def redraw(page: QWidget) -> Redraw:
    """What draws them."""
    return Redraw(page, lambda: page.findChildren(Counting))


def test_all_that_can_be_seen_is_drawn_each_in_a_turn_of_its_own(
    page: QWidget, redraw: Redraw, qtbot: QtBot
) -> None:
    first, second, hidden = page.findChildren(Counting)
    turns: list[int] = []
    redraw._turn.timeout.connect(lambda: turns.append(len(Counting.drawn)))
    redraw.handle([metrics(1, 2)])
    assert Counting.drawn == []
    qtbot.waitUntil(lambda: set(Counting.drawn) == {first, second})
    assert turns[:2] == [1, 2]
    assert hidden not in Counting.drawn


def test_what_is_drawn_now_is_not_drawn_again(page: QWidget, redraw: Redraw, qtbot: QtBot) -> None:
    first, second, _ = page.findChildren(Counting)
    redraw.handle([metrics(1, 2)])
    redraw.now()
    assert Counting.drawn == [first, second]
    with qtbot.waitSignal(redraw._turn.timeout):
        pass
    assert Counting.drawn == [first, second]


def test_after_the_window_closes_nothing_is_drawn(redraw: Redraw) -> None:
    redraw.handle([metrics(1, 2)])
    redraw.stop()
    assert not redraw._turn.isActive()


def test_a_minimised_window_draws_only_once_it_is_back(page: QWidget, redraw: Redraw, qtbot: QtBot) -> None:
    page.window().showMinimized()
    redraw.handle([metrics(1, 2)])
    with qtbot.waitSignal(redraw._turn.timeout):
        pass
    assert Counting.drawn == []
    page.window().showNormal()
    qtbot.waitUntil(lambda: len(Counting.drawn) == 2)


def test_the_cost_of_a_drawing_is_noted_with_what_qt_paints_after_it(
    page: QWidget, redraw: Redraw, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    took: list[tuple[Panel, float]] = []
    monkeypatch.setattr(redraw._pace, "took", lambda panel, seconds: took.append((panel, seconds)))
    times = iter([10.0, 10.5, 11.0, 11.25])  # of this thread, at the beginning and after each drawing
    monkeypatch.setattr("ganstudio.ui.redraw.time.thread_time", lambda: next(times))
    redraw.handle([metrics(1, 2)])
    qtbot.waitUntil(lambda: len(took) == 2)
    assert [seconds for _, seconds in took] == [0.5, 0.25]
    assert [panel for panel, _ in took] == Counting.drawn


@pytest.mark.parametrize(
    ("event", "hastens"), [(metrics(1, 2), False), (Evaluated(3, {}, {}), False), (PAUSED, True)]
)
def test_what_a_person_did_hastens_drawing_and_progress_does_not(
    redraw: Redraw, monkeypatch: pytest.MonkeyPatch, event: Event, hastens: bool
) -> None:
    hurried: list[float] = []
    monkeypatch.setattr(redraw._pace, "hurry", lambda: hurried.append(HASTE_SHARE))
    redraw.handle([event])
    assert bool(hurried) == hastens


def test_progress_leaves_the_next_turn_as_it_is_set(
    page: QWidget, redraw: Redraw, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    redraw.handle([metrics(1, 2)])
    qtbot.waitUntil(lambda: len(Counting.drawn) == 2)
    redraw.handle([metrics(3, 4)])
    set_anew: list[int] = []
    monkeypatch.setattr(redraw._turn, "start", set_anew.append)
    redraw.handle([metrics(5, 6)])
    assert set_anew == []
    redraw._turn.stop()
    redraw.handle([metrics(7, 8)])
    assert len(set_anew) == 1
