"""Help > Self-check: a table of figures in the window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot
from window_use import MakeWindow

from ganstudio.studies import self_check as module
from ganstudio.ui.self_check import SelfCheckDialog

PATIENCE = 30_000  # ms
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen: sizes of windows


def opened(qtbot: QtBot, make_window: MakeWindow) -> SelfCheckDialog:
    window = make_window()
    window.actions_by_name["self_check"].trigger()
    (dialog,) = window.findChildren(SelfCheckDialog)
    qtbot.waitUntil(dialog.again.isEnabled, timeout=PATIENCE)
    return dialog


def test_the_menu_opens_it_and_the_text_can_be_copied(qtbot: QtBot, make_window: MakeWindow) -> None:
    dialog = opened(qtbot, make_window)
    assert dialog.table.rowCount() == len(module.CHECKS)
    assert "figures are right" in dialog.verdict.text()
    qtbot.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    text = QGuiApplication.clipboard().text()
    assert text.count("\nok ") == len(module.CHECKS)
    dialog.close()


def test_a_planted_fault_is_shown(
    qtbot: QtBot, make_window: MakeWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "wasserstein1", lambda a, b: 3.0)
    dialog = opened(qtbot, make_window)
    verdicts = [dialog.table.item(line, 4).text() for line in range(dialog.table.rowCount())]
    assert verdicts.count("WRONG") == 1
    assert dialog.table.item(verdicts.index("WRONG"), 2).text() == "3"
    assert "1 of" in dialog.verdict.text()
    monkeypatch.undo()
    qtbot.mouseClick(dialog.again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(dialog.again.isEnabled, timeout=PATIENCE)
    assert "figures are right" in dialog.verdict.text()
    dialog.close()
