"""What is asked for more often than a person can read."""

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from ganstudio.ui.seldom import Seldom


def test_it_is_done_at_once_and_a_last_time(qtbot: QtBot) -> None:
    done: list[int] = []
    asked = [0]
    owner = QObject()
    seldom = Seldom(owner, lambda: done.append(asked[0]), every_ms=30)
    for _ in range(20):
        asked[0] += 1
        seldom.ask()
    assert done == [1]
    qtbot.waitUntil(lambda: done == [1, 20])
    qtbot.waitUntil(lambda: not seldom._rest.isActive())
    assert done == [1, 20]  # nobody asked again
    asked[0] += 1
    seldom.ask()
    assert done == [1, 20, 21]
