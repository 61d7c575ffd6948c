"""What the window's tests share."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

ShowInFrame = Callable[[QWidget, int, int], None]


@pytest.fixture
def show_in_frame(qtbot: QtBot) -> ShowInFrame:
    """Show a widget in a plain one, as in a dock; Qt's offscreen screen warns of windows of a least size."""
    kept = []

    def show(widget: QWidget, width: int, height: int) -> None:
        frame = QWidget()
        kept.append(frame)
        frame.resize(width, height)
        qtbot.addWidget(frame)
        widget.setParent(frame)
        widget.resize(width, height)
        with qtbot.waitExposed(frame):
            frame.show()

    return show
