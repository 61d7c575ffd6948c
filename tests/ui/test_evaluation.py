"""Evaluation on request, as a person uses it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot
from ui_fakes import tiny_experiment
from window_use import PATIENCE, MakeWindow, click, wait_for

from ganstudio.data.dataset import Progress
from ganstudio.engine.events import ON_REQUEST, Evaluated
from ganstudio.session.session import Session
from ganstudio.ui import evaluation_dialog
from ganstudio.ui.evaluation_dialog import EvaluationDialog
from ganstudio.ui.main_window import MainWindow
from ganstudio.ui.training import RunState

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen: sizes of windows


def _asked(window: MainWindow) -> list[Any]:
    return window.workspace.panels["metrics"].history.asked("w1")


def _open_dialog(qtbot: QtBot, window: MainWindow) -> EvaluationDialog:
    window.workspace.show_dock("metrics")
    button = window.workspace.panels["metrics"].findChild(QToolButton, "metrics:evaluate")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    dialog = window.commands.evaluations.dialog
    assert dialog is not None
    qtbot.waitUntil(dialog.isVisible, timeout=PATIENCE)
    return dialog


@pytest.fixture
def window(make_window: MakeWindow) -> Iterator[MainWindow]:
    made = make_window()
    made.controller.choose(tiny_experiment())
    return made


def test_a_session_is_judged_and_keeps_its_figures(qtbot: QtBot, window: MainWindow) -> None:
    with qtbot.waitSignal(window.controller.ended, timeout=PATIENCE):
        window.controller.start(20)
    dialog = _open_dialog(qtbot, window)
    assert not dialog.inception.isEnabled()  # of 2-D points
    assert [dialog.checkpoint.itemText(i) for i in range(2)] == ["The newest", "Iteration 20"]
    dialog.samples.setValue(300)
    dialog.seeds.setValue(2)
    click(qtbot, dialog._start)
    qtbot.waitUntil(lambda: bool(_asked(window)), timeout=PATIENCE)
    qtbot.waitUntil(lambda: not window.jobs.is_active, timeout=PATIENCE)
    (shown,) = _asked(window)
    assert shown.iteration == 20
    assert shown.spread is not None
    assert window.controller.session is not None
    kept = Session.open(window.controller.session.path).metrics.figures()[-1]
    assert kept.facts[ON_REQUEST] is True
    assert (kept.facts["samples"], kept.facts["seeds"], kept.facts["reference"]) == (
        300, [0, 1], "training data",
    )  # fmt: skip
    assert kept.figures["w1"] == shown.value
    assert "iteration 20" in dialog.message.text()


def test_figures_asked_for_while_training_go_through_its_own_writer(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    modest = []

    def judge(*_: object, modest: bool, seen: list[bool] = modest) -> Evaluated:
        seen.append(modest)
        return Evaluated(0, {"w1": 0.25}, {ON_REQUEST: True})

    monkeypatch.setattr(evaluation_dialog, "judge", judge)
    window.controller.start(10**6)
    wait_for(qtbot, window, RunState.RUNNING)
    window.controller.pause()
    wait_for(qtbot, window, RunState.PAUSED)
    dialog = _open_dialog(qtbot, window)
    click(qtbot, dialog._start)
    qtbot.waitUntil(lambda: bool(_asked(window)), timeout=PATIENCE)  # though training is paused
    assert window.controller.state is RunState.PAUSED
    assert modest == [True]
    window.controller.stop()
    wait_for(qtbot, window, RunState.IDLE)
    assert window.controller.session is not None
    found = Session.open(window.controller.session.path).metrics.figures()
    assert [dict(e.figures) for e in found if e.facts.get(ON_REQUEST)] == [{"w1": 0.25}]


def test_an_evaluation_is_cancelled_and_a_refusal_is_said(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    def judge_for_ever(*given: object, **_: object) -> None:
        progress: Progress = given[-1]  # type: ignore[assignment]
        while True:
            progress("Computing", 1, 2)

    with qtbot.waitSignal(window.controller.ended, timeout=PATIENCE):
        window.controller.start(1)
    dialog = _open_dialog(qtbot, window)
    monkeypatch.setattr(evaluation_dialog, "judge", judge_for_ever)
    click(qtbot, dialog._start)
    qtbot.waitUntil(dialog._cancel.isVisible, timeout=PATIENCE)
    click(qtbot, dialog._cancel)
    qtbot.waitUntil(lambda: "Cancelled" in dialog.message.text(), timeout=PATIENCE)
    monkeypatch.undo()
    dialog.split.setCurrentIndex(dialog.split.findData("held-out"))
    for line in range(dialog.figures.count()):
        dialog.figures.item(line).setCheckState(Qt.CheckState.Unchecked)
    click(qtbot, dialog._start)
    assert "Tick at least one" in dialog.message.text()
    assert not _asked(window)
