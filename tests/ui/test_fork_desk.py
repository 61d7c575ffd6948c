"""Settings that cannot change in a session, changed on a fork; live edits and their undo."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QComboBox, QDialogButtonBox, QLabel, QLineEdit, QMenu
from window_use import PATIENCE, MakeWindow, button, click, editor, open_ring, problems, wait_for

from ganstudio.engine.events import Edited
from ganstudio.ui import questions
from ganstudio.ui.fork_dialog import ForkDialog
from ganstudio.ui.training import RunState


def trained(qtbot, window, iterations=3):
    open_ring(qtbot, window)
    window.toolbar.iterations.setValue(iterations)
    click(qtbot, button(window, "train"))
    wait_for(qtbot, window, RunState.LOADING)
    wait_for(qtbot, window, RunState.IDLE)
    return window.controller.session


def choose(window, path, value):
    pick(window.form.findChild(QComboBox, f"field:{path}"), value)


def pick(box, value):
    box.setCurrentIndex(box.findData(value))
    box.activated.emit(box.currentIndex())


def offer(window):
    return window.form.findChild(QLabel, "form:fork")


def test_changed_settings_are_offered_on_a_fork_which_goes_on_with_the_state(
    qtbot, make_window: MakeWindow, monkeypatch
):
    window = make_window()
    parent = trained(qtbot, window)
    assert offer(window).isHidden()
    choose(window, "lipschitz.kind", "weight-clipping")
    assert "apply on a fork" in offer(window).text()
    monkeypatch.setattr(questions, "ask_name", lambda *_: "clipped")
    offer(window).linkActivated.emit("fork")
    qtbot.waitUntil(lambda: window.controller.session.name == "clipped", timeout=PATIENCE)
    fork = window.controller.session
    assert fork.current_experiment.lipschitz.kind == "weight-clipping"
    assert fork.checkpoints() == [3]
    assert parent.current_experiment.lipschitz.kind == "gradient-penalty"
    assert offer(window).isHidden()


def test_what_cannot_fit_is_said_and_nothing_is_lost(qtbot, make_window: MakeWindow, monkeypatch):
    window = make_window()
    parent = trained(qtbot, window)
    qtbot.keyClick(editor(window, "critic.width"), Qt.Key.Key_Up)
    monkeypatch.setattr(questions, "ask_name", lambda *_: "wider")
    offer(window).linkActivated.emit("fork")
    qtbot.waitUntil(lambda: "idth" in problems(window), timeout=PATIENCE)
    assert window.controller.session.path == parent.path


@pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen: raise, grab the keyboard
def test_a_locked_field_offers_a_fork_while_training_runs(qtbot, make_window: MakeWindow, monkeypatch):
    window = make_window()
    open_ring(qtbot, window)
    window.toolbar.iterations.setValue(100_000)
    click(qtbot, button(window, "train"))
    qtbot.waitUntil(lambda: window.controller.meter.pace.iteration > 2, timeout=PATIENCE)

    def answer(dialog):
        assert dialog.setting.currentData() == "lipschitz.kind"
        ok = dialog.buttons.button(QDialogButtonBox.StandardButton.Ok)
        assert not ok.isEnabled()  # the value that the session has: nothing is wrong yet
        assert dialog.findChild(QLabel, "fork:problem").property("role") == "muted"
        pick(dialog.editor, "none")
        assert not ok.isEnabled()
        assert "Lipschitz" in dialog.findChild(QLabel, "fork:problem").text()
        assert dialog.findChild(QLabel, "fork:problem").property("role") == "error"
        pick(dialog.editor, "weight-clipping")
        dialog.findChild(QLineEdit, "fork:name").setText("from the menu")
        assert ok.isEnabled()
        return ForkDialog.DialogCode.Accepted

    monkeypatch.setattr(ForkDialog, "exec", answer)
    field = window.form._rows["lipschitz.kind"]
    assert not field.editor.isEnabled()
    at = QPoint(5, 5)
    QApplication.sendEvent(
        field, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, field.mapToGlobal(at))
    )
    menu = field.findChild(QMenu, "row:menu")
    assert menu.actions()[0].text() == "Change lipschitz control on a fork…"
    menu.actions()[0].trigger()
    menu.close()
    qtbot.waitUntil(
        lambda: window.controller.session is not None and window.controller.session.name == "from the menu",
        timeout=PATIENCE,
    )
    assert window.controller.state is RunState.IDLE
    assert window.controller.session.checkpoints()[-1] > 2


def test_a_live_edit_is_marked_everywhere_and_ctrl_z_takes_it_back_where_the_form_is_hidden(
    qtbot, make_window: MakeWindow
):
    window = make_window()
    open_ring(qtbot, window)
    window.toolbar.iterations.setValue(100_000)
    click(qtbot, button(window, "train"))
    qtbot.waitUntil(lambda: window.controller.meter.pace.iteration > 2, timeout=PATIENCE)
    edits = []
    window.controller.received.connect(
        lambda events: edits.extend(e for e in events if isinstance(e, Edited))
    )
    field = editor(window, "lipschitz.weight")
    old = float(field.text())
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "3")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(edits) == 1, timeout=PATIENCE)
    window.actions_by_name["inspect"].trigger()
    window.activateWindow()
    window.workspace.panels["gradient_norms"].view.canvas.setFocus()
    undo = window.form.undo_actions[0]
    assert undo.isEnabled()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(
        window.workspace.panels["gradient_norms"].view.canvas,
        Qt.Key.Key_Z,
        Qt.KeyboardModifier.ControlModifier,
    )
    qtbot.waitUntil(lambda: len(edits) == 2, timeout=PATIENCE)
    assert [(e.old, e.new) for e in edits] == [(old, 3.0), (3.0, old)]
    panels = window.workspace.panels
    window.workspace.panels["gradient_norms"].choose("history")
    assert panels["losses"].history.happenings
    assert panels["gradient_norms"].view.happenings.happenings
    click(qtbot, button(window, "stop"))
    wait_for(qtbot, window, RunState.IDLE)
    session = window.controller.session
    weights = [e.new for e in session.record.edits if e.path == "lipschitz.weight"]
    assert weights == [3.0, old]
