"""Stored sessions that are read beside the window, and their curves over those of the current one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot
from stored_history import END, history, stored_session
from ui_fakes import metrics, tiny_experiment
from window_use import PATIENCE

from ganstudio.engine.events import Evaluated, Event, Metrics, Started
from ganstudio.errors import Cancelled
from ganstudio.session.following import Follower
from ganstudio.session.recorder import Recorder
from ganstudio.session.session import Session
from ganstudio.ui import turns
from ganstudio.ui.background import finish_readers
from ganstudio.ui.followed import Followed
from ganstudio.ui.overlays import Overlay, Overlays
from ganstudio.ui.plots.overlaid import SessionKey
from ganstudio.ui.sides.stored_run import StoredRun
from ganstudio.ui.theme import colours
from ganstudio.ui.turns import TURN

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen: raise, size hints
NEVER = 1_000_000  # milliseconds


@pytest.fixture
def parent() -> Iterator[QObject]:
    """What owns what is read; it goes once nothing is being read."""
    made = QObject()
    yield made
    finish_readers(made)


def iterations(events: list[Event]) -> list[int]:
    return [i for event in events if isinstance(event, Metrics) for i in event.iterations.tolist()]


def laid_over(qtbot: QtBot, path: Path, parent: QObject) -> tuple[Overlays, Overlay]:
    overlays = Overlays(parent)
    overlays.choose(path, wanted=True)
    [overlay] = overlays.shown
    assert overlay.is_coming
    qtbot.waitUntil(lambda: not overlay.is_coming, timeout=PATIENCE)
    return overlays, overlay


def test_a_long_run_is_laid_over_in_turns(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, parent: QObject
) -> None:
    session = stored_session(tmp_path / "long")
    with Recorder(session) as recorder:
        for at in range(100):
            recorder.handle(Evaluated(at, {"w1": 1.0 / (1 + at)}, {}))
    now = [0.0]
    monkeypatch.setattr(turns, "time", SimpleNamespace(monotonic=lambda: now[0]))
    handle, marks = Overlay._take, list[float]()

    def costly(self: Overlay, events: list[Event]) -> None:
        now[0] += 0.01 * len(events)
        handle(self, events)

    turn = turns.Turns._turn

    def timed(self: turns.Turns) -> None:
        begun = now[0]
        turn(self)
        marks.append(now[0] - begun)

    monkeypatch.setattr(Overlay, "_take", costly)
    monkeypatch.setattr(turns.Turns, "_turn", timed)
    overlays = Overlays(parent)
    told: list[int] = []
    overlays.changed.connect(lambda shown: told.append(len(shown[0].figures.values.get("w1", ()))))
    overlays.choose(session.path, wanted=True)
    qtbot.waitUntil(lambda: told[-1] == 100, timeout=PATIENCE)
    assert len(marks) > 20
    assert max(marks) <= 2 * TURN
    assert told == [0, 100]  # it is drawn once all is there
    assert len(overlays.shown[0].curves.series["critic_loss"]) == END


def test_a_key_says_that_curves_are_being_read(qtbot: QtBot, tmp_path: Path, parent: QObject) -> None:
    key = SessionKey("key")
    qtbot.addWidget(key)
    overlays = Overlays(parent)
    overlays.changed.connect(lambda shown: key.show_overlays(shown, colours(dark=False)))
    overlays.choose(Session.create(tmp_path / "fresh", tiny_experiment()).path, wanted=True)
    assert "reading" in key.findChild(QToolButton).text()
    qtbot.waitUntil(lambda: "reading" not in key.findChild(QToolButton).text(), timeout=PATIENCE)
    overlays.choose(tmp_path / "nothing", wanted=True)
    qtbot.waitUntil(lambda: bool(overlays.shown[1].trouble), timeout=PATIENCE)
    assert not overlays.shown[1].is_coming


def test_curves_of_a_training_that_was_resumed_are_not_there_twice(
    qtbot: QtBot, tmp_path: Path, parent: QObject
) -> None:
    session = stored_session(tmp_path / "resumed")
    overlays, overlay = laid_over(qtbot, session.path, parent)
    begun = history()[0]
    assert isinstance(begun, Started)
    with Recorder(session) as recorder:
        recorder.handle(Started(**(vars(begun) | {"iteration": END, "target_iteration": END + 2})))
        recorder.handle(metrics(END + 1, END + 2))
    overlays.read()
    qtbot.waitUntil(lambda: len(overlay.curves.series["critic_loss"]) == END + 2, timeout=PATIENCE)
    assert np.all(np.diff(overlay.curves.series["critic_loss"].iterations.values) == 1)


def test_a_side_begins_anew_where_training_was_resumed(qtbot: QtBot, tmp_path: Path, parent: QObject) -> None:
    session = stored_session(tmp_path / "resumed")
    run = StoredRun(session.path, parent)
    seen: list[Event] = []
    run.opened.connect(lambda *_: seen.clear())
    run.received.connect(seen.extend)
    run.open()
    qtbot.waitUntil(lambda: len(iterations(seen)) == END, timeout=PATIENCE)
    begun = history()[0]
    with Recorder(session) as recorder:
        recorder.handle(Started(**(vars(begun) | {"iteration": END, "target_iteration": END + 2})))
        recorder.handle(metrics(END + 1, END + 2))
    run._followed.read()
    qtbot.waitUntil(lambda: iterations(seen)[-1:] == [END + 2], timeout=PATIENCE)
    assert iterations(seen) == list(range(1, END + 3))
    run.close()


def test_a_look_that_is_given_up_is_as_if_it_had_not_been(tmp_path: Path) -> None:
    session = stored_session(tmp_path / "long")
    follower = Follower(session.path, curves_only=True)

    def give_up() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        follower.look(give_up)
    look = follower.look()
    assert look.anew
    assert iterations(list(look.events)) == list(range(1, END + 1))


def test_what_is_taken_away_while_it_is_read_says_no_more_and_vanishes(
    qtbot: QtBot, tmp_path: Path, parent: QObject
) -> None:
    session = stored_session(tmp_path / "long")
    followed = Followed(session.path, NEVER, parent, curves_only=True)
    said: list[object] = []
    followed.came.connect(said.append)
    followed.troubled.connect(said.append)
    with qtbot.waitSignal(followed.destroyed, timeout=PATIENCE):
        followed.start()
        followed.close()
    assert said == []
