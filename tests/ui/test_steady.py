"""Room for words that change all the time."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ganstudio.ui.steady import Steady

Show = Callable[[QWidget, int, int], None]


class Watch(QObject):
    """Counts how often a widget is laid out anew."""

    def __init__(self, watched: QWidget) -> None:
        super().__init__(watched)
        self.count = 0
        watched.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Count."""
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False


def page(show_in_frame: Show, label: QLabel) -> tuple[QWidget, Steady, Watch]:
    """A window with the label in it."""
    frame = QWidget()
    column = QVBoxLayout(frame)
    steady = Steady(label)
    column.addWidget(steady)
    column.addStretch(1)
    show_in_frame(frame, 240, 300)
    frame.show()
    QApplication.processEvents()
    return frame, steady, Watch(frame)


@pytest.mark.parametrize("wraps", [False, True])
def test_words_that_fit_lay_nothing_out_anew(show_in_frame: Show, qtbot: QtBot, wraps: bool) -> None:
    label = QLabel("1,000,000 iterations")
    label.setWordWrap(wraps)
    frame, steady, watch = page(show_in_frame, label)
    label.setText("7 iterations")
    QApplication.processEvents()
    assert watch.count == 0
    assert label.size() == steady.size()
    assert frame.isVisible()


@pytest.mark.parametrize("wraps", [False, True])
def test_words_that_need_more_room_get_it(show_in_frame: Show, qtbot: QtBot, wraps: bool) -> None:
    label = QLabel("short")
    label.setWordWrap(wraps)
    _, steady, watch = page(show_in_frame, label)
    before = steady.size()
    label.setText("many more words " * (12 if wraps else 1))
    qtbot.waitUntil(lambda: watch.count > 0)
    qtbot.waitUntil(
        lambda: (steady.height() > before.height()) if wraps else (steady.width() > before.width())
    )
    needed = label.heightForWidth(label.width()) if wraps else label.sizeHint().width()
    assert (label.height() if wraps else label.width()) >= needed


def test_in_a_wider_window_words_take_fewer_lines(show_in_frame: Show, qtbot: QtBot) -> None:
    label = QLabel("many more words " * 8)
    label.setWordWrap(True)
    frame, steady, _ = page(show_in_frame, label)
    before = steady.height()
    frame.resize(1200, 300)
    qtbot.waitUntil(lambda: steady.height() < before)
