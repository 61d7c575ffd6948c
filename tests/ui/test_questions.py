"""What the window asks, answered with the mouse and the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QInputDialog, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from ganstudio.ui import questions
from ganstudio.ui.questions import Answer

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


def answer(act: Callable[[QMessageBox], None]) -> None:
    """Do something in the question that opens next."""

    def find() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        act(box)

    QTimer.singleShot(0, find)


def click(qtbot: QtBot, name: str) -> Callable[[QMessageBox], None]:
    def act(box: QMessageBox) -> None:
        button = box.findChild(QPushButton, name)
        assert button is not None
        assert button.accessibleName() == button.text()
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    return act


@pytest.mark.parametrize(
    ("name", "expected"), [("keep", Answer.KEEP), ("drop", Answer.DROP), ("cancel", Answer.CANCEL)]
)
def test_unsaved_training_is_saved_dropped_or_left(
    qtbot: QtBot, parent: QWidget, name: str, expected: Answer
) -> None:
    answer(click(qtbot, name))
    assert questions.ask_unsaved(parent, lambda: "the 3 iterations", "close") is expected


def test_enter_saves_and_escape_cancels(qtbot: QtBot, parent: QWidget) -> None:
    answer(lambda box: qtbot.keyClick(box, Qt.Key.Key_Return))
    assert questions.ask_unsaved(parent, lambda: "all", "close") is Answer.KEEP
    answer(lambda box: qtbot.keyClick(box, Qt.Key.Key_Escape))
    assert questions.ask_unsaved(parent, lambda: "all", "close") is Answer.CANCEL


def test_what_would_be_lost_follows_the_training(
    qtbot: QtBot, parent: QWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "FOLLOW_MS", 10)
    lost = "the one iteration"

    def act(box: QMessageBox) -> None:
        nonlocal lost
        try:
            assert box.informativeText() == "Without saving, you lose the one iteration."
            lost = "the 2 iterations"
            qtbot.waitUntil(lambda: box.informativeText() == "Without saving, you lose the 2 iterations.")
            lost = ""
            qtbot.waitUntil(lambda: box.informativeText() == "By now everything is saved.")
        finally:
            box.close()

    answer(act)
    assert questions.ask_unsaved(parent, lambda: lost, "close") is Answer.CANCEL


def test_only_settings_that_can_be_right_can_be_kept(qtbot: QtBot, parent: QWidget) -> None:
    texts: list[str] = []

    def act(box: QMessageBox) -> None:
        texts.append(box.informativeText())
        assert (box.findChild(QPushButton, "keep") is None) == (len(texts) == 2)
        qtbot.keyClick(box, Qt.Key.Key_Return)

    answer(act)
    names = [f"setting {i}" for i in range(8)]
    assert questions.ask_settings(parent, names, "close", valid=True) is Answer.KEEP
    assert "setting 5 and 2 more" in texts[0]
    answer(act)
    assert questions.ask_settings(parent, [], "close", valid=False) is Answer.CANCEL


def test_going_back_is_not_the_default(qtbot: QtBot, parent: QWidget) -> None:
    answer(lambda box: qtbot.keyClick(box, Qt.Key.Key_Return))
    assert not questions.ask_revert(parent, 5, ["Much is lost."])
    answer(click(qtbot, "drop"))
    assert questions.ask_revert(parent, 5, ["Much is lost."])


def test_a_name_is_asked_for(qtbot: QtBot, parent: QWidget) -> None:
    def accept() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QInputDialog)
        dialog.setTextValue(" branch ")
        dialog.accept()

    QTimer.singleShot(0, accept)
    assert questions.ask_name(parent, "Fork", "Name", "x fork") == "branch"
    QTimer.singleShot(0, lambda: QApplication.activeModalWidget().close())
    assert questions.ask_name(parent, "Fork", "Name", "x fork") == ""


def test_files_are_asked_for(parent: QWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = "/a/b"
    for name in ("getSaveFileName", "getOpenFileName"):
        monkeypatch.setattr(QFileDialog, name, lambda *_, **__: (chosen, ""))
    assert questions.ask_settings_file(parent, "x") == Path("/a/b.toml")
    assert questions.ask_import_target(parent, "x") == Path("/a/b")
    assert questions.ask_file(parent) == Path("/a/b")
    chosen = ""
    assert questions.ask_settings_file(parent, "x") is None
    assert questions.ask_import_target(parent, "x") is None
    assert questions.ask_file(parent) is None
