"""Whole sessions and their checkpoints, handled in the window."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot
from ui_fakes import tiny_experiment
from window_use import PATIENCE, MakeWindow, button, click, message, problems, wait_for

from ganstudio.session import copying
from ganstudio.session.archive import export_zip
from ganstudio.session.lock import Lock
from ganstudio.session.session import Session
from ganstudio.ui import dialogs, questions
from ganstudio.ui.export_dialog import ExportDialog
from ganstudio.ui.main_window import MainWindow
from ganstudio.ui.panels.checkpoints import CheckpointsPanel
from ganstudio.ui.panels.notes import NotesPanel
from ganstudio.ui.picture_view import PictureView
from ganstudio.ui.questions import Answer
from ganstudio.ui.training import RunState


def trained(qtbot: QtBot, window: MainWindow, *stops: int) -> Session:
    """A session with checkpoints at these iterations, open in the window."""
    window.controller.choose(tiny_experiment(**{"saving.keep": 10}))
    for stop in stops:
        window.toolbar.iterations.setValue(stop - window.controller.meter.pace.iteration)
        with qtbot.waitSignal(window.controller.ended, timeout=PATIENCE):
            click(qtbot, button(window, "train"))
    session = window.controller.session
    assert session is not None
    assert session.checkpoints()[-len(stops) :] == list(stops)
    return session


def strip(qtbot: QtBot, window: MainWindow, iteration: int) -> CheckpointsPanel:
    """The panel in front with that checkpoint chosen."""
    window.workspace.show_dock("checkpoints")
    panel = window.workspace.panels["checkpoints"]
    assert isinstance(panel, CheckpointsPanel)

    def rows() -> list[int]:
        return [entry.iteration for entry in panel.strip.cards.entries]

    qtbot.waitUntil(lambda: iteration in rows(), timeout=PATIENCE)
    panel.strip.setCurrentIndex(panel.strip.cards.index(rows().index(iteration)))
    return panel


def press(qtbot: QtBot, panel: CheckpointsPanel, name: str) -> None:
    found = panel.findChild(QToolButton, f"checkpoints:{name}:button")
    assert isinstance(found, QToolButton)
    click(qtbot, found)


def test_a_checkpoint_is_pinned_reverted_to_and_trained_on(
    qtbot: QtBot, make_window: MakeWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = make_window()
    session = trained(qtbot, window, 2, 4)
    panel = strip(qtbot, window, 2)
    press(qtbot, panel, "pin")
    qtbot.waitUntil(lambda: session.annotations.pinned == {2}, timeout=PATIENCE)
    qtbot.waitUntil(lambda: panel.strip.cards.entries[-1].pinned or panel._actions["pin"].text() == "Unpin")
    told: list[str] = []
    answers = [False, True]

    def ask(_parent: object, iteration: int, dropped: list[str]) -> bool:
        told.extend([str(iteration), *dropped])
        return answers.pop(0)

    monkeypatch.setattr(questions, "ask_revert", ask)
    press(qtbot, panel, "revert")
    assert session.checkpoints()[-1] == 4
    press(qtbot, panel, "revert")
    qtbot.waitUntil(lambda: session.checkpoints()[-1] == 2, timeout=PATIENCE)
    assert told[:2] == ["2", "2 iterations of training after it are removed for good."]
    assert told[2].startswith("1 later checkpoint will be gone")
    qtbot.waitUntil(lambda: message(window).startswith("Opened"), timeout=PATIENCE)
    window.toolbar.iterations.setValue(1)
    with qtbot.waitSignal(window.controller.ended, timeout=PATIENCE):
        click(qtbot, button(window, "train"))
    assert session.checkpoints()[-1] == 3


def test_a_fork_is_named_opened_and_knows_its_parent(
    qtbot: QtBot, make_window: MakeWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = make_window()
    session = trained(qtbot, window, 2, 4)
    monkeypatch.setattr(questions, "ask_name", lambda *_: "branch")
    press(qtbot, strip(qtbot, window, 2), "fork")
    qtbot.waitUntil(lambda: window.windowTitle().startswith("branch"), timeout=PATIENCE)
    fork = window.controller.session
    assert fork is not None
    assert fork.path == session.path.with_name("branch")
    assert fork.record.parent is not None
    assert (fork.record.parent.name, fork.record.parent.iteration) == (session.name, 2)
    assert session.checkpoints()[-1] == 4
    press(qtbot, strip(qtbot, window, 2), "fork")  # the name is taken now
    qtbot.waitUntil(lambda: "is a session already" in problems(window), timeout=PATIENCE)


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_new_samples_are_drawn_from_a_checkpoint(qtbot: QtBot, make_window: MakeWindow) -> None:
    window = make_window()
    trained(qtbot, window, 2)
    press(qtbot, strip(qtbot, window, 2), "sample")
    qtbot.waitUntil(lambda: window.findChild(PictureView) is not None, timeout=PATIENCE)
    view = window.findChild(PictureView)
    assert view is not None
    assert view.windowTitle() == "Samples at iteration 2"
    image = view.picture.grab().toImage()
    assert len({image.pixel(x, y) for x in range(0, 300, 9) for y in range(0, 300, 9)}) > 2


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_export_begins_at_the_chosen_checkpoint(qtbot: QtBot, make_window: MakeWindow) -> None:
    window = make_window()
    trained(qtbot, window, 2, 4)
    press(qtbot, strip(qtbot, window, 2), "export")
    dialog = window.findChild(ExportDialog)
    assert dialog is not None
    assert dialog.isVisible()
    for row in range(2):
        dialog.kinds.setCurrentRow(row)
        assert dialog.form.checkpoint.currentData() == 2


def test_a_session_that_another_program_trains_is_followed_until_that_has_ended(
    qtbot: QtBot, make_window: MakeWindow
) -> None:
    window = make_window()
    session = trained(qtbot, window, 2)
    lock = Lock(session.path)  # as if another program held it
    try:
        told = qtbot.waitSignal(  # it is in sight until the first look at what the other program does
            window.controller.said,
            timeout=PATIENCE,
            check_params_cb=lambda words: "is in use by process" in words,
        )
        with told:
            window.commands.open_session(session.path)
        wait_for(qtbot, window, RunState.RUNNING)
        assert not button(window, "train").isEnabled()
    finally:
        lock.release()
    wait_for(qtbot, window, RunState.IDLE)
    window.toolbar.iterations.setValue(1)
    with qtbot.waitSignal(window.controller.ended, timeout=PATIENCE):
        click(qtbot, button(window, "train"))
    assert session.checkpoints()[-1] == 3


def test_notes_are_saved_while_one_types_and_at_the_close(
    qtbot: QtBot, make_window: MakeWindow, tmp_path: Path
) -> None:
    window = make_window()
    session = trained(qtbot, window, 2)
    window.workspace.show_dock("notes")
    panel = window.workspace.panels["notes"]
    assert isinstance(panel, NotesPanel)
    qtbot.keyClicks(panel.tags, "clip, base")
    qtbot.waitUntil(lambda: session.annotations.tags == ("clip", "base"), timeout=PATIENCE)
    qtbot.keyClicks(panel.notes, "the last words")
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=PATIENCE)
    assert session.annotations.notes == "the last words"


def test_save_as_while_paused_goes_on_in_the_copy(
    qtbot: QtBot, make_window: MakeWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = make_window()
    window.controller.choose(tiny_experiment())
    qtbot.keyClick(window, Qt.Key.Key_F8)
    wait_for(qtbot, window, RunState.PAUSED)
    first = window.controller.session
    window.toolbar.iterations.setValue(1000)
    monkeypatch.setattr(dialogs, "ask_copy", lambda parent, session: tmp_path / "copy")
    window.actions_by_name["save_as"].trigger()
    qtbot.waitUntil(
        lambda: window.controller.session is not first and window.controller.state is RunState.PAUSED,
        timeout=PATIENCE,
    )
    assert window.controller.session is not None
    assert window.controller.session.path == tmp_path / "copy"


def test_save_as_can_be_cancelled_and_leaves_nothing(
    qtbot: QtBot, make_window: MakeWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = make_window()
    session = trained(qtbot, window, 2)
    reached, go = threading.Event(), threading.Event()
    copy = copying.copy

    def slow(*arguments: object) -> None:
        reached.set()
        assert go.wait(20)
        copy(*arguments)

    monkeypatch.setattr(copying, "copy", slow)
    monkeypatch.setattr(dialogs, "ask_copy", lambda parent, session: tmp_path / "copy")
    window.actions_by_name["save_as"].trigger()
    assert reached.wait(20)
    click(qtbot, window.status.job.cancel)
    go.set()
    qtbot.waitUntil(lambda: message(window) == "Copying the session: cancelled.", timeout=PATIENCE)
    assert window.controller.session is session
    assert not (tmp_path / "copy").exists()
    assert not window.status.job.isVisible()


def test_an_exported_session_is_imported_and_opened(
    qtbot: QtBot, make_window: MakeWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = make_window()
    export_zip(trained(qtbot, window, 2), tmp_path / "sent.zip")
    monkeypatch.setattr(questions, "ask_file", lambda parent: tmp_path / "sent.zip")
    monkeypatch.setattr(questions, "ask_import_target", lambda parent, name: tmp_path / f"{name} here")
    window.actions_by_name["open_file"].trigger()
    qtbot.waitUntil(lambda: window.windowTitle().startswith("sent here"), timeout=PATIENCE)
    assert window.controller.session is not None
    assert window.controller.session.checkpoints()[-1] == 2
    (tmp_path / "bad.zip").write_bytes(b"no archive")
    monkeypatch.setattr(questions, "ask_file", lambda parent: tmp_path / "bad.zip")
    window.actions_by_name["open_file"].trigger()
    qtbot.waitUntil(lambda: "bad.zip" in problems(window), timeout=PATIENCE)


def test_forking_asks_about_unsaved_training(
    qtbot: QtBot, make_window: MakeWindow, answers: list[Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    window = make_window()
    trained(qtbot, window, 2)
    qtbot.keyClick(window, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: window.controller.meter.pace.iteration == 3, timeout=PATIENCE)
    wait_for(qtbot, window, RunState.PAUSED)
    monkeypatch.setattr(questions, "ask_name", lambda *_: "branch")
    answers.append(Answer.CANCEL)
    press(qtbot, strip(qtbot, window, 2), "fork")
    assert window.controller.state is RunState.PAUSED
    assert answers == []
