"""What the window's tests share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from window_use import MakeWindow, close

from ganstudio.session.recent import RecentSession
from ganstudio.ui import questions
from ganstudio.ui.background import finish_readers
from ganstudio.ui.controller import Controller
from ganstudio.ui.main_window import MainWindow
from ganstudio.ui.memory import Memory
from ganstudio.ui.worker import TrainerFactory

ShowInFrame = Callable[[QWidget, int, int], None]


@pytest.fixture
def show_in_frame(qtbot: QtBot) -> ShowInFrame:
    """Show a widget in a plain one, as in a dock; Qt's offscreen screen warns of windows of a least size."""
    kept = []

    def show(widget: QWidget, width: int, height: int) -> None:
        frame = QWidget()
        kept.append(frame)
        frame.resize(width, height)
        qtbot.addWidget(frame, before_close_func=finish_readers)
        widget.setParent(frame)
        widget.resize(width, height)
        with qtbot.waitExposed(frame):
            frame.show()

    return show


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[questions.Answer]:
    """What the person will answer, one question after another; a question too many fails the test."""
    waiting: list[questions.Answer] = []
    for name in ("ask_unsaved", "ask_settings"):
        monkeypatch.setattr(questions, name, lambda *_, **__: waiting.pop(0))
    return waiting


@pytest.fixture
def make_window(qtbot: QtBot, tmp_path: Path, answers: list[questions.Answer]) -> MakeWindow:
    """Makes windows whose sessions and settings lie in the test's folder."""
    assert answers == []
    made: list[MainWindow] = []

    def build(
        factory: TrainerFactory | None = None, recent: Callable[[], list[RecentSession]] | None = None
    ) -> MainWindow:
        names = iter(range(100))
        own = tmp_path / f"window-{len(made)}"
        controller = Controller(
            memory=Memory(
                lambda name: own / f"{name}-{next(names)}", recent or list, lambda _: None, list, list
            ),
            **({"factory": factory} if factory else {}),
        )
        window = MainWindow(
            controller, QSettings(str(tmp_path / "ui.ini"), QSettings.Format.IniFormat), dark=False
        )
        made.append(window)
        qtbot.addWidget(window, before_close_func=lambda w: close(qtbot, w))
        window.resize(1440, 900)
        with qtbot.waitExposed(window):
            window.show()
        return window

    return build
